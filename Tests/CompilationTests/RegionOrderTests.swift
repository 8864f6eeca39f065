import Accelerators
import Compilation
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Orders of least memory against all topological orders of small graphs, and against independent replays on networks.
@Suite struct RegionOrderTests {
    // MARK: - Against all orders

    /// What an order takes, from the definition: live is what is there and needed, now or later.
    private struct LiveBytes: Equatable {
        var each: [Int] = []
        var peak: Int { each.max() ?? 0 }
        var total: Int { each.reduce(0, +) }

        init(_ regions: [Region], of workload: Workload) {
            let roots = workload.roots
            let results = Set(workload.outputs.map { roots[$0.index] })
            for position in regions.indices {
                let rest = regions[position...]
                let there = Set(workload.inputs + regions[...position].flatMap(\.writes))
                let needed = results.union(rest.flatMap { $0.reads.map(\.value) }).union(regions[position].writes)
                each.append(there.intersection(needed).reduce(0) { $0 + workload[$1].bytes })
            }
        }
    }

    private static func isTopological(_ regions: [Region], of workload: Workload) -> Bool {
        var there = Set(workload.inputs)
        for region in regions {
            guard there.isSuperset(of: region.reads.map(\.value)) else { return false }
            there.formUnion(region.writes)
        }
        return true
    }

    /// The least peak and, under it, the least sum, of all topological orders.
    private static func best(_ regions: [Region], of workload: Workload) -> (peak: Int, total: Int) {
        let roots = workload.roots
        let results = Set(workload.outputs.map { roots[$0.index] })
        var best = (peak: Int.max, total: Int.max)
        func extend(_ there: Set<Value.ID>, _ rest: [Region], peak: Int, total: Int) {
            if rest.isEmpty, (peak, total) < best { best = (peak, total) }
            for (place, region) in rest.enumerated() where there.isSuperset(of: region.reads.map(\.value)) {
                let now = there.union(region.writes)
                let needed = results.union(rest.flatMap { $0.reads.map(\.value) }).union(region.writes)
                let live = now.intersection(needed).reduce(0) { $0 + workload[$1].bytes }
                var others = rest
                others.remove(at: place)
                extend(now, others, peak: max(peak, live), total: total + live)
            }
        }
        extend(Set(workload.inputs), regions, peak: 0, total: 0)
        return best
    }

    /// Operators that read a few of the latest values; with few sizes, so that some fuse and regions write two tensors.
    private static func workload(operators count: Int, using generator: inout SplitMix64) -> Workload {
        var values: [Value] = []
        func value(_ role: Value.Role, _ generator: inout SplitMix64) -> Value.ID {
            let id = Value.ID(values.count)
            values.append(Value(id: id, name: "v\(id.index)", shape: [generator.number(1...6)], role: role))
            return id
        }
        let inputs = (0..<generator.number(1...2)).map { _ in value(.input, &generator) }
        let reach = generator.number(2...8)
        let operators = (0..<count).map { index in
            let latest = values.suffix(reach).map(\.id)
            let read = latest.filter { _ in generator.chance(3) }
            let inputs = read.isEmpty ? [latest[generator.number(0...(latest.count - 1))]] : read
            let kinds: [OperatorKind] = [.convolution, .softmax, .elementwise(.add), .reshape]
            let kind = generator.chance(8) ? kinds[3] : kinds[generator.number(0...2)]
            let output = value(.activation, &generator)
            if kind == .reshape { values[output.index].shape = values[inputs[0].index].shape }
            return Operator(
                id: Operator.ID(index), name: "o\(index)", kind: kind,
                inputs: kind == .reshape ? [inputs[0]] : inputs, output: output)
        }
        let read = Set(operators.flatMap(\.inputs))
        let results = values.map(\.id).filter {
            values[$0.index].role == .activation && (!read.contains($0) || generator.chance(8))
        }
        return Workload(
            name: "random", batch: 1, values: values, operators: operators, inputs: inputs, outputs: results)
    }

