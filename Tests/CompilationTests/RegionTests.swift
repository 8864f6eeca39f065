import Accelerators
import Compilation
import Diagnostics
import Scheduling
import Testing
import Workloads

/// Which operators end up in one region in the networks of the zoo.
@Suite struct RegionTests {
    @Test(arguments: ["efficientnet-b0", "efficientnet-b7"])
    func squeezeAndExciteIsFusedIntoItsNeighbours(name: String) throws {
        let compiled = try Samples.compile(name, fusion: .regions, batch: 1)
        let workload = compiled.workload
        var blocks = 0
        for pool in workload.operators where pool.name.hasSuffix(".se.pool") {
            blocks += 1
            let block = String(pool.name.dropLast(".se.pool".count))
            let depthwise = try #require(workload.node(named: block + ".depthwise.conv"))
            let swish = try #require(workload.node(named: block + ".depthwise.swish"))
            let multiply = try #require(workload.node(named: block + ".se.multiply"))
            let sigmoid = try #require(workload.node(named: block + ".se.sigmoid"))
            let project = try #require(workload.node(named: block + ".project.conv"))

            // The pool is a second output of the depthwise convolution's region.
            let region = try #require(compiled.regions(with: pool).first)
            #expect(region.tensorOperator == depthwise.id)
            #expect(region.writes.contains(pool.output) && region.writes.contains(swish.output))

            // The gate is multiplied in as the projection's input streams in.
            let projection = try #require(compiled.regions(with: project).first)
            #expect(compiled.regions(with: multiply) == [projection])
            #expect(projection.reads.contains { $0.value == swish.output && $0.use == .input })
            #expect(projection.reads.contains { $0.value == sigmoid.output && $0.use == .elementwise })
        }
        #expect(blocks == (name == "efficientnet-b0" ? 16 : 55))
        // Normalisation and activation never cost a pass over memory of their own.
        for node in workload.operators where node.kind == .batchNorm || node.kind == .elementwise(.swish) {
            #expect(compiled.regions(with: node).allSatisfy { $0.tensorOperator != nil }, "\(node.name)")
        }
        // A residual add runs in the projection before it and reads the block's input.
        for node in workload.operators where node.kind == .elementwise(.add) {
            let region = try #require(compiled.regions(with: node).first)
            #expect(region.name.hasSuffix("project.conv"))
            #expect(region.reads.contains { node.inputs.contains($0.value) && $0.use == .elementwise })
        }
    }

    @Test func softmaxStandsAloneAndGELUIsFused() throws {
        let compiled = try Samples.compile("bert-base-128", fusion: .regions, batch: 1)
        for node in compiled.workload.operators {
            switch node.kind {
            case .softmax, .layerNorm:
                let region = try #require(compiled.regions(with: node).first)
                #expect(region.mainOperator == node.id && region.tensorOperator == nil)
                #expect(region.operators == [node.id])
                #expect(region.passes == (node.kind == .softmax ? 3 : 2))
            case .elementwise(.gelu), .elementwise(.tanh), .elementwise(.biasAdd), .elementwise(.multiply):
                #expect(compiled.regions(with: node).allSatisfy { $0.tensorOperator != nil }, "\(node.name)")
            default: break
            }
        }
        let twoPass = try Samples.compile("bert-base-128", fusion: .regions, batch: 1, softmax: .twoPass)
        for region in twoPass.regions where twoPass.workload[region.mainOperator].kind == .softmax {
            #expect(region.passes == 2)
        }
    }

