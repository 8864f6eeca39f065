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
    private let lives: ChainLives
    private let costs: [RegionCost]
    /// Bytes of Global Memory for a chain's tile.
    private let budget: Int
    private let batch: Int

    /// What a region costs beside the tensors that are kept, and what of that every tile pays anew.
    private struct RegionCost {
        var floor: Double
        var fixed: Double
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
    ///   - budget: bytes of Global Memory for a chain's tile.
    init(_ graph: RegionGraph, _ problem: ResidencyProblem, without residency: Residency, budget: Int) {
        self.graph = graph
        self.problem = problem
        self.budget = budget
        view = problem.view
        batch = graph.workload.batch
        lives = ChainLives(graph)
        var traffic = problem.schedules.map(RegionTraffic.init)
        var isKept = [Bool](repeating: false, count: graph.workload.values.count)
        for position in residency.kept {
            let candidate = problem.candidates[position]
            isKept[candidate.value.index] = true
            for use in candidate.uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
        costs = zip(problem.schedules, traffic).map { schedule, traffic in
            var cost = RegionCost(
                floor: max(schedule.arrayCycles, schedule.l2Cycles, schedule.vectorCycles),
                fixed: schedule.fixedCycles, traffic: traffic, tileBytes: schedule.tileBytes,
                cycles: schedule.timing(traffic, on: problem.view).cycles)
            for movement in schedule.movements {
                let value = graph.workload[movement.value]
                guard value.role == .parameter, !isKept[movement.value.index] else { continue }
                cost.weightBytes += movement.bytes
                cost.weightSize += value.bytes
            }
            return cost
        }
        self.isKept = isKept
    }

    private let isKept: [Bool]

    /// The chains that together promise to save most, in execution order.
    func chains() -> [FusedChain] {
        let count = graph.regions.count
        var saved = [Double](repeating: 0, count: count + 1)
        var last = [FusedChain?](repeating: nil, count: count + 1)
        for start in 0..<count {
            if saved[start] > saved[start + 1] { (saved[start + 1], last[start + 1]) = (saved[start], nil) }
            guard lives.isTileable[start] else { continue }
            forEachRun(from: start) { chain, gain in
                let end = chain.regions.upperBound
                if saved[start] + gain > saved[end] { (saved[end], last[end]) = (saved[start] + gain, chain) }
            }
        }
        var chains: [FusedChain] = []
        var end = count
        while end > 0 {
            if let chain = last[end] {
                chains.append(chain)
                end = chain.regions.lowerBound
            } else {
                end -= 1
            }
        }
        return chains.reversed()
    }

    /// Every run of regions from one on that fits, with what it saves.
    private func forEachRun(from start: Int, _ body: (FusedChain, Double) -> Void) {
        var run = Run(start: start)
        for end in start..<min(start + Self.longest, graph.regions.count) {
            guard lives.isTileable[end] else { return }
            append(end, to: &run)
            guard run.innerValues.count > 0 else { continue }
            let room = budget - run.tileBytes
            let holdsWeights = 2 * run.weightSize <= room
            let buffer = room - (holdsWeights ? run.weightSize : 0)
            let peak = run.liveBytes.max() ?? 0
            let most = peak > 0 ? buffer / peak : 0
            var tile = ChainTile(images: 1)
            var (tileCount, bytes) = (batch, 0)
            if most >= 1 {
                // Of as many tiles as that takes, all nearly alike.
                tileCount = (batch + most - 1) / most
                guard tileCount > 1 else { continue }
                tile.images = (batch + tileCount - 1) / tileCount
                tileCount = (batch + tile.images - 1) / tile.images
                bytes = tile.images * peak
            } else {
                guard let rows = largestRows(start...end, run.innerValues, within: buffer) else {
                    // Whatever follows needs as much.
                    if lives.chainsRows(start...end, run.innerValues) { continue } else { return }
                }
                tile.rows = rows.rows
                tileCount *= rows.tiles
                bytes = rows.bytes
            }
            let gain = run.cyclesBefore - cycles(run, tileCount: tileCount, holdsWeights: holdsWeights)
            guard gain > 0 else { continue }
            body(
                FusedChain(
                    regions: start..<(end + 1), tile: tile, tileCount: tileCount,
                    innerValues: Set(run.innerValues), holdsWeights: holdsWeights,
                    bufferBytes: bytes + (holdsWeights ? run.weightSize : 0)), gain)
        }
    }

    /// A run of regions as it grows.
    private struct Run {
        let start: Int
        var traffic: [RegionTraffic] = []
        /// Bytes of an image's inner tensors that are live while each region runs.
        var liveBytes: [Int] = []
        var innerValues: [Value.ID] = []
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
            run.innerValues.append(value)
            let bytes = graph.workload[value].bytes / batch
            for position in writer...region { run.liveBytes[position - run.start] += bytes }
            guard !isKept[value.index] else { continue }
            for use in lives.uses[value.index] {
                run.traffic[use.region - run.start].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
    }

    private func cycles(_ run: Run, tileCount: Int, holdsWeights: Bool) -> Double {
        let times = Double(tileCount)
        var sum = 0.0
        for (position, traffic) in run.traffic.enumerated() {
            let cost = costs[run.start + position]
            let schedule = problem.schedules[run.start + position]
            let weights = holdsWeights ? Double(cost.weightSize) : cost.weightBytes * times
            let reads = traffic.dramReadBytes - cost.weightBytes + weights
            let port = max(schedule.peReadBytes + traffic.dramWriteBytes, schedule.peWriteBytes + reads)
            sum +=
                max(
                    cost.floor, (reads + traffic.dramWriteBytes) / view.dramBytesPerCycle,
                    port / view.globalMemoryBytesPerCycle)
                + cost.fixed * times + traffic.exposedBytes * times / view.dramBytesPerCycle
        }
        return sum
    }

    /// The most rows of the last output whose line buffers fit, for one image.
    private func largestRows(
        _ regions: ClosedRange<Int>, _ inner: [Value.ID], within bytes: Int
    ) -> (rows: Int, tiles: Int, bytes: Int)? {
        guard lives.chainsRows(regions, inner) else { return nil }
        let nests = regions.compactMap { graph.nest(of: graph.regions[$0]) }
        let rowBytes = regions.dropLast().map { region in
            let value = graph.workload[graph.regions[region].writes[0]]
            return value.bytes / batch / value.shape[2]
        }
        guard let height = nests.last?.outputHeight else { return nil }
        var rows = (height + 1) / 2
        while true {
            if let tiling = RowTiling(nests, rows: rows, images: 1) {
                let needed = zip(tiling.bufferedRows, rowBytes).reduce(0) { $0 + $1.0 * $1.1 }
                if needed <= bytes { return (rows, tiling.tileCount, needed) }
            }
            guard rows > 1 else { return nil }
            rows = (rows * 3 + 3) / 4 < rows ? (rows * 3 + 3) / 4 : rows - 1
        }
    }
}

extension RegionGraph {
    /// The loop nest of a region's tensor operator.
    func nest(of region: Region) -> LoopNest? { region.tensorOperator.flatMap { workload[$0].loopNest } }
}
