import Accelerators
import Compilation
import Scheduling
import Testing
import Workloads

/// Nothing of a workload is lost, doubled, or read before it is written, whatever is fused.
@Suite struct ConservationTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var batch: Int
        var fusion: CompilerOptions.Fusion

        var testDescription: String { "\(name), batch \(batch), \(fusion.rawValue)" }

        static let all = Samples.networks.flatMap { name in
            [1, 8].flatMap { batch in
                CompilerOptions.Fusion.allCases.map { Case(name: name, batch: batch, fusion: $0) }
            }
        }
    }

    @Test(arguments: Case.all)
    func everyOperatorRunsOnce(_ sample: Case) throws {
        let compiled = try Samples.compile(sample.name, fusion: sample.fusion, batch: sample.batch)
        let workload = compiled.workload
        let regions = compiled.regions
        var times = [Int](repeating: 0, count: workload.operators.count)
        for region in regions { for id in region.operators { times[id.index] += 1 } }
        for node in workload.operators {
            switch node.kind {
            case .reshape, .upsample: #expect(times[node.id.index] == 0)
            // May be computed again in each of its consumers.
            case .elementwise, .batchNorm, .concat: #expect(times[node.id.index] >= 1, "\(node.name)")
            default: #expect(times[node.id.index] == 1, "\(node.name)")
            }
        }
        #expect(compiled.schedules.reduce(0) { $0 + $1.macs } == workload.macs)
        for (index, region) in regions.enumerated() {
            #expect(region.index == index)
            let products = region.operators.filter { workload[$0].kind.isTensorOperator }
            guard region.attention == nil else {
                #expect(products.count == 2)
                continue
            }
            #expect(products == [region.tensorOperator].compactMap { $0 })
            guard compiled.schedules[index].chainTile == nil else { continue }
            #expect(compiled.schedules[index].mapped?.nest == region.tensorOperator.flatMap { workload[$0].loopNest })
        }
        if sample.fusion == .none {
            #expect(regions.count == workload.operators.count { !$0.kind.isView })
            #expect(regions.allSatisfy { $0.operators.count == 1 })
        } else {
            #expect(regions.count < workload.operators.count { !$0.kind.isView })
        }
    }

    @Test(arguments: Case.all)
    func everyValueIsWrittenBeforeItIsRead(_ sample: Case) throws {
        let compiled = try Samples.compile(sample.name, fusion: sample.fusion, batch: sample.batch)
        let workload = compiled.workload
        let roots = workload.roots
        var available = Set(workload.inputs.map { roots[$0.index] })
        var written: Set<Value.ID> = []
        var parameters: Set<Value.ID> = []
        for region in compiled.regions {
            let reads = region.reads.map(\.value)
            #expect(Set(reads).count == reads.count, "\(region.name) reads a value twice")
            #expect(available.isSuperset(of: reads), "\(region.name)")
            #expect(Set(reads).isDisjoint(with: region.writes), "\(region.name)")
            // Inside, every operand comes from outside or from an operator before.
            var inside = Set(reads)
            var used: Set<Value.ID> = []
            for id in region.operators {
                let node = workload[id]
                for input in node.inputs.map({ roots[$0.index] }) {
                    #expect(inside.contains(input), "\(node.name) in \(region.name)")
                    used.insert(input)
                }
                #expect(region.parameters.contains { node.parameters.contains($0) } == !node.parameters.isEmpty)
                inside.insert(roots[node.output.index])
            }
            #expect(used.isSuperset(of: reads), "\(region.name) reads what it doesn't use")
            #expect(inside.subtracting(reads).isSuperset(of: region.writes))
            #expect(written.isDisjoint(with: region.writes), "\(region.name) writes a value again")
            written.formUnion(region.writes)
            available.formUnion(region.writes)
            parameters.formUnion(region.parameters)
        }
        #expect(written.isSuperset(of: workload.outputs.map { roots[$0.index] }))
        #expect(parameters == Set(workload.values.filter { $0.role == .parameter }.map(\.id)))
        // What is written is read by somebody, or a result.
        let read = Set(compiled.regions.flatMap { $0.reads.map(\.value) })
        #expect(read.union(workload.outputs.map { roots[$0.index] }).isSuperset(of: written))
    }

    /// Every graph input, parameter and result crosses DRAM's pins at least once; of a table the rows that are picked.
    @Test(arguments: Case.all)
    func compulsoryBytesMove(_ sample: Case) throws {
        let compiled = try Samples.compile(sample.name, fusion: sample.fusion, batch: sample.batch)
        let workload = compiled.workload
        var reads = workload.inputs.reduce(0) { $0 + workload[$1].bytes }
        for node in workload.operators {
            let bytes = node.parameters.reduce(0) { $0 + workload[$1].bytes }
            reads += node.kind == .embedding ? min(bytes, workload[node.output].bytes) : bytes
        }
        let writes = workload.outputs.reduce(0) { $0 + workload[$1].bytes }
        #expect(compiled.trafficBefore.reduce(0) { $0 + $1.dramReadBytes } >= Double(reads))
        #expect(compiled.trafficBefore.reduce(0) { $0 + $1.dramWriteBytes } >= Double(writes))
        if [.none, .regions].contains(sample.fusion) { #expect(compiled.trafficAfter == compiled.trafficBefore) }
    }

    /// A region moves what its mapping moves, and every other tensor once; partial sums go and come back besides.
    @Test(arguments: Samples.zoo, [0, 1, 64])
    func regionsMoveWhatTheirMappingsMove(name: String, globalMemoryMiB: Int) throws {
        var partialSums = 0.0
        let workload = try WorkloadZoo.workload(named: name, batch: 8)
        let design = Samples.design(fusion: .regions, batch: 8, globalMemoryMiB: globalMemoryMiB)
        for mapper: any Mapper in [BranchAndBoundMapper(), ReductionCutter()] {
            let compiled = try Compiler(scheduler: Scheduler(mapper: mapper)).compile(workload, for: design)
            for (schedule, traffic) in zip(compiled.schedules, compiled.trafficBefore) {
                // `RecurrenceTests` has the regions that run their mapping many times.
                guard let mapped = schedule.mapped, schedule.tiles.allSatisfy({ $0.count == 1 }),
                    let product = schedule.region.tensorOperator
                else { continue }
                let region = schedule.region
                func bytes(_ values: [Value.ID]) -> Double { values.reduce(0) { $0 + Double(workload[$1].bytes) } }
                /// How often an operand is read: a tensor that is a part of it (concatenated, or upsampled) reads that part.
                func count(_ use: Region.Read.Use, of elements: Int) -> Double {
                    region.reads.filter { $0.use == use }
                        .reduce(0) { $0 + min(1, Double(workload[$1.value].elements) / Double(elements)) }
                }
                let weights = workload[product].parameters
                let once =
                    bytes(region.reads.filter { $0.use == .elementwise }.map(\.value))
                    + bytes(region.parameters.filter { !weights.contains($0) })
                let inputUses = count(.input, of: mapped.nest.inputElements)
                let weightUses = count(.weight, of: mapped.nest.weightElements) + Double(weights.count)
                let finished = Double(2 * mapped.nest.outputElements)
                func reads(_ level: LevelTraffic) -> Double {
                    once + inputUses * level.inputReads + weightUses * level.weightReads + level.outputReads
                }
                func writes(_ level: LevelTraffic) -> Double {
                    bytes(region.writes) + level.outputWrites - finished
                }
                #expect(abs(traffic.dramReadBytes / reads(mapped.cost.dram) - 1) < 1e-12, "\(region.name)")
                #expect(traffic.dramWriteBytes == writes(mapped.cost.dram), "\(region.name)")
                #expect(abs(schedule.peReadBytes / reads(mapped.cost.globalMemory) - 1) < 1e-12, "\(region.name)")
                #expect(schedule.peWriteBytes == writes(mapped.cost.globalMemory), "\(region.name)")
                #expect(schedule.arrayCycles == mapped.cost.arrayCycles)
                #expect(schedule.tileBytes == mapped.cost.globalMemoryTileBytes)
                partialSums += mapped.cost.dram.outputReads + mapped.cost.globalMemory.outputReads
            }
        }
        #expect(partialSums > 0)
    }

    /// Lane operations of every operator, added up by hand; a recomputed operator counts each time, and a normalisation
    /// right behind its tensor operator loses its multiplication.
    @Test(arguments: Case.all)
    func vectorWorkIsConserved(_ sample: Case) throws {
        let softmax: CompilerOptions.Softmax = sample.batch == 1 ? .threePass : .twoPass
        let compiled = try Samples.compile(sample.name, fusion: sample.fusion, batch: sample.batch, softmax: softmax)
        let workload = compiled.workload
        let roots = workload.roots
        for region in compiled.regions {
            let product = region.tensorOperator.map { workload[$0].output }
            let expected = region.operators.reduce(0) { sum, id in
                let node = workload[id]
                let isBehindProduct = product != nil && roots[node.inputs[0].index] == product
                let isReduction =
                    switch node.kind {
                    case .globalAveragePool, .reduce: true
                    default: false
                    }
                let elements = workload[isReduction ? node.inputs[0] : node.output].elements
                return sum + elements * operations(of: node, isBehindProduct: isBehindProduct, softmax)
            }
            guard let attention = region.attention else {
                #expect(region.vectorOperations == expected, "\(region.name)")
                continue
            }
            // What is neither softmax nor behind the context is done to each score.
            let softmaxes = region.operators.map { workload[$0] }.filter { $0.kind == .softmax }
            let own = softmaxes.reduce(0) {
                $0 + workload[$1.output].elements * operations(of: $1, isBehindProduct: false, softmax)
            }
            #expect(
                region.vectorOperations + attention.scores * attention.scoreOperations == expected - own,
                "\(region.name)")
        }
    }

    /// Lane operations an element, from the definition of each function: `t` for each exp, reciprocal, tanh, erf.
    private func operations(of node: Operator, isBehindProduct: Bool, _ softmax: CompilerOptions.Softmax) -> Int {
        let t = VectorCost.transcendental
        // Subtract the maximum, exp, and add to the sum or multiply by its reciprocal.
        let pass = 1 + t + 1
        return switch node.kind {
        case .convolution, .linear, .matmul, .embedding, .concat, .slice, .reshape: 0
        case .elementwise(.add), .elementwise(.multiply), .elementwise(.biasAdd), .elementwise(.relu): 1
        case .elementwise(.subtract), .elementwise(.negate), .elementwise(.minimum), .elementwise(.maximum): 1
        // By a number: times its reciprocal. 1 by a value: the value's reciprocal.
        case .elementwise(.divide):
            switch node.operands {
            case let operands where operands[0] == .scalar(1): t
            case let operands where operands[1] == .value(node.inputs[node.inputs.count - 1]): t + 1
            default: 1
            }
        case .elementwise(.exp), .elementwise(.erf), .elementwise(.reciprocal): t
        // x · (1/√x)
        case .elementwise(.sqrt): t + 1
        // The powers that the decomposer uses: a product, a root, a reciprocal root.
        case .elementwise(.power): [2: 1, 3: 2, 0.5: t + 1, -0.5: t][node.scalars[0].value] ?? -1
        // 1 / (1 + exp(−x))
        case .elementwise(.sigmoid): t + 1 + t
        case .elementwise(.swish): t + 1 + t + 1
        case .elementwise(.tanh): t
        // σ is a multiplication less than swish; four gates, and the two states.
        case .recurrence(.lstm, _): 4 + 3 * (t + 1 + t) + t + 3 + t + 1
        case .recurrence(.gru, _): 2 + 2 * (t + 1 + t) + 1 + 1 + t + 3
        case .recurrence(.rnn, _): 1 + t
        // Minimum and maximum.
        case .elementwise(.clip): 2
        // 0.5 · x · (1 + tanh(x · (a + b · x²))): square, multiply–add, multiply, tanh, multiply–add, multiply.
        case .elementwise(.geluTanh): 1 + 2 + 1 + t + 2 + 1
        // (x · (erf(x/√2) + 1)) / 2: scale, erf, multiply–add as two, scale.
        case .elementwise(.gelu): 1 + t + 2 + 1
        case .batchNorm: isBehindProduct ? 1 : 2
        case .layerNorm: 7
        // One step an element.
        case .reduce(.mean, _), .reduce(.sum, _), .reduce(.maximum, _): 1
        // The maximum, the sum, the quotient; with two passes the old sum is rescaled in the first.
        case .softmax: softmax == .threePass ? 1 + pass + pass : 1 + pass + pass + pass
        case .maxPool(let taps), .averagePool(let taps): taps
        case .globalAveragePool: 1
        default: -1
        }
    }
}

