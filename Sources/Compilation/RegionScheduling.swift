internal import Accelerators
internal import Scheduling
internal import Workloads

/// Schedules regions on a datapath: maps their tensor operators, and adds what their vector work takes.
struct RegionScheduling {
    private let graph: RegionGraph
    private let workload: Workload
    private let view: SchedulingView

    init(_ graph: RegionGraph, on view: SchedulingView) {
        self.graph = graph
        workload = graph.workload
        self.view = view
    }

    /// The schedule of every region.
    ///
    /// - Throws: `UnmappableOperator` for the first tensor operator that does not fit the datapath.
    func schedules(under constraints: MappingConstraints, by scheduler: Scheduler) throws -> [RegionSchedule] {
        let session = scheduler.session(on: view, under: constraints)
        // What a recurrence's step reads may be on the chip already.
        var stepConstraints = constraints
        stepConstraints.objective = .residency
        let stepSession = scheduler.session(on: view, under: stepConstraints)
        var mappings = [[RegionSchedule.MappedTile]?](repeating: nil, count: graph.nests.count)
        return try zip(graph.regions, graph.nestOfRegion).map { region, nest in
            if let attention = region.attention {
                return attentionRegion(region, try session.bestMapping(of: attention, named: region.name))
            }
            guard let nest, let id = region.tensorOperator else { return vectorRegion(region) }
            if let known = mappings[nest] { return tensorRegion(region, known) }
            if case .recurrence(let cell, let steps) = workload.operators[id.index].kind {
                let node = workload[id]
                let nest = graph.nests[nest]
                let plain = recurrentRegion(
                    region, node, try session.bestMapping(of: nest, named: node.name), cell, steps: steps)
                let resident = recurrentRegion(
                    region, node, try stepSession.bestMapping(of: nest, named: node.name), cell, steps: steps)
                return cycles(resident) < cycles(plain) ? resident : plain
            }
            let mapped = try session.bestMapping(of: graph.nests[nest], named: workload.operators[id.index].name)
            let tiles = [RegionSchedule.MappedTile(mapped: mapped, count: 1)]
            mappings[nest] = tiles
            return tensorRegion(region, tiles)
        }
    }

    /// The schedule of a region whose tensor operator is computed in tiles that share out its outputs.
    ///
    /// - Parameter rowTiles: tiles of rows an image; element-wise operands that all rows read are read once in each.
    func tensorRegion(_ region: Region, _ tiles: [RegionSchedule.MappedTile], rowTiles: Int = 1) -> RegionSchedule {
        var schedule = RegionSchedule(region: region, tiles: tiles)
        var (input, weight) = (Stream(), Stream())
        var exposedOutput = 0.0
        let outputs = tiles.reduce(0) { $0 + $1.count * $1.mapped.nest.outputElements }
        for tile in tiles {
            let cost = tile.mapped.cost
            let count = Double(tile.count)
            let ownOutputs = count * Double(tile.mapped.nest.outputElements)
            schedule.arrayCycles += count * cost.arrayCycles
            addVectorWork(
                &schedule, count * cost.vectorOperations, count * cost.vectorCycles, activePEs: cost.activePEs,
                fused: Double(region.vectorOperations) * (ownOutputs / Double(outputs)))
            schedule.l2Cycles += count * cost.l2Cycles
            schedule.fixedCycles += count * cost.fillAndDrainCycles
            schedule.tileBytes = max(schedule.tileBytes, cost.globalMemoryTileBytes)
            let finished = ownOutputs * Double(tile.mapped.nest.types.output.bytes)
            schedule.partialReadBytes += count * cost.dram.outputReads
            schedule.partialWriteBytes += count * cost.dram.outputWrites - finished
            schedule.peReadBytes += count * cost.globalMemory.outputReads
            schedule.peWriteBytes += count * cost.globalMemory.outputWrites - finished
            input.add(count, cost.dram.inputReads, cost.globalMemory.inputReads, cost.firstInputBytes)
            weight.add(count, cost.dram.weightReads, cost.globalMemory.weightReads, cost.firstWeightBytes)
            exposedOutput += count * cost.lastOutputBytes
        }
        let tileCount = tiles.reduce(0) { $0 + $1.count }
        let tensors = graph.tensors[region.index].all
        schedule.movements.reserveCapacity(tensors.count)
        var isFirstOutput = true
        for tensor in tensors {
            switch tensor.part {
            case .input: add(&schedule, tensor, input)
            case .weight: add(&schedule, tensor, weight)
            case .operand, .operandOfAllRows, .parameter:
                let times =
                    switch tensor.part {
                    case .operandOfAllRows: rowTiles
                    case .parameter: tileCount
                    default: 1
                    }
                let bytes = Double(tensor.bytes * times)
                add(&schedule, tensor.value, bytes, bytes, 0)
            case .output:
                write(
                    &schedule, tensor.value, bytes: Double(tensor.bytes), exposed: isFirstOutput ? exposedOutput : 0)
                isFirstOutput = false
            }
        }
        return schedule
    }

