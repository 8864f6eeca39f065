import Accelerators
import Scheduling
import Workloads

/// Executes the loops of a mapping one iteration at a time and counts what moves: slow, and obvious.
///
/// Every tile is a box of ranges; every input row is an element of a set. Nothing is multiplied that could be listed.
struct NestEnumerator {
    let nest: LoopNest
    let mapping: Mapping

    typealias Box = [Range<Int>]

    /// A level's loops: how they cut a box, and in which order they run.
    struct Level {
        var order: LoopOrder
        var tile: Extents
        /// Iterations within a full tile of the level above.
        var fullTrips: [Int]
    }

    struct Loop {
        var dimension: Dimension
        var fullTrips: Int
    }

    struct Step {
        /// The iteration of every loop, outermost first.
        var indices: [Int]
        var box: Box
    }

    var whole: Box { Dimension.allCases.map { 0..<nest[$0] } }

    var gridTile: [Int] { Dimension.allCases.map { mapping.l2Tile[$0] * mapping.gridFactors[$0] } }

    // MARK: - Loops

    var dramLevel: Level {
        Level(
            order: mapping.dramOrder, tile: mapping.globalTile,
            fullTrips: Dimension.allCases.map { ceiling(nest[$0], mapping.globalTile[$0]) })
    }

    var gridLevel: Level {
        var tile = Extents()
        for dimension in Dimension.allCases { tile[dimension] = gridTile[dimension.rawValue] }
        return Level(
            order: mapping.globalOrder, tile: tile,
            fullTrips: Dimension.allCases.map { ceiling(min(nest[$0], mapping.globalTile[$0]), tile[$0]) })
    }

    var l2Level: Level {
        Level(
            order: mapping.l2Order, tile: mapping.l1Tile,
            fullTrips: Dimension.allCases.map { ceiling(mapping.l2Tile[$0], mapping.l1Tile[$0]) })
    }

    /// Every iteration of nested levels, outermost first; where a PE is given, the last level loops over its part.
    func steps(_ levels: [Level], pe: [Int]? = nil) -> [Step] {
        var steps: [Step] = []
        func run(_ level: Int, _ box: Box, _ indices: [Int]) {
            guard level < levels.count else {
                steps.append(Step(indices: indices, box: box))
                return
            }
            var outer = box
            if let pe, level == levels.count - 1 { outer = part(of: box, pe: pe) }
            var inner = outer
            func loop(_ position: Int, _ indices: [Int]) {
                guard position < 8 else { return run(level + 1, inner, indices) }
                let dimension = levels[level].order[position]
                let d = dimension.rawValue
                var start = outer[d].lowerBound
                var index = 0
                while start < outer[d].upperBound {
                    let end = min(start + levels[level].tile[dimension], outer[d].upperBound)
                    inner[d] = start..<end
                    loop(position + 1, indices + [index])
                    start = end
                    index += 1
                }
            }
            loop(0, indices)
        }
        run(0, whole, [])
        return steps
    }

    func loops(_ levels: [Level]) -> [Loop] {
        levels.flatMap { level in
            level.order.dimensions.map { Loop(dimension: $0, fullTrips: level.fullTrips[$0.rawValue]) }
        }
    }

    // MARK: - PEs

    /// The coordinates of all PEs along the eight dimensions.
    var pes: [[Int]] {
        var all: [[Int]] = []
        for y in 0..<mapping.gridY.factor {
            for x in 0..<mapping.gridX.factor {
                var coordinate = [Int](repeating: 0, count: 8)
                coordinate[mapping.gridX.dimension.rawValue] += x
                let stride = mapping.gridX.dimension == mapping.gridY.dimension ? mapping.gridX.factor : 1
                coordinate[mapping.gridY.dimension.rawValue] += y * stride
                all.append(coordinate)
            }
        }
        return all
    }

    /// What one PE does of a grid tile; some range is empty where it has no work.
    func part(of box: Box, pe: [Int]) -> Box {
        Dimension.allCases.map { dimension in
            let d = dimension.rawValue
            let start = min(box[d].lowerBound + pe[d] * mapping.l2Tile[dimension], box[d].upperBound)
            return start..<min(start + mapping.l2Tile[dimension], box[d].upperBound)
        }
    }

    // MARK: - Operands

    enum Operand: CaseIterable {
        case input, weight, output

        var dimensions: [Dimension] {
            switch self {
            case .input: [.groups, .batch, .inputChannels, .outputHeight, .outputWidth, .filterHeight, .filterWidth]
            case .weight: [.groups, .outputChannels, .inputChannels, .filterHeight, .filterWidth]
            case .output: [.groups, .batch, .outputChannels, .outputHeight, .outputWidth]
            }
        }
    }

    /// Stored rows that a buffer holds of a range of output rows: from each window's first tap to its last.
    func rows(_ outputs: Range<Int>) -> Set<Int> {
        touched(
            outputs, stride: nest.strideHeight, span: (nest.filterHeight - 1) * nest.dilationHeight + 1,
            padding: nest.paddingTop, stored: nest.inputHeight)
    }

    func columns(_ outputs: Range<Int>) -> Set<Int> {
        touched(
            outputs, stride: nest.strideWidth, span: (nest.filterWidth - 1) * nest.dilationWidth + 1,
            padding: nest.paddingLeft, stored: nest.inputWidth)
    }

