import Accelerators
import Compilation
import Scheduling
import Testing
import Workloads

/// Softmax between two products: alone, in both products, and with them in one region.
@Suite struct AttentionFusionTests {
    private static func compile(
        _ workload: Workload, fusion: CompilerOptions.Fusion, softmax: CompilerOptions.Softmax = .twoPass,
        globalMemoryMiB: Int = 64
    ) throws -> CompiledWorkload {
        try Compiler(scheduler: Scheduler()).compile(
            workload,
            for: Samples.design(
                fusion: fusion, batch: workload.batch, globalMemoryMiB: globalMemoryMiB, softmax: softmax))
    }

    private static func isScores(_ value: Value, _ attention: AttentionNest) -> Bool {
        value.elements == attention.scores
    }

    @Test(arguments: ["bert-base-128", "bert-base-1024"], [CompilerOptions.Softmax.threePass, .twoPass, .online])
    func noScoresLeaveTheFusedRegion(name: String, softmax: CompilerOptions.Softmax) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 2)
        let separate = try Self.compile(workload, fusion: .residency, softmax: softmax)
        let fused = try Self.compile(workload, fusion: .tiles, softmax: softmax)
        let attentions = fused.schedules.filter { $0.region.attention != nil }
        #expect(attentions.count == 12)
        #expect(fused.cycles < separate.cycles)
        #expect(fused.schedules.reduce(0) { $0 + $1.macs } == workload.macs)
        #expect(separate.schedules.reduce(0) { $0 + $1.macs } == workload.macs)
        let sequence = name == "bert-base-128" ? 128 : 1024
        for schedule in attentions {
            let nest = try #require(schedule.region.attention)
            #expect(
                nest
                    == AttentionNest(
                        groups: 24, queries: sequence, keys: sequence, headSize: 64, valueSize: 64, scoreOperations: 2))
            // Queries, keys, values and the mask; the context.
            #expect(schedule.region.reads.map(\.use) == [.input, .weight, .elementwise, .weight])
            for movement in schedule.movements {
                #expect(!Self.isScores(workload[movement.value], nest), "\(workload[movement.value].name)")
            }
            let mapped = try #require(schedule.attention)
            let tensors = 24 * sequence * 64 * 2
            let mask = 2 * sequence * 2
            #expect(
                RegionTraffic(schedule).dramReadBytes
                    == Double(tensors + mask) + 2 * Double(tensors) * mapped.cost.keyDRAMPasses)
            #expect(RegionTraffic(schedule).dramWriteBytes == Double(tensors))
        }
        // In between, every tensor is as it was.
        let others = fused.schedules.filter { $0.region.attention == nil }.map(\.region.name)
        #expect(Set(others).isSubset(of: separate.schedules.map(\.region.name)))
    }

    @Test func onlineSoftmaxStandsInBothProducts() throws {
        let workload = try WorkloadZoo.workload(named: "bert-base-128", batch: 2)
        let twoPass = try Self.compile(workload, fusion: .regions, softmax: .twoPass)
        let online = try Self.compile(workload, fusion: .regions, softmax: .online)
        #expect(online.regions.count == twoPass.regions.count - 12)
        for node in workload.operators where node.kind == .softmax {
            let regions = online.regions(with: node)
            #expect(regions.count == 2 && regions.allSatisfy { $0.tensorOperator != nil })
        }
        func operations(_ compiled: CompiledWorkload) -> Int { compiled.regions.reduce(0) { $0 + $1.vectorOperations } }
        #expect(operations(online) == operations(twoPass))
        func bytes(_ compiled: CompiledWorkload) -> Double {
            compiled.trafficBefore.reduce(0) { $0 + $1.dramReadBytes + $1.dramWriteBytes }
        }
        // A row fits L1, so that a softmax of its own reads and writes every element once.
        let scores = 12 * 2 * 12 * 128 * 128
        #expect(bytes(twoPass) - bytes(online) == Double(scores * 4))
        #expect(online.cycles < twoPass.cycles)
    }

    /// A softmax that others read as well, one that is a result, and one without products stay as they are.
    @Test(arguments: ["read twice", "a result", "no product behind"])
    func otherSoftmaxesStayAlone(change: String) throws {
        var builder = try WorkloadBuilder(name: "attention", batch: 1)
        let query = try builder.input("query", shape: [1, 4, 64, 16])
        let key = try builder.input("key", shape: [1, 4, 64, 16])
        let value = try builder.input("value", shape: [1, 4, 64, 16])
        let scores = try builder.matmul(query, key, transposeRight: true, named: "scores")
        let weights = try builder.softmax(scores, named: "softmax")
        let workload: Workload
        switch change {
        case "read twice":
            let context = try builder.matmul(weights, value, named: "context")
            let other = try builder.elementwise(.relu, weights, named: "other")
            workload = try builder.build(outputs: [context, other])
        case "a result":
            let context = try builder.matmul(weights, value, named: "context")
            workload = try builder.build(outputs: [context, weights])
        default:
            workload = try builder.build(outputs: [try builder.elementwise(.relu, weights, named: "other")])
        }
        let fused = try Self.compile(workload, fusion: .tiles, softmax: .online)
        #expect(fused.regions.allSatisfy { $0.attention == nil })
        let softmax = try #require(workload.node(named: "softmax"))
        #expect(fused.regions(with: softmax).count == 1)
    }

    /// Where no tile fits, or none is worth it, the compiler does without.
    @Test func smallBuffersAreLeftToThreeRegions() throws {
        let workload = try WorkloadZoo.workload(named: "bert-base-128", batch: 1)
        for kibibytes in [1, 2, 4, 8, 16] {
            var design = Samples.design(fusion: .tiles, batch: 1, softmax: .twoPass)
            design.datapath.l1 = L1Buffers(
                configuration: .private, inputKiB: kibibytes, weightKiB: kibibytes, outputKiB: kibibytes)
            let tiled = try Compiler(scheduler: Scheduler()).compile(workload, for: design)
            design.compiler.fusion = .residency
            let separate = try Compiler(scheduler: Scheduler()).compile(workload, for: design)
            #expect(tiled.cycles <= separate.cycles)
        }
    }
}
