public import Accelerators
internal import Synchronization
public import Workloads

/// A workload's regions and the tensors that move between them: all that is the same on every design.
public final class RegionGraph: Sendable {
    public let workload: Workload
    /// In execution order.
    public let regions: [Region]
    /// Where each region stood when regions followed the workload's operators, and the bytes of activations live in this order.
    public let order: RegionOrder
    /// The most bytes of activations live at any time if regions follow the workload's operators.
    public let peakLiveBytesAsGiven: Int
    /// Every loop nest of the regions once.
    let nests: [LoopNest]
    /// The position in `nests` of each region's, nil for vector work.
    let nestOfRegion: [Int?]
    /// The tensors that could be kept in Global Memory: activations that one region writes and later ones read, and weights.
    ///
    /// Inputs come from DRAM and results go there, whatever is decided.
    public let candidates: [ResidencyProblem.Candidate]

    /// - Parameters:
    ///   - fuses: without it every operator is a region of its own.
    ///   - order: which order the regions run in.
    public init(
        _ workload: Workload, softmax: CompilerOptions.Softmax, fuses: Bool, order: CompilerOptions.Order = .given
    ) {
        self.workload = workload
        let asFormed = RegionFormation.regions(of: workload, softmax: softmax, fuses: fuses)
        let given = RegionOrder(asGiven: asFormed, of: workload)
        peakLiveBytesAsGiven = given.peakLiveBytes
        switch order {
        case .given: self.order = given
        case .memory: self.order = RegionOrder(ofLeastMemoryFor: asFormed, of: workload)
        }
        let regions = self.order.ordered(asFormed)
        self.regions = regions
        var positions: [LoopNest: Int] = [:]
        var nests: [LoopNest] = []
        nestOfRegion = regions.map { region in
            guard let nest = region.tensorOperator.flatMap({ workload[$0].loopNest }) else { return nil }
            if let known = positions[nest] { return known }
            positions[nest] = nests.count
            nests.append(nest)
            return nests.count - 1
        }
        self.nests = nests
        candidates = RegionGraph.candidates(of: workload, regions)
    }

    /// Bytes of activations live while each region runs.
    public var liveBytes: [Int] { order.liveBytes }
    /// The most bytes of activations live at any time.
    public var peakLiveBytes: Int { order.peakLiveBytes }

    private static func candidates(of workload: Workload, _ regions: [Region]) -> [ResidencyProblem.Candidate] {
        typealias Candidate = ResidencyProblem.Candidate
        var uses = [[Candidate.Use]](repeating: [], count: workload.values.count)
        for region in regions {
            for (position, value) in region.movedValues.enumerated() {
                uses[value.index].append(Candidate.Use(region: region.index, movement: position))
            }
        }
        let results = Set(workload.resultRoots)
        return workload.values.compactMap { value in
            let uses = uses[value.id.index]
            guard let first = uses.first, let last = uses.last else { return nil }
            switch value.role {
            case .input: return nil
            case .parameter:
                return Candidate(
                    value: value.id, bytes: value.bytes, live: 0...(regions.count - 1), isWeight: true, uses: uses)
            case .activation:
                guard !results.contains(value.id), uses.count > 1 else { return nil }
                return Candidate(
                    value: value.id, bytes: value.bytes, live: first.region...last.region, isWeight: false, uses: uses)
            }
        }
    }
}

extension Region {
    /// The tensors that the region moves, in the order of its schedule's movements.
    var movedValues: [Value.ID] { reads.map(\.value) + parameters + writes }
}

/// A workload with what the compiler makes of it before it knows the design, made when first needed and kept.
///
/// Safe to use from several threads.
public final class PreparedWorkload: Sendable {
    private struct Options: Hashable {
        var softmax: CompilerOptions.Softmax
        var fuses: Bool
        var order: CompilerOptions.Order
    }

    public let workload: Workload
    private let graphs = Mutex<[Options: RegionGraph]>([:])

    public init(_ workload: Workload) {
        self.workload = workload
    }

    /// The workload's regions under a design's compiler options.
    public func graph(_ options: CompilerOptions) -> RegionGraph {
        let key = Options(softmax: options.softmax, fuses: options.fusion != .none, order: options.order)
        if let known = graphs.withLock({ $0[key] }) { return known }
        let graph = RegionGraph(workload, softmax: key.softmax, fuses: key.fuses, order: key.order)
        return graphs.withLock { graphs in
            if let known = graphs[key] { return known }
            graphs[key] = graph
            return graph
        }
    }
}
