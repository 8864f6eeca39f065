internal import Diagnostics
internal import Environments

/// How long it would take to enumerate a space, from a random sample.
struct EnumerationEstimate {
    private let size: Double
    /// The share of the designs that meets the budgets; 0 where none of the sample did.
    private let shareWithinBudget: Double
    private let designsPerSecond: Double
    private let threads: Int
    private let widest: [Parameter]

    private static let samples = 20_000
    private static let evaluations = 64
    /// Designs are timed for no longer than that.
    private static let timeLimit = Duration.seconds(2)

    init(of evaluator: ProblemEvaluator, threads: Int) throws {
        let space = evaluator.problem.searchSpace
        size = space.size
        self.threads = threads
        let hasL2 = space[.l2Configuration].codes.contains { $0 != 0 }
        widest = Array(
            space.parameters.filter { hasL2 || !$0.name.needsL2 }.sorted { $0.count > $1.count }.prefix(4))
        var stream = RandomStream(seed: 0, purpose: .checking)
        var within = 0
        for _ in 0..<EnumerationEstimate.samples
        where evaluator.budgetedSpace.admits(space.randomDecisions(using: &stream)) { within += 1 }
        shareWithinBudget = Double(within) / Double(EnumerationEstimate.samples)
        let start = ContinuousClock.now
        var evaluated = 0
        while evaluated < EnumerationEstimate.evaluations, ContinuousClock.now - start < EnumerationEstimate.timeLimit {
            var episode = evaluator.episode()
            episode.completeRandomly(using: &stream)
            _ = try evaluator.outcome(of: episode.decisions)
            evaluated += 1
        }
        designsPerSecond =
            Double(evaluated * threads) / max(1e-9, (ContinuousClock.now - start) / .seconds(1))
    }

    /// What to say where there are too many designs.
    func refusal(limit: Int) -> DiagnosticError {
        let within = max(shareWithinBudget, 1 / Double(EnumerationEstimate.samples)) * size
        let relation = shareWithinBudget > 0 ? "about" : "at most"
        let wide = widest.map { "\($0.name.rawValue) (\($0.count) choices)" }.joined(separator: ", ")
        return DiagnosticError(
            .usage,
            "expected a space with at most \(limit.groupedText) designs within the budgets, found one of \(EnumerationEstimate.text(size)) designs, "
                + "\(relation) \(EnumerationEstimate.text(within)) of them within, which would take "
                + "\(relation) \(EnumerationEstimate.duration(within / designsPerSecond)) on "
                + (threads == 1 ? "1 thread" : "\(threads) threads"),
            at: SourceLocation(field: "searchSpace"),
            remedy: "give the problem a file with a narrower searchSpace (the widest are \(wide)), "
                + "such as environments/enumerable-efficientnet-b0.yaml, or raise --limit")
    }

    private static func text(_ number: Double) -> String {
        guard number >= 1e15 else { return Int(number.rounded()).groupedText }
        var (mantissa, exponent) = (number, 0)
        while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        return "\(mantissa.ratioText)e\(exponent)"
    }

    private static func duration(_ seconds: Double) -> String {
        let years = seconds / (365.25 * 86_400)
        return years >= 2
            ? "\(text(years)) years"
            : seconds >= 2 * 86_400
                ? "\(text(seconds / 86_400)) days" : seconds.durationText
    }
}
