internal import Workloads

/// Which regions can be computed a tile at a time, and where their tensors are written and last read.
struct ChainLives {
    /// Whether a region can be computed some images at a time.
    let isTileable: [Bool]
    /// Whether its output rows depend on neighbouring input rows alone.
    private let isTileableByRows: [Bool]
    /// The region that writes a value, by the value's position.
    private(set) var writer: [Int?]
    /// The tensors that a region is the last to read and that need not outlive that.
    private(set) var lastRead: [[Value.ID]]
    /// A value's traffic, by position.
    private(set) var uses: [[ResidencyProblem.Candidate.Use]]
    /// Bytes of a value for one image of the batch, by position.
    let imageBytes: [Int]
    /// The first region that a run of rows may begin with if it reaches this one, beside itself; nil where it can't follow another.
    private let firstOfRows: [Int?]

    init(_ graph: RegionGraph) {
        let workload = graph.workload
        writer = Array(repeating: nil, count: workload.values.count)
        lastRead = Array(repeating: [], count: graph.regions.count)
        uses = Array(repeating: [], count: workload.values.count)
        for candidate in graph.candidates where !candidate.isWeight {
            uses[candidate.value.index] = candidate.uses
            writer[candidate.value.index] = candidate.live.lowerBound
            lastRead[candidate.live.upperBound].append(candidate.value)
        }
        isTileable = graph.regions.map { Self.isTileable($0, graph) }
        isTileableByRows = graph.regions.map { Self.isTileableByRows($0, graph) }
        imageBytes = workload.values.map { $0.bytes / workload.batch }
        let (uses, lastRead, writer) = (uses, lastRead, writer)
        firstOfRows = graph.regions.indices.map { region in
            guard region > 0, let value = graph.regions[region - 1].writes.first, uses[value.index].count == 2,
                lastRead[region].contains(value),
                graph.regions[region].reads.contains(where: { $0.value == value && $0.use == .input })
            else { return nil }
            // Of all else that ends here nothing may come from inside the run.
            return lastRead[region].lazy.filter { $0 != value }.compactMap { writer[$0.index] }.max().map { $0 + 1 }
                ?? 0
        }
    }

    /// Whether regions are convolutions, each of which is the only reader of the one before.
    func chainsRows(_ regions: Range<Int>) -> Bool {
        regions.allSatisfy { isTileableByRows[$0] }
            && regions.dropFirst().allSatisfy { (firstOfRows[$0] ?? .max) <= regions.lowerBound }
    }

    /// Whether the batch is the first axis of all that a region moves, and no operator goes across it.
    private static func isTileable(_ region: Region, _ graph: RegionGraph) -> Bool {
        let workload = graph.workload
        let kind = workload[region.mainOperator].kind
        guard region.attention == nil, kind != .embedding, kind.steps == 1 else { return false }
        let moved = region.reads.map(\.value) + region.writes
        guard moved.allSatisfy({ workload[$0].shape.first == workload.batch }) else { return false }
        guard region.tensorOperator != nil else { return true }
        return graph.nest(of: region)?.part(images: 1, of: workload.batch) != nil
    }

    private static func isTileableByRows(_ region: Region, _ graph: RegionGraph) -> Bool {
        let workload = graph.workload
        let inputs = region.reads.filter { $0.use == .input }
        guard let nest = graph.nest(of: region), workload[region.mainOperator].kind == .convolution,
            inputs.count == 1, let output = region.writes.first
        else { return false }
        let (input, written) = (workload[inputs[0].value].shape, workload[output].shape)
        return nest.batch == workload.batch && input.count == 4 && input[2] == nest.inputHeight && written.count == 4
            && written[2] == nest.outputHeight
    }
}