    @Test(arguments: 0..<8)
    func noTopologicalOrderOfASmallGraphIsBetter(part: Int) throws {
        var generator = SplitMix64(seed: UInt64(part))
        var gains = 0
        var proven = 0
        for _ in 0..<100 {
            let workload = Self.workload(operators: generator.number(2...8), using: &generator)
            let regions = try RegionGraph(workload, softmax: .twoPass, fuses: generator.chance(2)).regions
            let given = RegionOrder(asGiven: regions, of: workload)
            #expect(given.liveBytes == LiveBytes(regions, of: workload).each)
            let best = Self.best(regions, of: workload)
            for budget in [1, 4, 16, RegionOrder.standardStateBudget] {
                let order = RegionOrder(ofLeastMemoryFor: regions, of: workload, stateBudget: budget)
                let ordered = order.positions.map { regions[$0] }
                #expect(order.positions.sorted() == Array(regions.indices))
                #expect(Self.isTopological(ordered, of: workload))
                #expect(order.liveBytes == LiveBytes(ordered, of: workload).each)
                #expect(
                    (order.peakLiveBytes, order.totalLiveBytes) <= (given.peakLiveBytes, given.totalLiveBytes))
                if order.isPeakProvenLeast { #expect(order.peakLiveBytes == best.peak) }
                if order.isProvenOptimal {
                    #expect(order.isPeakProvenLeast && order.totalLiveBytes == best.total)
                    proven += 1
                }
                // Where nothing is gained nothing moves.
                if (order.peakLiveBytes, order.totalLiveBytes) == (given.peakLiveBytes, given.totalLiveBytes) {
                    #expect(order.positions == given.positions)
                }
                if budget == RegionOrder.standardStateBudget {
                    #expect(order.isProvenOptimal)
                    gains += order.peakLiveBytes < given.peakLiveBytes ? 1 : 0
                }
            }
        }
        #expect(gains > 10)
        #expect(proven > 200)
    }

