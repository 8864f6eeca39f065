import Accelerators
import RandomNumbers
import Timeloop

/// A small random problem, mapping and architecture that fit one another.
struct RandomNest {
    var problem: TimeloopProblem
    var mapping: TimeloopMapping
    var architecture: TimeloopArchitecture
    /// Whether some dimension has residual factors.
    var isRagged: Bool

    init(using generator: inout SplitMix64, allowsResiduals: Bool) {
        let dimensionCount = Int.random(in: 1...4, using: &generator)
        let levelCount = Int.random(in: 1...4, using: &generator)
        let names = ["A", "B", "C", "D"]
        let bounds = (0..<dimensionCount).map { _ in
            [1, 2, 3, 4, 5, 6, 8].randomElement(using: &generator) ?? 1
        }
        func term(_ largest: Int) -> TimeloopProblem.Term {
            TimeloopProblem.Term(
                dimension: Int.random(in: 0..<dimensionCount, using: &generator),
                coefficient: Int.random(in: 1...largest, using: &generator))
        }
        var spaces: [TimeloopProblem.DataSpace] = []
        for index in 0..<Int.random(in: 1...2, using: &generator) {
            let ranks = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                (0..<Int.random(in: 1...2, using: &generator)).map { _ in term(3) }
            }
            spaces.append(TimeloopProblem.DataSpace(name: "in\(index)", projection: ranks, isReadWrite: false))
        }
        // What is added to is indexed by dimensions of its own, or now and then by the sum of two.
        var outputs = (0..<dimensionCount).filter { _ in Bool.random(using: &generator) }.map {
            [TimeloopProblem.Term(dimension: $0, coefficient: 1)]
        }
        if outputs.isEmpty { outputs = [[TimeloopProblem.Term(dimension: 0, coefficient: 1)]] }
        if !allowsResiduals, outputs.count > 1, Bool.random(using: &generator) {
            outputs[0] += outputs.removeLast()
        }
        spaces.append(TimeloopProblem.DataSpace(name: "out", projection: outputs, isReadWrite: true))
        problem = TimeloopProblem(
            dimensions: Array(names.prefix(dimensionCount)), bounds: bounds, dataSpaces: spaces)

        var levels = (0..<levelCount).map { _ in
            TimeloopMapping.Level(keeps: spaces.map { _ in Bool.random(using: &generator) })
        }
        for space in spaces.indices { levels[levelCount - 1].keeps[space] = true }
        isRagged = false
        for (dimension, bound) in bounds.enumerated() {
            // Slots from the inside out: x, y and time of each level; the last factor covers what is left.
            var factors: [Int] = []
            var left = bound
            for slot in 0..<(3 * levelCount) {
                let isLast = slot == 3 * levelCount - 1
                let choices = (1...left).filter { allowsResiduals || left % $0 == 0 }
                let likes = slot % 3 == 2 || Int.random(in: 0..<3, using: &generator) == 0
                let factor = isLast ? left : likes ? choices.randomElement(using: &generator) ?? 1 : 1
                factors.append(factor)
                left = (left + factor - 1) / factor
            }
            var position = bound - 1
            for (slot, factor) in factors.enumerated() {
                let loop = TimeloopMapping.Loop(dimension: dimension, factor: factor, residual: position % factor + 1)
                position /= factor
                if loop.residual != factor { isRagged = true }
                guard factor > 1 else { continue }
                switch slot % 3 {
                case 0: levels[slot / 3].spatialX.append(loop)
                case 1: levels[slot / 3].spatialY.append(loop)
                default: levels[slot / 3].temporal.append(loop)
                }
            }
        }
        for index in levels.indices {
            levels[index].spatialX.shuffle(using: &generator)
            levels[index].temporal.shuffle(using: &generator)
        }
        mapping = TimeloopMapping(levels: levels)
        var mesh = TimeloopArchitecture.Mesh(x: 1, y: 1)
        var stores: [TimeloopArchitecture.Level] = []
        for (index, level) in levels.enumerated().reversed() {
            stores.insert(TimeloopArchitecture.Level(name: "L\(index)", mesh: mesh), at: 0)
            mesh.x *= level.spatialX.reduce(1) { $0 * $1.factor }
            mesh.y *= level.spatialY.reduce(1) { $0 * $1.factor }
        }
        architecture = TimeloopArchitecture(
            arithmeticName: "MAC", arithmeticMesh: mesh, macEnergyPJ: 1, levels: stores)
    }
}

extension SplitMix64 {
    init(seed: Int) { self.init(seed: UInt64(bitPattern: Int64(seed))) }
}
