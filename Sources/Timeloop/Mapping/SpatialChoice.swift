internal import Workloads

/// Factors for the dimensions that compete for the same instances, and the steps that they leave.
///
/// C, R and S compete for the array's rows; K and G for its columns and the grid's x; N, P and Q for the grid's y. No dimension is in two of
/// these, so the least steps of each make up the least compute cycles of all.
struct SpatialChoice: Sendable {
    typealias Slot = ReferenceSpace.Slot

    let factors: [(dimension: Dimension, slot: Slot, factor: Int)]
    let steps: Double

    /// The choices of each of the three competitions, those with the fewest steps first.
    static func competitions(in space: ReferenceSpace, keeping count: Int = 12) -> [[SpatialChoice]] {
        let places: [[(Dimension, Slot)]] = [
            Slot.rows.dimensions.map { ($0, .rows) },
            [(.outputChannels, .columns), (.outputChannels, .gridX), (.groups, .gridX)],
            Slot.gridY.dimensions.map { ($0, .gridY) },
        ]
        return places.map { places in
            var left = [Int](space.bounds)
            var room = Slot.allCases.map { space.limit($0) }
            var choices: [SpatialChoice] = []
            func choose(_ chosen: [(dimension: Dimension, slot: Slot, factor: Int)]) {
                guard chosen.count < places.count else {
                    let dimensions = Set(places.map(\.0))
                    choices.append(
                        SpatialChoice(factors: chosen, steps: dimensions.reduce(1) { $0 * Double(left[$1.rawValue]) }))
                    return
                }
                let (dimension, slot) = places[chosen.count]
                let before = (left: left[dimension.rawValue], room: room[slot.rawValue])
                for factor in evenFactors(of: before.left, upTo: before.room, atMost: 128) {
                    left[dimension.rawValue] = (before.left + factor - 1) / factor
                    room[slot.rawValue] = before.room / factor
                    choose(chosen + [(dimension, slot, factor)])
                }
                (left[dimension.rawValue], room[slot.rawValue]) = before
            }
            choose([])
            // Of equal steps the one that uses fewer instances moves no more data.
            choices.sort { ($0.steps, $0.instances) < ($1.steps, $1.instances) }
            return Array(choices.prefix(count))
        }
    }

    private var instances: Double { factors.reduce(1) { $0 * Double($1.factor) } }
}