    /// One operand of all tiles on its way to the PEs.
    private struct Stream {
        var dramBytes = 0.0
        var peBytes = 0.0
        var exposedBytes = 0.0

        mutating func add(_ count: Double, _ dram: Double, _ pe: Double, _ exposed: Double) {
            dramBytes += count * dram
            peBytes += count * pe
            exposedBytes += count * exposed
        }
    }

    private func add(_ schedule: inout RegionSchedule, _ tensor: RegionTensors.Tensor, _ stream: Stream) {
        let share = tensor.share
        add(&schedule, tensor.value, share * stream.dramBytes, share * stream.peBytes, share * stream.exposedBytes)
    }

    /// Cycles of a region with every tensor from and to DRAM.
    private func cycles(_ schedule: RegionSchedule) -> Double {
        schedule.timing(RegionTraffic(schedule), on: view).cycles
    }

    /// All steps of a recurrence: see `RecurrenceCost`.
    private func recurrentRegion(
        _ region: Region, _ node: Operator, _ mapped: MappedOperator, _ cell: RecurrentCell, steps: Int
    ) -> RegionSchedule {
        let cost = RecurrenceCost(cell, steps: steps, of: mapped, on: view)
        var schedule = RegionSchedule(
            region: region, tiles: [RegionSchedule.MappedTile(mapped: mapped, count: steps)])
        schedule.arrayCycles = cost.arrayCycles
        // The gates' cycles are among the serial ones.
        let gates = VectorWork.operations(of: node, in: workload, softmax: .threePass, foldsIntoWeights: false)
        let fused = Double(region.vectorOperations - gates)
        schedule.vectorOperations = cost.productVectorOperations + Double(region.vectorOperations)
        schedule.vectorCycles = cost.vectorCycles + fused / Double(mapped.cost.activePEs * view.vectorLanes)
        schedule.l2Cycles = cost.l2Cycles
        schedule.fixedCycles = cost.serialCycles
        schedule.tileBytes = cost.globalMemoryTileBytes
        schedule.partialReadBytes = cost.stateDRAMReadBytes
        schedule.partialWriteBytes = cost.stateDRAMWriteBytes
        schedule.peReadBytes = cost.statePEReadBytes
        schedule.peWriteBytes = cost.statePEWriteBytes
        for read in region.reads {
            let bytes = Double(workload[read.value].bytes)
            add(&schedule, read.value, bytes, bytes, 0)
        }
        for parameter in region.parameters {
            if parameter == node.parameters.first {
                add(&schedule, parameter, cost.weightDRAMBytes, cost.weightPEBytes, cost.weightExposedBytes)
            } else {
                let bytes = Double(workload[parameter].bytes)
                add(&schedule, parameter, bytes, bytes, 0)
            }
        }
        for value in region.writes {
            write(&schedule, value, exposed: Double(workload[value].bytes) / Double(steps))
        }
        return schedule
    }

    private func attentionRegion(_ region: Region, _ mapped: MappedAttention) -> RegionSchedule {
        let cost = mapped.cost
        var schedule = RegionSchedule(region: region, attention: mapped)
        schedule.arrayCycles = cost.arrayCycles
        addVectorWork(
            &schedule, cost.vectorOperations, cost.vectorCycles, activePEs: cost.activePEs,
            fused: Double(region.vectorOperations))
        schedule.l2Cycles = cost.l2Cycles
        schedule.fixedCycles = cost.fillAndDrainCycles
        schedule.tileBytes = cost.globalMemoryTileBytes
        var isFirstKey = true
        for read in region.reads {
            let bytes = Double(workload[read.value].bytes)
            switch read.use {
            case .input: add(&schedule, read.value, bytes, bytes, cost.firstQueryBytes)
            case .weight:
                add(
                    &schedule, read.value, bytes * cost.keyDRAMPasses, bytes * cost.keyPasses,
                    isFirstKey ? cost.firstKeyBytes : 0)
                isFirstKey = false
            case .elementwise: add(&schedule, read.value, bytes, bytes, 0)
            }
        }
        for parameter in region.parameters {
            let bytes = Double(workload[parameter].bytes)
            add(&schedule, parameter, bytes, bytes, 0)
        }
        for (position, value) in region.writes.enumerated() {
            write(&schedule, value, exposed: position == 0 ? cost.lastOutputBytes : 0)
        }
        return schedule
    }