    @Test func preActivationIsFusedIntoProducersOrConsumers() throws {
        let compiled = try Samples.compile("resnet-50-v2", fusion: .regions, batch: 1)
        // All that is left without a tensor operator is the stem's pool, which the first normalisation joins.
        let pool = try #require(compiled.regions.first { $0.tensorOperator == nil })
        #expect(compiled.regions.count { $0.tensorOperator == nil } == 1)
        #expect(
            pool.operators.map { compiled.workload[$0].name }
                == ["stem.pool", "stage1.block1.1.norm", "stage1.block1.1.relu"])
        for node in compiled.workload.operators {
            switch node.kind {
            case .batchNorm, .elementwise:
                let regions = compiled.regions(with: node)
                #expect(
                    !regions.isEmpty && regions.allSatisfy { $0.tensorOperator != nil || $0 == pool }, "\(node.name)")
            default: break
            }
        }
    }

    /// conv → sum over the channel axis joins; x − sum needs the sum of every row, and begins a region of its own.
    @Test func reductionsJoinTheirProducerAndHoldUpTheirReaders() throws {
        var builder = try WorkloadBuilder(name: "reductions", batch: 2)
        let x = try builder.input("x", shape: [2, 32, 64])
        let y = try builder.linear(x, features: 64, named: "linear")
        let sum = try builder.reduce(.sum, y, axes: [-1], named: "sum")
        let shifted = try builder.elementwise(.add, sum, 1e-5, named: "shifted")
        let difference = try builder.elementwise(.subtract, y, shifted, named: "difference")
        let direct = try builder.elementwise(.multiply, y, sum, named: "direct")
        let norm = try builder.reduce(.norm, x, axes: [1], keepsAxes: false, named: "norm")
        let workload = try builder.build(outputs: [difference, direct, norm])
        let compiled = try Compiler(scheduler: Scheduler()).compile(
            workload, for: Samples.design(fusion: .regions, batch: 2))
        let groups = compiled.regions.map { $0.operators.map { workload[$0].name } }
        #expect(groups == [["linear", "sum"], ["shifted"], ["difference"], ["direct"], ["norm"]])
        #expect(compiled.regions[0].writes == [y, sum])
        #expect(compiled.regions[3].reads.map(\.value) == [y, sum])
        let rows = 2 * 32
        #expect(compiled.regions.prefix(4).map(\.vectorOperations) == [rows * 64, rows, rows * 64, rows * 64])
        // A square and an addition an element, and a root for each of 2 · 64 columns.
        #expect(compiled.regions[4].vectorOperations == 2 * rows * 64 + 2 * 64 * (VectorCost.transcendental + 1))
        #expect(compiled.regions.allSatisfy { $0.passes == 1 })
    }

    /// The pyramid's coarser level is read, small as it is, by the add behind the lateral convolution.
    @Test func upsamplingIsReadByTheAdd() throws {
        let compiled = try Samples.compile("ocr-rpn", fusion: .regions, batch: 1)
        let workload = compiled.workload
        let lateral = try #require(compiled.regions.first { $0.name == "pyramid.p3.lateral" })
        #expect(
            lateral.operators.map { workload[$0].name }
                == ["pyramid.p3.lateral", "pyramid.p3.lateral.bias", "pyramid.p3.add"])
        let coarser = try #require(lateral.reads.first { $0.use == .elementwise })
        #expect(workload[coarser.value].shape == [1, 256, 64, 64])
    }

    /// Query, key and value leave the product that they are cut from as tensors of their own; the scores' region scales the query.
    @Test func slicesAreWrittenByTheirProducer() throws {
        let compiled = try Samples.compile("vit-b16", fusion: .regions, batch: 2)
        let workload = compiled.workload
        let product = try #require(compiled.regions.first { $0.name == "layer0.attention.qkv" })
        #expect(product.writes.map { workload[$0].name } == ["query", "key", "value"].map { "layer0.attention.\($0)" })
        let scores = try #require(compiled.regions.first { $0.name == "layer0.attention.scores" })
        #expect(scores.reads.map { workload[$0.value].name } == ["layer0.attention.query", "layer0.attention.key"])
        #expect(scores.operators.map { workload[$0].name }.prefix(1) == ["layer0.attention.scale"])
    }

    /// The products with the cache read it where it lies, and the new token's keys beside it: every byte once where the mapping reads its
    /// operand once.
    @Test func theCacheIsReadInPlace() throws {
        let compiled = try Samples.compile("decoder-decode", fusion: .regions, batch: 8)
        let workload = compiled.workload
        for (index, region) in compiled.regions.enumerated() where region.name.hasSuffix("attention.scores") {
            let keys = region.reads.filter { $0.use == .weight }.map { workload[$0.value] }
            #expect(keys.map(\.elements) == [8 * 12 * 1024 * 64, 8 * 768])
            let cost = try #require(compiled.schedules[index].mapped?.cost)
            let moved = compiled.schedules[index].movements.filter { [keys[0].id, keys[1].id].contains($0.value) }
            #expect(abs(moved.reduce(0) { $0 + $1.bytes } / cost.dram.weightReads - 1) < 1e-12)
        }
        #expect(!compiled.regions.contains { compiled.workload[$0.mainOperator].kind.name == "concat" })
    }

    @Test func aBatchThatIsNotTheDesignsIsRefused() throws {
        let workload = try WorkloadZoo.workload(named: "efficientnet-b0", batch: 2)
        let error = #expect(throws: DiagnosticError.self) {
            try Compiler(scheduler: Scheduler()).compile(workload, for: Samples.design(fusion: .regions, batch: 4))
        }
        #expect(error?.kind == .configuration)
    }
}
