internal import Diagnostics

/// Evaluates mappings as timeloop-model does, in microseconds.
///
///     let evaluation = try TimeloopModel(architecture, problem).evaluate(mapping)
///     print(evaluation.cycles, evaluation.levels.map(\.name))
///
/// Counts are whole numbers held as Double: exact up to 2⁵³, and sizes up to 2⁴⁰ a loop overflow nothing. Conventions are those of
/// Timeloop (Parashar et al., "Timeloop: A Systematic Approach to DNN Accelerator Evaluation", ISPASS 2019; NVlabs/timeloop,
/// commit 4cf6d4cd): see docs/TIMELOOP.md.
public struct TimeloopModel: Sendable {
    public let architecture: TimeloopArchitecture
    public let problem: TimeloopProblem
    private let tensors: [TensorRanks]

    public init(_ architecture: TimeloopArchitecture, _ problem: TimeloopProblem) {
        self.architecture = architecture
        self.problem = problem
        tensors = problem.dataSpaces.map { TensorRanks($0, dimensionCount: problem.dimensions.count) }
    }

    /// What a mapping costs.
    ///
    /// - Throws: `DiagnosticError` (`badData`) where the mapping doesn't cover the problem, uses more instances than there are,
    ///   overflows a level, or holds a tensor nowhere, or where its cost is too large
    ///   for a Double.
    public func evaluate(_ mapping: TimeloopMapping) throws -> TimeloopEvaluation {
        let nest = TiledNest(mapping, dimensionCount: problem.dimensions.count)
        try check(mapping, nest)
        let counters = tensors.map { TrafficCounter(nest: nest, tensor: $0) }
        var counts = architecture.levels.map { _ in [LevelCounts?](repeating: nil, count: counters.count) }
        for (index, counter) in counters.enumerated() {
            try count(counter, index, mapping, &counts)
        }
        let computeCycles = self.computeCycles(nest)
        let levels = try architecture.levels.indices.map { level in
            try self.level(level, counts[level], nest, mapping, computeCycles: computeCycles)
        }

        let cycles = max(computeCycles, levels.map(\.cycles).max() ?? 0)
        var energy = problem.computes * architecture.macEnergyPJ
        for level in levels { for tensor in level.tensors { energy += tensor.energyPJ } }
        guard (energy * cycles).isFinite else {
            throw DiagnosticError(
                .badData, "expected energy times cycles below 1.8e308, found \(cycles) cycles and \(energy) pJ",
                at: architecture.location, remedy: "check bandwidths and energies, and the problem's sizes")
        }
        let macs = Double(architecture.arithmeticMesh.x) * Double(architecture.arithmeticMesh.y)
        return TimeloopEvaluation(
            cycles: cycles, computeCycles: computeCycles, computes: problem.computes,
            utilization: problem.computes / (cycles * macs), energyPJ: energy, edp: energy * 1e-12 * cycles,
            levels: levels)
    }

    // MARK: - Counts

    private struct LevelCounts {
        var reads: Double
        var updates: Double
        var fills: Double
        var tileWords: Double
    }

    /// Counts a tensor at each level that holds it, from the inside out.
    private func count(
        _ counter: TrafficCounter, _ index: Int, _ mapping: TimeloopMapping, _ counts: inout [[LevelCounts?]]
    ) throws {
        let holding = mapping.levels.indices.filter { mapping.levels[$0].keeps[index] }
        guard let innermost = holding.first else {
            throw DiagnosticError(
                .badData, "expected a level that keeps '\(problem.dataSpaces[index].name)', found none",
                at: mapping.location, remedy: "keep it at '\(architecture.levels.last?.name ?? "")'")
        }
        let isReadWrite = problem.dataSpaces[index].isReadWrite
        var accesses = counter.operandAccesses(from: innermost)
        for (position, level) in holding.enumerated() {
            let outer = position + 1 < holding.count ? holding[position + 1] : nil
            let traffic = outer.map { counter.traffic(into: level, from: $0) }
            // The first sum that an instance gets has nothing to be added to, and so isn't read, nor filled.
            let first = isReadWrite ? counter.heldWords(level) : 0
            counts[level][index] = LevelCounts(
                reads: (accesses - first).rounded(), updates: isReadWrite ? accesses.rounded() : 0,
                fills: traffic.map { ($0.deltas - first).rounded() } ?? 0, tileWords: counter.tileWords(level))
            accesses = traffic?.accesses ?? 0
        }
    }

    /// Steps of the instance that has the most.
    private func computeCycles(_ nest: TiledNest) -> Double {
        var cycles = 1.0
        for loop in nest.loops where !loop.isSpatial && !nest.ragged[loop.dimension] { cycles *= loop.end }
        guard nest.levelCount > 0 else { return cycles }
        let all = RaggedSteps.Held(levels: 0...(nest.levelCount - 1))
        for dimension in nest.ragged.indices where nest.ragged[dimension] {
            cycles *= RaggedSteps(dimension, above: -1, in: nest, holding: all).states().reduce(0) { $0 + $1.count }
        }
        return cycles
    }

