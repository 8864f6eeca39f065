internal import Accelerators
internal import Configuration
internal import Environments
internal import Foundation

/// A problem that a caller has opened.
final class ProblemHandle: Handled {
    static let kind = "a problem"

    let occupancy = Occupancy()
    let evaluator: ProblemEvaluator
    let files: InstalledFiles
    /// The absolute paths of the files that the problem was made of.
    let paths: [String]
    let hardware: HardwareModel
    let baselineOutcome: Outcome

    init(_ specification: String, files: InstalledFiles) throws {
        self.files = files
        let path = isFileText(specification) ? nil : try Problem.path(named: specification, in: files)
        let problem = try path.map(Problem.init(contentsOfFile:)) ?? Problem(yaml: specification, file: "problem")
        let technology = try problem.readTechnology(in: files)
        evaluator = try ProblemEvaluator(problem, technology: technology, files: files)
        paths = try ([path].compactMap { $0 } + problem.paths(in: files)).map {
            URL(fileURLWithPath: $0).standardizedFileURL.path
        }
        hardware = HardwareModel(technology: technology)
        baselineOutcome = try evaluator.baselineOutcome()
    }

    /// A design as a caller names it.
    func design(_ specification: String) throws -> Design {
        isFileText(specification)
            ? try Design(yaml: specification, file: "design") : try Design(named: specification, in: files)
    }

    func chip(of design: Design, isComplete: Bool) -> ChipDescription {
        let cost = hardware.cost(of: design.datapath)
        return ChipDescription(
            design: design, complete: isComplete, areaMM2: cost.areaMM2, tdpWatts: cost.tdpWatts,
            budget: ProblemDescription.Budget(evaluator), components: cost.components)
    }
}

extension InstalledFiles {
    /// The files of this process, with a folder that the caller names after the current one.
    init(home: String?) {
        self.init(
            currentFolder: FileManager.default.currentDirectoryPath, executableFolder: home,
            home: ProcessInfo.processInfo.environment["FAST_HOME"])
    }
}

/// A chip so far.
struct ChipDescription: Encodable {
    var design: Design
    var complete: Bool
    var areaMM2: Double
    var tdpWatts: Double
    var budget: ProblemDescription.Budget
    var components: [ComponentCost]
}

/// A problem in the words of its file, with its numbers resolved.
struct ProblemDescription: Encodable {
    struct Workload: Encodable {
        var name: String
        var weight: Double
        var dimensions: [String: Int]
    }

    struct Budget: Encodable {
        var areaMM2: Double
        var tdpWatts: Double
        var latencySeconds: Double?

        init(_ evaluator: ProblemEvaluator) {
            areaMM2 = evaluator.budget.areaMM2
            tdpWatts = evaluator.budget.tdpWatts
            latencySeconds = evaluator.problem.constraints.latencySeconds
        }
    }

    /// A choice as a problem file has it.
    enum Choice: Encodable {
        case number(Int)
        case word(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .word(let word): try container.encode(word)
            }
        }
    }

    /// What must be chosen for a parameter to apply.
    struct Condition: Encodable {
        var parameter: String
        var choices: [Choice]
    }

    struct Parameter: Encodable {
        var name: String
        var choices: [Choice]
        var needs: Condition?
    }

    var name: String
    var workloads: [Workload]
    var objective: String
    var technology: String
    var baseline: String
    var baselineDesign: Design
    var baselineOutcome: Outcome
    var files: [String]
    var budget: Budget
    var parameters: [Parameter]
    /// Distinct designs.
    var size: Double
    var rewardLow: Double
    var rewardHigh: Double

    init(_ handle: ProblemHandle) {
        let problem = handle.evaluator.problem
        name = problem.name
        workloads = problem.workloads.map { Workload(name: $0.name, weight: $0.weight, dimensions: $0.dimensions) }
        objective = problem.objective.rawValue
        technology = problem.technology
        baseline = problem.baseline
        baselineDesign = handle.evaluator.baseline
        baselineOutcome = handle.baselineOutcome
        files = handle.paths
        budget = Budget(handle.evaluator)
        let l2 = problem.searchSpace[.l2Configuration]
        let condition = Condition(
            parameter: l2.name.rawValue,
            choices: l2.codes.indices.filter { l2.codes[$0] != 0 }.map(l2.choice))
        parameters = problem.searchSpace.parameters.map { parameter in
            Parameter(
                name: parameter.name.rawValue, choices: parameter.codes.indices.map(parameter.choice),
                needs: parameter.name.needsL2 ? condition : nil)
        }
        size = problem.searchSpace.size
        rewardLow = RewardRule.lowest
        rewardHigh = RewardRule.ceiling
    }
}

extension Environments.Parameter {
    fileprivate func choice(_ position: Int) -> ProblemDescription.Choice {
        switch name.domain {
        case .numbers: .number(codes[position])
        case .words: .word(text(ofChoice: position))
        }
    }
}
