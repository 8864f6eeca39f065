internal import Accelerators
internal import Scheduling
internal import Workloads

/// Schedules the regions of chains: maps their tiles, takes inner tensors out of DRAM's traffic and adds the chain's buffers to their tiles.
struct ChainScheduling {
    private let graph: RegionGraph
    private let session: Scheduler.Session
    private let scheduling: RegionScheduling

    init(_ graph: RegionGraph, on view: SchedulingView, _ session: Scheduler.Session) {
        self.graph = graph
        self.session = session
        scheduling = RegionScheduling(graph, on: view)
    }

    /// The schedules of a chain's regions; nil where a tile doesn't map, or all together don't fit so many bytes.
    func schedules(of chain: FusedChain, within capacity: Int) -> [RegionSchedule]? {
        guard let tiles = tiles(of: chain) else { return nil }
        let batch = graph.workload.batch
        let imageTiles = (batch + chain.tile.images - 1) / chain.tile.images
        var schedules: [RegionSchedule] = []
        for (index, tiles) in zip(chain.regions, tiles) {
            let region = graph.regions[index]
            if tiles.isEmpty {
                schedules.append(scheduling.vectorRegion(region, tileCount: chain.tileCount))
                continue
            }
            var mapped: [RegionSchedule.MappedTile] = []
            for tile in tiles {
                guard let mapping = try? session.bestMapping(of: tile.nest) else { return nil }
                mapped.append(RegionSchedule.MappedTile(mapped: mapping, count: tile.count))
            }
            schedules.append(scheduling.tensorRegion(region, mapped, rowTiles: chain.tileCount / imageTiles))
        }
        place(&schedules, in: chain)
        return schedules.allSatisfy { $0.tileBytes <= capacity } ? schedules : nil
    }

    /// What the schedules of a chain's regions will be about, before their tiles are mapped: each takes as long as it does whole, but begins
    /// anew with every tile.
    func estimates(of chain: FusedChain, from whole: [RegionSchedule]) -> [RegionSchedule] {
        let times = Double(chain.tileCount)
        var schedules = chain.regions.map { index in
            var schedule = whole[index]
            schedule.fixedCycles *= times
            for (position, tensor) in graph.tensors[index].all.enumerated() {
                schedule.movements[position].exposedBytes *= times
                if tensor.isParameter { schedule.movements[position].bytes *= times }
            }
            return schedule
        }
        place(&schedules, in: chain)
        return schedules
    }

    /// Takes what stays inside a chain out of its regions' traffic, and adds its buffers to their tiles.
    private func place(_ schedules: inout [RegionSchedule], in chain: FusedChain) {
        let tileBytes = chain.bufferBytes + (schedules.map(\.tileBytes).max() ?? 0)
        for (index, region) in zip(schedules.indices, chain.regions) {
            schedules[index].tileBytes = tileBytes
            schedules[index].chainTile = chain.tile
            for (position, tensor) in graph.tensors[region].all.enumerated() {
                adjust(&schedules[index].movements[position], of: tensor, in: chain)
            }
        }
    }

    /// A tensor's traffic as the chain makes it: none for what stays inside, once for weights that are held.
    private func adjust(
        _ movement: inout RegionSchedule.Movement, of tensor: RegionTensors.Tensor, in chain: FusedChain
    ) {
        if chain.innerValues.contains(movement.value) {
            (movement.bytes, movement.exposedBytes) = (0, 0)
        } else if chain.heldWeights.contains(movement.value) {
            movement.bytes = min(movement.bytes, Double(tensor.bytes))
            movement.exposedBytes /= Double(chain.tileCount)
        }
    }

    /// The parts of every region's loop nest, none for vector work; nil where they can't be made.
    private func tiles(of chain: FusedChain) -> [[NestTile]]? {
        let batch = graph.workload.batch
        let nests = chain.regions.map { graph.nest(of: graph.regions[$0]) }
        if let rows = chain.tile.rows {
            guard let tiling = RowTiling(nests.compactMap { $0 }, rows: rows, images: chain.tile.images)
            else { return nil }
            return tiling.tiles.map { parts in parts.map { NestTile(nest: $0.nest, count: $0.count * batch) } }
        }
        var tiles: [[NestTile]] = []
        for nest in nests {
            guard let nest else {
                tiles.append([])
                continue
            }
            guard let parts = nest.tiles(ofImages: chain.tile.images, of: batch) else { return nil }
            tiles.append(parts)
        }
        return tiles
    }
}
