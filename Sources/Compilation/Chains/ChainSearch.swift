internal import Scheduling
internal import Workloads

/// Finds the chains of regions that are worth computing a tile at a time.
///
/// Every run of at most `longest` regions is taken in the largest tile whose inner tensors fit, and its time estimated: that of the
/// regions as they are mapped, without the inner tensors' DRAM traffic, but with what every tile begins with and fetches again. Of the
/// runs that overlap, dynamic programming picks those that save most.
///
/// - Complexity: O(regions × longest²) additions.
struct ChainSearch {
    /// Regions of a chain; longer ones gain little, since what lies between two chains is moved once.
    static let longest = 16

    private let graph: RegionGraph
    private let view: SchedulingView
    private let problem: ResidencyProblem
    private let runs: ChainRuns
    private let costs: [RegionCost]
    private let isKept: [Bool]
    private let batch: Int

    private var lives: ChainLives { runs.lives }

    /// What a region costs beside the tensors that are kept, and what of that every tile pays anew.
    private struct RegionCost {
        var floor: Double
        var fixed: Double
        var peReads: Double
        var peWrites: Double
        var traffic: RegionTraffic
        /// Weights that are not kept, as often as the mapping fetches them, and their size.
        var weightBytes = 0.0
        var weightSize = 0
        var tileBytes: Int
        /// Cycles as it is.
        var cycles: Double
    }

