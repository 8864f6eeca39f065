internal import Accelerators
internal import Foundation
internal import Simulation

/// Turns an episode into the numbers that an agent reads: the one place that says what an observation holds.
///
/// A row has `width` numbers, all within `bounds`, in this order (see `segments` for positions):
/// - for each parameter of the space: its choice as one-hot; the value chosen, log₂(1 + number) / 17 (words: 0); 1 once the
///   parameter is settled, that is decided or known not to apply (then the one-hot is all zero);
/// - which parameter is decided next, as one-hot; all zero at the end;
/// - the budgets over the baseline's area, TDP and worst latency, log₂ / 8, held within ±1; then 1 if there is a latency limit
///   (without one its ratio is 0);
/// - what is left of the area and TDP budgets: 1 − lower bound / budget, held within ±1; the lower bound is that of the
///   cheapest completion;
/// - the objective, as one-hot.
///
/// Numbers (the batch among them) enter as logarithms of their values, not of their positions, so that they mean the same in
/// spaces with other choices. The workloads are no part of the row: they don't change during an episode, and stand in
/// `ProblemEvaluator.workloadFeatures`.
public struct ObservationEncoder: Sendable {
    /// What every number lies within.
    public static let bounds: ClosedRange<Float> = -1...1

    /// A run of numbers in a row.
    public struct Segment: Hashable, Sendable {
        /// A parameter's name, or `next`, `budgets`, `remaining`, `objective`.
        public var name: String
        public var range: Range<Int>
    }

    /// Numbers in a row.
    public let width: Int
    /// What stands where.
    public let segments: [Segment]
    private let parameterStarts: [Int]
    private let nextStart: Int
    private let remainingStart: Int
    /// The value of each choice, parameter after parameter.
    private let values: [[Float]]
    /// The numbers that are the same in every episode, and where they begin.
    private let budgetStart: Int
    private let budgets: [Float]
    private let objective: Int

    public init(_ evaluator: ProblemEvaluator) {
        let parameters = evaluator.problem.searchSpace.parameters
        var segments: [Segment] = []
        var end = 0
        func append(_ name: String, count: Int) -> Int {
            let start = end
            end += count
            segments.append(Segment(name: name, range: start..<end))
            return start
        }
        parameterStarts = parameters.map { append($0.name.rawValue, count: $0.count + 2) }
        nextStart = append("next", count: parameters.count)
        budgets = ObservationEncoder.budgets(evaluator)
        budgetStart = append("budgets", count: budgets.count)
        remainingStart = append("remaining", count: 2)
        let objectiveStart = append("objective", count: Objective.allCases.count)
        objective = objectiveStart + (Objective.allCases.firstIndex(of: evaluator.problem.objective) ?? 0)
        values = parameters.map { parameter in
            switch parameter.name.domain {
            case .numbers: parameter.codes.map { Float(log2(1 + Double($0)) / 17) }
            case .words: parameter.codes.map { _ in 0 }
            }
        }
        self.segments = segments
        width = end
    }

    /// Writes an episode's row.
    ///
    /// - Precondition: the row has room for exactly `width` numbers, and the episode is of the problem that the encoder was
    ///   made for.
    public func encode(_ episode: DesignEpisode, into row: inout MutableSpan<Float>) {
        precondition(row.count == width, "A row of observations must have room for exactly the encoder's width.")
        precondition(
            episode.decisions.count == parameterStarts.count, "An episode must be of the encoder's search space.")
        for index in row.indices { row[index] = 0 }
        for index in parameterStarts.indices where episode.isSettled(index) {
            let choices = values[index]
            row[parameterStarts[index] + choices.count + 1] = 1
            guard let choice = episode.decisions[index] else { continue }
            row[parameterStarts[index] + choice] = 1
            row[parameterStarts[index] + choices.count] = choices[choice]
        }
        if let next = episode.position { row[nextStart + next] = 1 }
        for index in budgets.indices { row[budgetStart + index] = budgets[index] }
        let bound = episode.lowerBound
        let budget = episode.budgetedSpace.budget
        row[remainingStart] = held(1 - bound.areaMM2 / budget.areaMM2)
        row[remainingStart + 1] = held(1 - bound.tdpWatts / budget.tdpWatts)
        row[objective] = 1
    }

    /// An episode's row.
    public func encode(_ episode: DesignEpisode) -> [Float] {
        var row = [Float](repeating: 0, count: width)
        var span = row.mutableSpan
        encode(episode, into: &span)
        return row
    }

    private static func budgets(_ evaluator: ProblemEvaluator) -> [Float] {
        let totals = evaluator.baselineTotals
        let latency = evaluator.problem.constraints.latencySeconds
        let slowest = evaluator.baselineEvaluations.map(\.latencySeconds).max() ?? 0
        return [
            held(log2(evaluator.budget.areaMM2 / totals.areaMM2) / 8),
            held(log2(evaluator.budget.tdpWatts / totals.tdpWatts) / 8),
            latency.map { held(log2($0 / slowest) / 8) } ?? 0,
            latency == nil ? 0 : 1,
        ]
    }
}

private func held(_ value: Double) -> Float { Float(min(max(value, -1), 1)) }
