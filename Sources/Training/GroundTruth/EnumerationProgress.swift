/// How far an enumeration is.
public struct EnumerationProgress: Sendable {
    /// Designs evaluated, and how many there are.
    public private(set) var evaluated = 0
    public let budget: Int
    public private(set) var feasible = 0
    /// The greatest objective so far.
    public private(set) var best: Double?
    /// Designs that were evaluated before this session.
    var sessionStart = 0
    /// Seconds since this session began.
    public var seconds = 0.0

    init(budget: Int) { self.budget = budget }

    mutating func add(_ rows: [EnumeratedDesign]) {
        evaluated += rows.count
        for row in rows {
            guard let objective = row.objective else { continue }
            feasible += 1
            if objective > best ?? -.infinity { best = objective }
        }
    }

    /// Designs a second in this session.
    public var designsPerSecond: Double {
        seconds > 0 ? Double(evaluated - sessionStart) / seconds : 0
    }
}

extension EnumerationProgress: ProgressLine {
    ///     12,800/230,400 designs (6%) · best 1.71x · 412 designs/s · 8 min 48 s left
    public var parts: [(rank: Int, text: String)] {
        var parts = [
            (
                rank: 0,
                text: "\(evaluated.groupedText)/\(budget.groupedText) designs (\(100 * evaluated / max(1, budget))%)"
            ),
            (rank: 1, text: best.map { "best \($0.ratioText)x" } ?? "no feasible design yet"),
        ]
        if designsPerSecond > 0 {
            parts.append((rank: 3, text: "\(designsPerSecond.ratioText) designs/s"))
            if evaluated < budget {
                parts.append((rank: 2, text: "\((Double(budget - evaluated) / designsPerSecond).durationText) left"))
            }
        }
        return parts
    }
}