/// A mapper that runs reductions in two halves with all outputs inside, so that there are partial sums at every level.
private struct ReductionCutter: Mapper {
    func bestMapping(of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints) throws
        -> MappedOperator
    {
        let mapped = try BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints)
        var tile = mapped.mapping.l1Tile
        tile[.inputChannels] = min(tile[.inputChannels], ceilingOfHalf(nest.inputChannels))
        tile[.batch] = 1
        let one = SpatialLoop(.batch, factor: 1)
        let order = LoopOrder(
            [
                .inputChannels, .filterHeight, .filterWidth, .groups, .batch, .outputChannels, .outputHeight,
                .outputWidth,
            ])
        let mapping = Mapping(
            unit: mapped.mapping.unit, gridX: one, gridY: one, l1Tile: tile, l2Tile: tile, globalTile: tile,
            l2Order: order, globalOrder: order, dramOrder: order)
        return MappedOperator(
            nest: nest, mapping: mapping, cost: NestAnalysis(nest, on: view).cost(of: mapping), cycles: mapped.cycles,
            lowerBoundCycles: mapped.lowerBoundCycles, idealCycles: mapped.idealCycles, provenOptimal: false,
            mappingsCosted: mapped.mappingsCosted)
    }

    private func ceilingOfHalf(_ extent: Int) -> Int { (extent + 1) / 2 }
}
