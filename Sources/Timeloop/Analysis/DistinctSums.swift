/// How many different values the sum of several arithmetic progressions takes.
///
///     // 0, 2, 4 plus 0, 1, 2
///     DistinctSums.count([(2, 3), (1, 3)])  // 7
///
/// It decides how many different windows a group of instances asks for.
enum DistinctSums {
    /// Beyond so many combinations they are no longer listed.
    private static let listable = 1 << 18

    /// The number of different values of Σ step · index with 0 ≤ index < count; steps and counts are at least 1.
    ///
    /// Exact for two progressions and wherever progressions merge into one; for others up to 2¹⁸ combinations. Beyond, no two are taken to meet.
    static func count(_ progressions: [(step: Double, count: Double)]) -> Double {
        var remaining = progressions.filter { $0.count > 1 }.sorted { $0.step < $1.step }
        // A step that is a multiple of a smaller one, and no longer than what that covers, prolongs it.
        var index = 1
        while index < remaining.count {
            let (step, count) = remaining[index - 1]
            let multiple = remaining[index].step / step
            if multiple == multiple.rounded(), multiple <= count {
                remaining[index - 1].count = count + multiple * (remaining[index].count - 1)
                remaining.remove(at: index)
                index = max(1, index - 1)
            } else {
                index += 1
            }
        }
        switch remaining.count {
        case 0: return 1
        case 1: return remaining[0].count
        case 2: return pair(remaining[0], remaining[1])
        default: return list(remaining)
        }
    }

    /// a·i + b·k meets itself at (i + b/g, k − a/g): all combinations less those that have such a successor.
    private static func pair(_ a: (step: Double, count: Double), _ b: (step: Double, count: Double)) -> Double {
        var (g, rest) = (a.step, b.step)
        while rest != 0 { (g, rest) = (rest, g.truncatingRemainder(dividingBy: rest)) }
        return a.count * b.count - max(0, a.count - b.step / g) * max(0, b.count - a.step / g)
    }

    private static func list(_ progressions: [(step: Double, count: Double)]) -> Double {
        let combinations = progressions.reduce(1) { $0 * $1.count }
        guard combinations <= Double(listable) else { return combinations }
        var values: Set<Double> = [0]
        for (step, count) in progressions {
            values = Set(values.flatMap { value in (0..<Int(count)).map { value + step * Double($0) } })
        }
        return Double(values.count)
    }

    /// The number of different vectors Σ step · index, where each rank has a step for each of the counts.
    ///
    /// Beyond 2¹⁸ combinations no two are taken to be equal.
    static func vectors(_ steps: [[Double]], counts: [Double]) -> Double {
        let combinations = counts.reduce(1, *)
        guard combinations <= Double(listable) else { return combinations }
        var vectors: Set<[Double]> = [steps.map { _ in 0 }]
        for (position, count) in counts.enumerated() {
            vectors = Set(
                vectors.flatMap { vector in
                    (0..<Int(count)).map { index in
                        zip(vector, steps).map { $0 + $1[position] * Double(index) }
                    }
                })
        }
        return Double(vectors.count)
    }
}