    @Test func largeGraphsAreNeverWorseAndRepeat() throws {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<20 {
            let workload = Self.workload(operators: generator.number(60...200), using: &generator)
            let regions = try RegionGraph(workload, softmax: .twoPass, fuses: generator.chance(2)).regions
            let given = RegionOrder(asGiven: regions, of: workload)
            var peaks: [Int] = []
            for budget in [64, 1024] {
                let order = RegionOrder(ofLeastMemoryFor: regions, of: workload, stateBudget: budget)
                let ordered = order.positions.map { regions[$0] }
                #expect(order.positions.sorted() == Array(regions.indices))
                #expect(Self.isTopological(ordered, of: workload))
                #expect(order.liveBytes == LiveBytes(ordered, of: workload).each)
                #expect(
                    (order.peakLiveBytes, order.totalLiveBytes) <= (given.peakLiveBytes, given.totalLiveBytes))
                #expect(order == RegionOrder(ofLeastMemoryFor: regions, of: workload, stateBudget: budget))
                if order.isPeakProvenLeast { peaks.append(order.peakLiveBytes) }
            }
            #expect(Set(peaks).count <= 1)
        }
    }

    // MARK: - By hand

    /// Vector work named by what it writes, each with its size and what it reads; "in" is the input.
    private static func workload(input: Int, _ work: [(name: String, size: Int, reads: [String])], results: [String])
        -> Workload
    {
        let ids = Dictionary(
            uniqueKeysWithValues: (["in"] + work.map(\.name)).enumerated().map { ($1, Value.ID($0)) })
        let values =
            [Value(id: Value.ID(0), name: "in", shape: [input], role: .input, numericType: .int8)]
            + work.enumerated().map { index, work in
                Value(
                    id: Value.ID(index + 1), name: work.name, shape: [work.size], role: .activation, numericType: .int8)
            }
        let operators = work.enumerated().map { index, work in
            Operator(
                id: Operator.ID(index), name: work.name, kind: .elementwise(.add),
                inputs: work.reads.compactMap { ids[$0] }, output: Value.ID(index + 1))
        }
        return Workload(
            name: "by hand", batch: 1, values: values, operators: operators, inputs: [Value.ID(0)],
            outputs: results.compactMap { ids[$0] })
    }

    @Test func branchesThatShrinkRunOneAfterTheOther() throws {
        let workload = Self.workload(
            input: 10,
            [
                ("wideA", 100, ["in"]), ("wideB", 100, ["in"]), ("narrowA", 1, ["wideA"]), ("narrowB", 1, ["wideB"]),
                ("sum", 1, ["narrowA", "narrowB"]),
            ], results: ["sum"])
        let given = try RegionGraph(workload, softmax: .twoPass, fuses: false)
        #expect(given.regions.map(\.name) == ["wideA", "wideB", "narrowA", "narrowB", "sum"])
        #expect(given.liveBytes == [110, 210, 201, 102, 3])
        let graph = try RegionGraph(workload, softmax: .twoPass, fuses: false, order: .memory)
        #expect(graph.regions.map(\.name) == ["wideA", "narrowA", "wideB", "narrowB", "sum"])
        #expect(graph.regions.map(\.index) == [0, 1, 2, 3, 4])
        #expect(graph.liveBytes == [110, 111, 111, 102, 3])
        #expect(graph.peakLiveBytes == 111 && graph.peakLiveBytesAsGiven == 210 && given.peakLiveBytes == 210)
        #expect(graph.order.isProvenOptimal && !given.order.isProvenOptimal)
        // Tensors live as the new order has them.
        #expect(graph.candidates.map(\.live) == [0...1, 2...3, 1...4, 3...4])
    }

    /// The branch with the higher hill goes first, as in Sethi and Ullman's numbering.
    @Test func theHigherHillGoesFirst() throws {
        let workload = Self.workload(
            input: 1,
            [
                ("low", 40, ["in"]), ("lowEnd", 20, ["low"]), ("high", 90, ["in"]), ("highEnd", 5, ["high"]),
                ("sum", 1, ["lowEnd", "highEnd"]),
            ], results: ["sum"])
        let graph = try RegionGraph(workload, softmax: .twoPass, fuses: false, order: .memory)
        #expect(graph.regions.map(\.name) == ["high", "highEnd", "low", "lowEnd", "sum"])
        #expect(graph.peakLiveBytesAsGiven == 115 && graph.peakLiveBytes == 96)
    }

    /// Five levels with two towers each, all results: what detectors end in.
    @Test func detectionHeadsAreProven() throws {
        var work: [(name: String, size: Int, reads: [String])] = []
        for level in 0..<5 {
            work.append(("level\(level)", 4096 >> (2 * level), [level == 0 ? "in" : "level\(level - 1)"]))
        }
        for step in 0..<5 {
            for level in 0..<5 {
                for tower in ["class", "box"] {
                    let before = step == 0 ? "level\(level)" : "\(tower)\(level).\(step - 1)"
                    let size = (4096 >> (2 * level)) / (step < 4 ? 1 : tower == "box" ? 16 : 2)
                    work.append(("\(tower)\(level).\(step)", size, [before]))
                }
            }
        }
        let workload = Self.workload(
            input: 8192, work, results: (0..<5).flatMap { ["class\($0).4", "box\($0).4"] })
        let graph = try RegionGraph(workload, softmax: .twoPass, fuses: false, order: .memory)
        #expect(graph.order.isPeakProvenLeast)
        #expect(graph.peakLiveBytesAsGiven == 15_008 && graph.peakLiveBytes == 12_288)
    }

    // MARK: - Networks

    @Test(arguments: WorkloadZoo.names)
    func networksRunInAValidOrderThatTakesNoMore(name: String) throws {
        for batch in [1, 8] {
            let workload = try WorkloadZoo.workload(named: name, batch: batch)
            for fuses in [true, false] {
                let given = try RegionGraph(workload, softmax: .twoPass, fuses: fuses)
                let graph = try RegionGraph(workload, softmax: .twoPass, fuses: fuses, order: .memory)
                #expect(given.liveBytes == LiveBytes(given.regions, of: workload).each)
                #expect(graph.liveBytes == LiveBytes(graph.regions, of: workload).each)
                #expect(graph.regions.map(\.index) == Array(graph.regions.indices))
                #expect(Set(graph.regions.map(\.mainOperator)) == Set(given.regions.map(\.mainOperator)))
                #expect(Self.isTopological(graph.regions, of: workload))
                #expect(graph.order.isPeakProvenLeast)
                // The heads of the proposals' five levels, an operator a region, stand side by side in too many orders.
                #expect(graph.order.isProvenOptimal || name == "ocr-rpn" && !fuses)
                #expect(graph.peakLiveBytesAsGiven == given.peakLiveBytes)
                #expect(given.peakLiveBytesAsGiven == given.peakLiveBytes)
                #expect(
                    (graph.peakLiveBytes, graph.order.totalLiveBytes)
                        <= (given.peakLiveBytes, given.order.totalLiveBytes))
            }
        }
    }

    /// Attention's values wait until its probabilities are there.
    @Test func orderGainsInBERT() throws {
        let workload = try WorkloadZoo.workload(named: "bert-base-1024")
        let graph = try RegionGraph(workload, softmax: .twoPass, fuses: true, order: .memory)
        #expect(graph.peakLiveBytes < graph.peakLiveBytesAsGiven)
    }

    @Test(arguments: WorkloadZoo.names)
    func networksCompileInEitherOrder(name: String) throws {
        let prepared = PreparedWorkload(try WorkloadZoo.workload(named: name))
        let compiler = Compiler(scheduler: Scheduler())
        for fusion in CompilerOptions.Fusion.allCases {
            var design = Samples.design(fusion: fusion, batch: 1, globalMemoryMiB: 8)
            let given = try compiler.compile(prepared, for: design)
            design.compiler.order = .memory
            let compiled = try compiler.compile(prepared, for: design)
            try Self.replay(compiled)
            #expect(compiled.cycles.isFinite && compiled.cycles > 0)
            #expect(compiled.graph !== given.graph)
            #expect(try compiler.compile(prepared, for: design).graph === compiled.graph)
            // Without residency the order makes no difference to time.
            if [.none, .regions].contains(fusion) {
                #expect(abs(compiled.cycles - given.cycles) <= 1e-9 * given.cycles)
            }
        }
    }

    /// Branches of two convolutions each, in the order that takes most.
    @Test func reorderedBranchesAreKeptInGlobalMemory() throws {
        var builder = try WorkloadBuilder(name: "branches", batch: 1)
        let image = try builder.input("image", shape: [1, 16, 56, 56])
        let wide = try (0..<4).map { branch in
            try builder.convolution(
                image, channels: 128 + 32 * branch, window: Window(1, padding: .same), named: "wide\(branch)")
        }
        let narrow = try wide.enumerated().map { branch, value in
            try builder.convolution(value, channels: 8, window: Window(1, padding: .same), named: "narrow\(branch)")
        }
        let sum = try narrow.dropFirst().enumerated().reduce(narrow[0]) { sum, other in
            try builder.elementwise(.add, sum, other.element, named: "add\(other.offset)")
        }
        let prepared = PreparedWorkload(try builder.build(outputs: [sum]))
        var residency: [CompilerOptions.Order: CompiledWorkload] = [:]
        for order in CompilerOptions.Order.allCases {
            var design = Samples.design(fusion: .residency, batch: 1, globalMemoryMiB: 3)
            design.compiler.order = order
            let compiled = try Compiler(scheduler: Scheduler()).compile(prepared, for: design)
            try Self.replay(compiled)
            residency[order] = compiled
        }
        let given = try #require(residency[.given])
        let memory = try #require(residency[.memory])
        #expect(memory.graph.peakLiveBytes * 2 < given.graph.peakLiveBytes)
        // In 3 MiB there is room for one wide tensor at a time.
        #expect(memory.residency.residentTensors.count > given.residency.residentTensors.count)
        #expect(memory.residency.objectiveCycles <= given.residency.objectiveCycles)
    }

    /// What is kept is there from its writer to its last reader, and occupancy is what the solver says.
    private static func replay(_ compiled: CompiledWorkload) throws {
        let workload = compiled.workload
        let residency = compiled.residency
        let resident = Set(residency.residentTensors)
        let roots = workload.roots
        #expect(resident.isDisjoint(with: workload.outputs.map { roots[$0.index] }))
        // What a chain's regions move is there from its first tile to its last.
        var extent = compiled.regions.indices.map { $0...$0 }
        for chain in compiled.chains {
            for region in chain.regions { extent[region] = chain.regions.lowerBound...(chain.regions.upperBound - 1) }
        }
        var (first, last): ([Value.ID: Int], [Value.ID: Int]) = ([:], [:])
        for region in compiled.regions {
            for value in region.writes { first[value] = extent[region.index].lowerBound }
            for read in region.reads {
                last[read.value] = max(last[read.value] ?? 0, extent[region.index].upperBound)
            }
        }
        let weightBytes = residency.pinnedWeights.reduce(0) { $0 + workload[$1].bytes }
        for (index, schedule) in compiled.schedules.enumerated() {
            let region = schedule.region
            #expect(region.index == index)
            let live = resident.filter { (first[$0] ?? .max) <= index && index <= (last[$0] ?? -1) }
            #expect(region.reads.allSatisfy { live.contains($0.value) == resident.contains($0.value) })
            if schedule.chainTile == nil {
                #expect(schedule.mapped?.nest == region.tensorOperator.flatMap { workload[$0].loopNest })
            }
            let occupied = schedule.tileBytes + weightBytes + live.reduce(0) { $0 + workload[$1].bytes }
            #expect(occupied == residency.occupiedBytes[index] && occupied <= residency.capacityBytes)
        }
    }
}