    // MARK: - Levels

    private func level(
        _ index: Int, _ counts: [LevelCounts?], _ nest: TiledNest, _ mapping: TimeloopMapping, computeCycles: Double
    ) throws -> TimeloopEvaluation.Level {
        let specification = architecture.levels[index]
        let instances = nest.instances(index)
        try checkCapacity(counts, of: specification, mapping.levels[index])
        var (readDemand, writeDemand) = (0.0, 0.0)
        var tensors: [TimeloopEvaluation.Tensor] = []
        for (space, counts) in zip(problem.dataSpaces, counts) {
            guard let counts else { continue }
            readDemand += counts.reads / instances / computeCycles
            writeDemand += (counts.updates + counts.fills) / instances / computeCycles
            // Each kind of access of an instance takes whole blocks.
            let blocks = [counts.reads, counts.updates, counts.fills].reduce(0) {
                $0 + ($1 / instances / Double(specification.blockSize)).rounded(.up)
            }
            tensors.append(
                TimeloopEvaluation.Tensor(
                    name: space.name, reads: counts.reads, updates: counts.updates, fills: counts.fills,
                    tileWords: counts.tileWords,
                    energyPJ: blocks * specification.vectorAccessEnergyPJ * instances))
        }
        var slowdown = 1.0
        for (bandwidth, demand) in [
            (specification.readBandwidth, readDemand), (specification.writeBandwidth, writeDemand),
            (specification.sharedBandwidth, readDemand + writeDemand),
        ] {
            if let bandwidth, bandwidth < demand { slowdown = min(slowdown, bandwidth / demand) }
        }
        return TimeloopEvaluation.Level(
            name: specification.name, instances: instances, cycles: (computeCycles / slowdown).rounded(.up),
            tensors: tensors)
    }

    // MARK: - Checks

    private func check(_ mapping: TimeloopMapping, _ nest: TiledNest) throws {
        precondition(
            mapping.levels.count == architecture.levels.count, "A mapping has a level for each of the architecture's.")
        for (index, level) in mapping.levels.enumerated() {
            let fanout = architecture.fanout(of: index)
            for (axis, loops, available) in [("X", level.spatialX, fanout.x), ("Y", level.spatialY, fanout.y)] {
                let used = loops.reduce(1.0) { $0 * Double($1.factor) }
                guard used <= Double(available) else {
                    throw DiagnosticError(
                        .badData,
                        "expected spatial factors of at most \(available) along \(axis) under "
                            + "'\(architecture.levels[index].name)', found \(number(used))",
                        at: level.spatialLocation,
                        remedy: "make factors smaller, or move loops to the other axis with 'split'")
                }
            }
        }
        for (dimension, name) in problem.dimensions.enumerated() {
            let bound = Double(problem.bounds[dimension])
            guard nest.covered[dimension] != bound else { continue }
            throw DiagnosticError(
                .badData,
                "expected the factors of \(name) to make up \(problem.bounds[dimension]), found "
                    + number(nest.covered[dimension]),
                at: mapping.outermostLoop(over: dimension),
                remedy: "change a factor of \(name), or give it a residual: \(name)=4,3")
        }
    }

    private func checkCapacity(
        _ counts: [LevelCounts?], of level: TimeloopArchitecture.Level, _ mapping: TimeloopMapping.Level
    ) throws {
        guard let available = level.usableEntries else { return }
        let needed = counts.reduce(0) { $0 + ($1?.tileWords ?? 0) }
        let parts = zip(problem.dataSpaces, counts).compactMap { space, counts in
            counts.map { "\(space.name) \(number($0.tileWords))" }
        }
        guard needed <= available else {
            throw DiagnosticError(
                .badData,
                "expected tiles of at most \(number(available)) words at '\(level.name)', found \(number(needed)): "
                    + parts.joined(separator: ", "),
                at: mapping.temporalLocation, remedy: "move factors to a level further out, or bypass a tensor")
        }
        guard needed >= available * level.minUtilization else {
            throw DiagnosticError(
                .badData,
                "expected tiles of at least \(number(available * level.minUtilization)) words at '\(level.name)' "
                    + "(min_utilization), found \(number(needed))",
                at: mapping.temporalLocation, remedy: "move factors to this level")
        }
    }

    /// A count without a fraction where it has none.
    private func number(_ value: Double) -> String {
        abs(value) < 0x1p53 && value == value.rounded() ? String(Int(value)) : String(value)
    }
}

extension TimeloopMapping {
    /// Where the outermost loop over a dimension stands in the file.
    fileprivate func outermostLoop(over dimension: Int) -> SourceLocation {
        for level in levels.reversed() {
            if level.temporal.contains(where: { $0.dimension == dimension }) { return level.temporalLocation }
            if (level.spatialX + level.spatialY).contains(where: { $0.dimension == dimension }) {
                return level.spatialLocation
            }
        }
        return levels.last?.temporalLocation ?? location
    }
}
