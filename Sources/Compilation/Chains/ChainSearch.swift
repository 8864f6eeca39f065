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
    private let rates: FlatResidency.Rates
    private let runs: ChainRuns
    private let lives: ChainLives
    private let costs: [RegionCost]
    private let isKept: [Bool]
    /// The traffic of each value that isn't kept, and where a value's begins; one entry more than values.
    private let uses: [Use]
    private let useStarts: [Int]
    private let batch: Int

    /// A tensor's traffic in a region.
    private struct Use {
        var region: Int
        var movement: RegionSchedule.Movement
    }

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

        init(_ schedule: borrowing RegionSchedule, _ traffic: RegionTraffic, on view: SchedulingView) {
            floor = max(schedule.arrayCycles, schedule.l2Cycles, schedule.vectorCycles)
            fixed = schedule.fixedCycles
            (peReads, peWrites) = (schedule.peReadBytes, schedule.peWriteBytes)
            self.traffic = traffic
            tileBytes = schedule.tileBytes
            cycles = schedule.timing(traffic, on: view).cycles
        }
    }

    /// - Parameters:
    ///   - problem: the regions as they are mapped.
    ///   - residency: what is kept of it without chains.
    init(_ graph: RegionGraph, _ problem: ResidencyProblem, without residency: Residency) {
        self.graph = graph
        view = problem.view
        rates = FlatResidency.Rates(problem.view)
        batch = graph.workload.batch
        runs = graph.chainRuns
        lives = runs.lives
        var traffic = problem.schedules.traffic
        var isKept = [Bool](repeating: false, count: graph.workload.values.count)
        for position in residency.kept {
            let candidate = problem.candidates[position]
            isKept[candidate.value.index] = true
            for use in candidate.uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
        costs = problem.schedules.indices.map { region in
            var cost = RegionCost(problem.schedules[region], traffic[region], on: problem.view)
            for position in graph.tensors[region].parameters {
                let tensor = graph.tensors[region].all[position]
                guard !isKept[tensor.value.index] else { continue }
                cost.weightBytes += problem.schedules[region].movements[position].bytes
                cost.weightSize += tensor.bytes
            }
            return cost
        }
        self.isKept = isKept
        var (uses, useStarts) = ([Use](), [0])
        for value in isKept.indices {
            if !isKept[value] {
                for use in lives.uses[value] {
                    uses.append(
                        Use(region: use.region, movement: problem.schedules[use.region].movements[use.movement]))
                }
            }
            useStarts.append(uses.count)
        }
        (self.uses, self.useStarts) = (uses, useStarts)
    }

    /// The chains that together promise to save most, in execution order, for each of some budgets.
    ///
    /// - Parameter budgets: bytes of Global Memory that a chain's tensors, weights and tiles may take.
    func chains(within budgets: [Int]) -> [[FusedChain]] {
        let count = graph.regions.count
        var plans = budgets.map { Plan(budget: $0, regions: count) }
        var run = Run()
        for start in 0..<count {
            for index in plans.indices { plans[index].skip(start) }
            guard lives.isTileable[start] else { continue }
            run.begin(at: start)
            for end in (start + 1)...min(start + Self.longest, count) {
                guard lives.isTileable[end - 1] else { break }
                append(end - 1, to: &run)
                guard run.peakBytes > 0 else { continue }
                var isOpen = false
                var priced: Proposal?
                for index in plans.indices where !plans[index].isClosed(start) {
                    if let proposal = proposal(run, within: plans[index].budget, &priced) {
                        plans[index].consider(proposal, end: end)
                        isOpen = true
                    } else {
                        plans[index].closedStart = start
                    }
                }
                guard isOpen else { break }
            }
        }
        return plans.map { plan in plan.proposals.map { chain($0.proposal, end: $0.end) } }
    }

    /// The best chains so far for a budget, by dynamic programming over where the last one ends.
    private struct Plan {
        let budget: Int
        /// What is saved at most by chains that end before a region, and the last of these chains.
        private var saved: [Double]
        private var last: [Proposal?]
        /// The start from which no longer run fits.
        var closedStart = -1

        init(budget: Int, regions: Int) {
            self.budget = budget
            saved = Array(repeating: 0, count: regions + 1)
            last = Array(repeating: nil, count: regions + 1)
        }

        func isClosed(_ start: Int) -> Bool { closedStart == start }

        /// A region may run alone.
        mutating func skip(_ start: Int) {
            if saved[start] > saved[start + 1] { (saved[start + 1], last[start + 1]) = (saved[start], nil) }
        }

        mutating func consider(_ proposal: Proposal, end: Int) {
            guard proposal.gain > 0, saved[proposal.start] + proposal.gain > saved[end] else { return }
            (saved[end], last[end]) = (saved[proposal.start] + proposal.gain, proposal)
        }

        /// The chosen runs with their ends, in execution order.
        var proposals: [(proposal: Proposal, end: Int)] {
            var chosen: [(Proposal, Int)] = []
            var end = last.count - 1
            while end > 0 {
                if let proposal = last[end] {
                    chosen.append((proposal, end))
                    end = proposal.start
                } else {
                    end -= 1
                }
            }
            return chosen.reversed()
        }
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
    ///
    /// - Parameter priced: the run's last proposal whose gain was worked out, which is the same in as many tiles.
    private func proposal(_ run: borrowing Run, within budget: Int, _ priced: inout Proposal?) -> Proposal? {
        let room = budget - run.tileBytes
        var proposal = Proposal(start: run.start, tileCount: batch, holdsWeights: 2 * run.weightSize <= room)
        let weights = proposal.holdsWeights ? run.weightSize : 0
        let peak = run.peakBytes
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
        if let priced, priced.tileCount == proposal.tileCount, priced.holdsWeights == proposal.holdsWeights {
            proposal.gain = priced.gain
        } else {
            proposal.gain = run.cyclesBefore - cycles(run, proposal)
            priced = proposal
        }
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
        private(set) var start = 0
        var traffic: [RegionTraffic] = []
        /// Bytes of an image's inner tensors that are live while each region runs, and the most of them.
        var liveBytes: [Int] = []
        var peakBytes = 0
        var weightSize = 0
        var tileBytes = 0
        var cyclesBefore = 0.0

        /// Becomes the empty run that begins with a region, in the memory that it has.
        mutating func begin(at start: Int) {
            self.start = start
            traffic.removeAll(keepingCapacity: true)
            liveBytes.removeAll(keepingCapacity: true)
            (peakBytes, weightSize, tileBytes, cyclesBefore) = (0, 0, 0, 0)
        }
    }

    private func append(_ region: Int, to run: inout Run) {
        let cost = costs[region]
        run.traffic.append(cost.traffic)
        run.liveBytes.append(0)
        run.weightSize += cost.weightSize
        run.tileBytes = max(run.tileBytes, cost.tileBytes)
        run.cyclesBefore += cost.cycles
        for position in lives.lastRead[region].indices {
            let value = lives.lastRead[region][position]
            guard let writer = lives.writer[value.index], writer >= run.start else { continue }
            let bytes = lives.imageBytes[value.index]
            for position in (writer - run.start)...(region - run.start) {
                run.liveBytes[position] += bytes
                run.peakBytes = max(run.peakBytes, run.liveBytes[position])
            }
            guard !isKept[value.index] else { continue }
            for position in useStarts[value.index]..<useStarts[value.index + 1] {
                run.traffic[uses[position].region - run.start].remove(uses[position].movement)
            }
        }
    }

    /// Cycles of a run: the regions' as they are mapped, without inner tensors, beginning anew with every tile.
    private func cycles(_ run: borrowing Run, _ proposal: Proposal) -> Double {
        let times = Double(proposal.tileCount)
        return run.traffic.withUnsafeBufferPointer { all in
            costs.withUnsafeBufferPointer { costs in
                var sum = 0.0
                for position in all.indices {
                    let (cost, traffic) = (costs[run.start + position], all[position])
                    let weights = proposal.holdsWeights ? Double(cost.weightSize) : cost.weightBytes * times
                    let reads = traffic.dramReadBytes - cost.weightBytes + weights
                    let port = max(cost.peReads + traffic.dramWriteBytes, cost.peWrites + reads)
                    let busiest = max(
                        cost.floor, (reads + traffic.dramWriteBytes) * rates.cyclesPerDRAMByte,
                        port * rates.cyclesPerGlobalByte)
                    sum += busiest + times * (cost.fixed + traffic.exposedBytes * rates.cyclesPerDRAMByte)
                }
                return sum
            }
        }
    }
}

extension RegionGraph {
    /// The loop nest of a region's tensor operator.
    func nest(of region: Region) -> LoopNest? { nestOfRegion[region.index].map { nests[$0] } }
}