    private func touched(_ outputs: Range<Int>, stride: Int, span: Int, padding: Int, stored: Int) -> Set<Int> {
        var set: Set<Int> = []
        for output in outputs {
            for tap in 0..<span {
                let row = output * stride + tap - padding
                if (0..<stored).contains(row) { set.insert(row) }
            }
        }
        return set
    }

    // MARK: - Transfers

    /// Bytes between DRAM and Global Memory.
    func dramTraffic() -> LevelTraffic {
        let steps = steps([dramLevel])
        return traffic(steps, loops([dramLevel])) { [$0] }
    }

    /// Bytes between Global Memory and the PEs: each distinct tile once, whoever shares it.
    func gridTraffic() -> LevelTraffic {
        let levels = [dramLevel, gridLevel]
        let pes = pes
        return traffic(steps(levels), loops(levels)) { box in
            pes.map { part(of: box, pe: $0) }
        }
    }

    /// Bytes between one PE's L2 and L1; outputs of PEs that share a reduction leave as partial sums.
    func l2Traffic(pe: [Int]) -> LevelTraffic {
        let levels = [dramLevel, gridLevel, l2Level]
        let finished = mapping.gridFactors[.inputChannels] > 1 ? 4 : nest.types.output.bytes
        return traffic(steps(levels, pe: pe), loops(levels), finishedBytes: finished) { [$0] }
    }

    /// - Parameter holders: the tiles that are held of a step's box, each by a PE of its own.
    private func traffic(_ steps: [Step], _ loops: [Loop], finishedBytes: Int? = nil, holders: (Box) -> [Box])
        -> LevelTraffic
    {
        var traffic = LevelTraffic()
        for operand in Operand.allCases {
            // The innermost loop that indexes the operand and iterates in a full tile; the tile is fetched in its body.
            let fetch = loops.lastIndex { operand.dimensions.contains($0.dimension) && $0.fullTrips > 1 }
            var lastKey: [Int]?
            var held: [Box] = []
            var visits: [Box: Int] = [:]
            for step in steps {
                let key = Array(step.indices.prefix(fetch.map { $0 + 1 } ?? 0))
                guard key != lastKey else { continue }
                let sliding = lastKey.flatMap { slidingDimension(operand, loops, from: $0, to: key) }
                lastKey = key
                let boxes = holders(step.box)
                var seen: Set<Box> = []
                for (index, box) in boxes.enumerated() {
                    let relevant = operand.dimensions.map { box[$0.rawValue] }
                    guard !box.contains(where: \.isEmpty) else { continue }
                    guard seen.insert(relevant).inserted else { continue }
                    func size(_ dimensions: [Dimension]) -> Double {
                        Double(dimensions.reduce(1) { $0 * box[$1.rawValue].count })
                    }
                    switch operand {
                    case .input:
                        var rows = rows(box[Dimension.outputHeight.rawValue])
                        var columns = columns(box[Dimension.outputWidth.rawValue])
                        // What a PE holds of the tile that this one follows along the window is kept.
                        if let sliding, index < held.count, follows(box, held[index], along: sliding) {
                            if sliding == .outputHeight {
                                rows.subtract(self.rows(held[index][Dimension.outputHeight.rawValue]))
                            } else {
                                columns.subtract(self.columns(held[index][Dimension.outputWidth.rawValue]))
                            }
                        }
                        traffic.inputReads +=
                            Double(nest.types.input.bytes) * size([.groups, .batch, .inputChannels])
                            * Double(rows.count * columns.count)
                    case .weight:
                        traffic.weightReads +=
                            Double(nest.types.weight.bytes)
                            * size([.groups, .outputChannels, .inputChannels, .filterHeight, .filterWidth])
                    case .output:
                        visits[relevant, default: 0] += 1
                    }
                }
                held = boxes
            }
            for (box, count) in visits {
                let elements = Double(box.reduce(1) { $0 * $1.count })
                traffic.outputWrites += elements * Double((finishedBytes ?? nest.types.output.bytes) + 4 * (count - 1))
                traffic.outputReads += elements * Double(4 * (count - 1))
            }
        }
        return traffic
    }

    /// The dimension along which a step may slide: that of the loop that advances, where all loops inside it that index the operand and
    /// iterate in a full tile are over the same dimension. (In a last tile in which they don't iterate more could be kept.)
    private func slidingDimension(_ operand: Operand, _ loops: [Loop], from before: [Int], to now: [Int]) -> Dimension?
    {
        guard let changed = now.indices.first(where: { now[$0] != before[$0] }) else { return nil }
        let dimension = loops[changed].dimension
        guard dimension == .outputHeight || dimension == .outputWidth else { return nil }
        let inside = loops[changed..<now.count].filter { $0.fullTrips > 1 && operand.dimensions.contains($0.dimension) }
        return inside.allSatisfy { $0.dimension == dimension } ? dimension : nil
    }

    /// Whether an input tile lies right behind another along a dimension, and like it in every other.
    private func follows(_ box: Box, _ before: Box, along dimension: Dimension) -> Bool {
        Operand.input.dimensions.allSatisfy { other in
            let (now, then) = (box[other.rawValue], before[other.rawValue])
            return other == dimension ? now.lowerBound == then.upperBound : now == then
        }
    }
}

func ceiling(_ a: Int, _ b: Int) -> Int { a / b + (a % b == 0 ? 0 : 1) }