    /// The mapped operator's own vector work, and what is fused with it, on the PEs that are active.
    private func addVectorWork(
        _ schedule: inout RegionSchedule, _ operations: Double, _ cycles: Double, activePEs: Int, fused: Double
    ) {
        schedule.vectorOperations += operations + fused
        schedule.vectorCycles += cycles + fused / Double(activePEs * view.vectorLanes)
    }

    /// The schedule of a region of vector work alone, in so many tiles that share out its outputs.
    func vectorRegion(_ region: Region, tileCount: Int = 1) -> RegionSchedule {
        var schedule = RegionSchedule(region: region)
        let pes = view.peGrid.x * view.peGrid.y
        schedule.vectorOperations = Double(region.vectorOperations)
        schedule.vectorCycles = schedule.vectorOperations / Double(pes * view.vectorLanes)
        let tensors = graph.tensors[region.index]
        let slice = Double(pes * view.vectorLanes * tensors.elementBytes)
        schedule.movements.reserveCapacity(tensors.all.count)
        for tensor in tensors.all {
            let bytes = Double(tensor.usedBytes)
            switch tensor.part {
            case .output:
                write(&schedule, tensor.value, bytes: Double(tensor.bytes), exposed: Double(tileCount) * slice)
            case _ where tensor.isParameter:
                let all = tensor.isTable ? bytes : Double(tileCount) * bytes
                add(&schedule, tensor.value, all, all, 0)
            default:
                let (fromDRAM, fromGlobalMemory) = repeatedReads(
                    tensor.part == .input ? region.passes : 1, ofRowsOf: tensor.rowBytes)
                add(
                    &schedule, tensor.value, bytes * fromDRAM, bytes * fromGlobalMemory,
                    min(Double(tileCount) * slice, bytes))
            }
        }
        let streams = region.reads.count + region.writes.count
        schedule.tileBytes = view.stagingBytes == nil ? 0 : min(view.stagingBytes ?? 0, 2 * Int(slice) * streams)
        return schedule
    }

    /// How often rows of so many bytes come from DRAM and from Global Memory when they are passed over several times: the nearest
    /// level that holds a row twice serves all passes but the first.
    private func repeatedReads(_ passes: Int, ofRowsOf bytes: Int) -> (dram: Double, globalMemory: Double) {
        let row = 2 * bytes
        func holdsRow(_ level: BufferLevel) -> Bool {
            switch level.sharing {
            case .private: row <= level.inputBytes
            case .shared: row <= level.inputBytes + level.weightBytes + level.outputBytes
            }
        }
        if passes == 1 || holdsRow(view.l1) || (view.l2.map(holdsRow) ?? false) { return (1, 1) }
        if let staging = view.stagingBytes, row <= staging { return (1, Double(passes)) }
        return (Double(passes), Double(passes))
    }

    private func add(
        _ schedule: inout RegionSchedule, _ value: Value.ID, _ dramBytes: Double, _ peBytes: Double, _ exposed: Double
    ) {
        schedule.peReadBytes += peBytes
        schedule.movements.append(
            RegionSchedule.Movement(value: value, isWrite: false, bytes: dramBytes, exposedBytes: exposed))
    }

    private func write(_ schedule: inout RegionSchedule, _ value: Value.ID, exposed: Double) {
        write(&schedule, value, bytes: Double(workload[value].bytes), exposed: exposed)
    }

    private func write(_ schedule: inout RegionSchedule, _ value: Value.ID, bytes: Double, exposed: Double) {
        schedule.peWriteBytes += bytes
        schedule.movements.append(
            RegionSchedule.Movement(value: value, isWrite: true, bytes: bytes, exposedBytes: min(exposed, bytes)))
    }
}
