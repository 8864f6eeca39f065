public import Accelerators
public import Environments

extension ProblemEvaluator: TrialEvaluator {
    public var baselineDesign: Design { baseline }

    public func design(of decisions: [Int?]) throws -> Design {
        try problem.searchSpace.design(from: decisions)
    }
}