    /// - Parameters:
    ///   - problem: the regions as they are mapped.
    ///   - residency: what is kept of it without chains.
    init(_ graph: RegionGraph, _ problem: ResidencyProblem, without residency: Residency) {
        self.graph = graph
        self.problem = problem
        view = problem.view
        batch = graph.workload.batch
        runs = graph.chainRuns
        var traffic = problem.schedules.map(RegionTraffic.init)
        var isKept = [Bool](repeating: false, count: graph.workload.values.count)
        for position in residency.kept {
            let candidate = problem.candidates[position]
            isKept[candidate.value.index] = true
            for use in candidate.uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
        costs = problem.schedules.indices.map { region in
            let (schedule, traffic) = (problem.schedules[region], traffic[region])
            var cost = RegionCost(
                floor: max(schedule.arrayCycles, schedule.l2Cycles, schedule.vectorCycles),
                fixed: schedule.fixedCycles, peReads: schedule.peReadBytes, peWrites: schedule.peWriteBytes,
                traffic: traffic, tileBytes: schedule.tileBytes,
                cycles: schedule.timing(traffic, on: problem.view).cycles)
            for (tensor, movement) in zip(graph.tensors[region].all, schedule.movements)
            where tensor.isParameter && !isKept[tensor.value.index] {
                cost.weightBytes += movement.bytes
                cost.weightSize += tensor.bytes
            }
            return cost
        }
        self.isKept = isKept
    }

    /// The chains that together promise to save most, in execution order.
    ///
    /// - Parameter budget: bytes of Global Memory that a chain's tensors, weights and tiles may take.
    func chains(within budget: Int) -> [FusedChain] {
        let count = graph.regions.count
        var saved = [Double](repeating: 0, count: count + 1)
        var last = [Proposal?](repeating: nil, count: count + 1)
        for start in 0..<count {
            if saved[start] > saved[start + 1] { (saved[start + 1], last[start + 1]) = (saved[start], nil) }
            guard lives.isTileable[start] else { continue }
            var run = Run(start: start)
            for end in (start + 1)...min(start + Self.longest, count) {
                guard lives.isTileable[end - 1] else { break }
                append(end - 1, to: &run)
                guard run.liveBytes.contains(where: { $0 > 0 }) else { continue }
                guard let proposal = proposal(run, within: budget) else { break }
                if proposal.gain > 0, saved[start] + proposal.gain > saved[end] {
                    (saved[end], last[end]) = (saved[start] + proposal.gain, proposal)
                }
            }
        }
        var chains: [FusedChain] = []
        var end = count
        while end > 0 {
            if let proposal = last[end] {
                chains.append(chain(proposal, end: end))
                end = proposal.start
            } else {
                end -= 1
            }
        }
        return chains.reversed()
    }

    /// Whether a chain is faster than its regions one by one while the same tensors are kept beside it.
    func saves(_ chain: FusedChain, _ schedules: [RegionSchedule]) -> Bool {
        var saved = 0.0
        for (region, schedule) in zip(chain.regions, schedules) {
            var traffic = RegionTraffic(schedule)
            for movement in schedule.movements where isKept[movement.value.index] { traffic.remove(movement) }
            saved += costs[region].cycles - schedule.timing(traffic, on: view).cycles
        }
        return saved > 0
    }

    /// A run of regions in its largest tile, and what that saves.
    private struct Proposal {
        var start: Int
        var tile = ChainTile(images: 1)
        var tileCount: Int
        var holdsWeights: Bool
        var bufferBytes = 0
        var gain = 0.0
    }

    /// The largest tile of a run; nil where none fits, and none will when the run grows.
    private func proposal(_ run: Run, within budget: Int) -> Proposal? {
        let room = budget - run.tileBytes
        var proposal = Proposal(start: run.start, tileCount: batch, holdsWeights: 2 * run.weightSize <= room)
        let weights = proposal.holdsWeights ? run.weightSize : 0
        let peak = run.liveBytes.max() ?? 0
        if peak <= room - weights {
            // Powers of four, so that chains of the same blocks have the same tiles.
            while 4 * proposal.tile.images * peak <= room - weights { proposal.tile.images *= 4 }
            // All images at once are residency's to decide.
            guard proposal.tile.images < batch else { return proposal }
            proposal.tileCount = (batch + proposal.tile.images - 1) / proposal.tile.images
            proposal.bufferBytes = proposal.tile.images * peak + weights
        } else {
            let regions = run.start..<(run.start + run.traffic.count)
            guard lives.chainsRows(regions) else { return nil }
            guard let buffers = runs.largestRows(of: regions, within: room - weights) else { return proposal }
            proposal.tile.rows = buffers.rows
            proposal.tileCount *= buffers.tileCount
            proposal.bufferBytes = buffers.bytes + weights
        }
        proposal.gain = run.cyclesBefore - cycles(run, proposal)
        return proposal
    }

    private func chain(_ proposal: Proposal, end: Int) -> FusedChain {
        let regions = proposal.start..<end
        let inner = regions.flatMap { region in
            lives.lastRead[region].filter { regions.contains(lives.writer[$0.index] ?? end) }
        }
        let weights = regions.flatMap { graph.regions[$0].parameters.filter { !isKept[$0.index] } }
        return FusedChain(
            regions: regions, tile: proposal.tile, tileCount: proposal.tileCount, innerValues: Set(inner),
            heldWeights: proposal.holdsWeights ? Set(weights) : [], bufferBytes: proposal.bufferBytes)
    }

    /// A run of regions as it grows.
    private struct Run {
        let start: Int
        var traffic: [RegionTraffic] = []
        /// Bytes of an image's inner tensors that are live while each region runs.
        var liveBytes: [Int] = []
        var weightSize = 0
        var tileBytes = 0
        var cyclesBefore = 0.0

        init(start: Int) { self.start = start }
    }

    private func append(_ region: Int, to run: inout Run) {
        let cost = costs[region]
        run.traffic.append(cost.traffic)
        run.liveBytes.append(0)
        run.weightSize += cost.weightSize
        run.tileBytes = max(run.tileBytes, cost.tileBytes)
        run.cyclesBefore += cost.cycles
        for value in lives.lastRead[region] where lives.writer[value.index].map({ $0 >= run.start }) ?? false {
            let writer = lives.writer[value.index] ?? region
            let bytes = lives.imageBytes[value.index]
            for position in writer...region { run.liveBytes[position - run.start] += bytes }
            guard !isKept[value.index] else { continue }
            for use in lives.uses[value.index] {
                run.traffic[use.region - run.start].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
    }

    /// Cycles of a run: the regions' as they are mapped, without inner tensors, beginning anew with every tile.
    private func cycles(_ run: Run, _ proposal: Proposal) -> Double {
        let times = Double(proposal.tileCount)
        var sum = 0.0
        for (position, traffic) in run.traffic.enumerated() {
            let weightBytes = costs[run.start + position].weightBytes
            let weights =
                proposal.holdsWeights ? Double(costs[run.start + position].weightSize) : weightBytes * times
            let reads = traffic.dramReadBytes - weightBytes + weights
            let port = max(
                costs[run.start + position].peReads + traffic.dramWriteBytes,
                costs[run.start + position].peWrites + reads)
            let busiest = max(
                costs[run.start + position].floor, (reads + traffic.dramWriteBytes) / view.dramBytesPerCycle,
                port / view.globalMemoryBytesPerCycle)
            sum +=
                busiest + times
                * (costs[run.start + position].fixed + traffic.exposedBytes / view.dramBytesPerCycle)
        }
        return sum
    }
}

extension RegionGraph {
    /// The loop nest of a region's tensor operator.
    func nest(of region: Region) -> LoopNest? { region.tensorOperator.flatMap { workload[$0].loopNest } }
}
