internal import Accelerators
internal import Parallelism
internal import Scheduling
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
    private let layout: CandidateLayout

    /// The tensors that could be kept around some chains, with their layout.
    struct Candidates {
        var all: [ResidencyProblem.Candidate] = []
        var layout = CandidateLayout([])
    }

    /// Every region's tensors.
    let tensors: [RegionTensors]
    private let knownChainRuns = Locked<ChainRuns?>(nil)

    /// What the passes had to say.
    public let notes: [String]

    /// The graph that passes make of a workload, which begins with one region an operator.
    ///
    /// - Throws: what a pass throws.
    public init(_ workload: Workload, passes: [any CompilerPass]) throws {
        var draft = GraphDraft(workload: workload)
        for pass in passes { try pass.transform(&draft) }
        let workload = draft.workload
        self.workload = workload
        let regions = draft.regions
        self.regions = regions
        notes = draft.notes
        order = draft.order ?? RegionOrder(asGiven: regions, of: workload)
        peakLiveBytesAsGiven = draft.peakLiveBytesAsGiven ?? order.peakLiveBytes
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
        layout = CandidateLayout(candidates)
        tensors = regions.map { RegionTensors($0, of: workload) }
    }

    /// Whether a region computes attention tile by tile.
    var hasFusedAttention: Bool { regions.contains { $0.attention != nil } }

    /// What chains of the regions have in common on all designs, found out when it is first asked for.
    var chainRuns: ChainRuns {
        knownChainRuns.withLock { known in
            if let known { return known }
            let runs = ChainRuns(self)
            known = runs
            return runs
        }
    }

    /// Bytes of activations live while each region runs.
    public var liveBytes: [Int] { order.liveBytes }
    /// The most bytes of activations live at any time.
    public var peakLiveBytes: Int { order.peakLiveBytes }

    /// The candidates where chains of regions run a tile at a time: without the tensors inside them; and what one region of a chain moves, takes
    /// space during all of it, since every tile does.
    func candidates(around chains: [FusedChain]) -> Candidates {
        guard !chains.isEmpty else { return Candidates(all: candidates, layout: layout) }
        var chainOfRegion = [Int?](repeating: nil, count: regions.count)
        for (index, chain) in chains.enumerated() { for region in chain.regions { chainOfRegion[region] = index } }
        var outer: [ResidencyProblem.Candidate] = []
        outer.reserveCapacity(candidates.count)
        var positions = [Int?](repeating: nil, count: candidates.count)
        next: for index in candidates.indices {
            var live = candidates[index].live
            if !candidates[index].isWeight {
                for use in candidates[index].uses {
                    guard let chain = chainOfRegion[use.region] else { continue }
                    if chains[chain].innerValues.contains(candidates[index].value) { continue next }
                    let regions = chains[chain].regions
                    live = min(live.lowerBound, regions.lowerBound)...max(live.upperBound, regions.upperBound - 1)
                }
            }
            positions[index] = outer.count
            outer.append(candidates[index])
            outer[outer.count - 1].live = live
        }
        return Candidates(
            all: outer, layout: CandidateLayout(outer, bySize: layout.bySize.compactMap { positions[$0] }))
    }

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
    public let workload: Workload
    private let graphs = Locked<[[GraphPass]: RegionGraph]>([:])

    /// A pass as a key.
    private struct GraphPass: Hashable {
        let pass: any CompilerPass

        static func == (a: GraphPass, b: GraphPass) -> Bool { a.isEqual(to: b.pass) }

        private func isEqual(to other: any CompilerPass) -> Bool {
            func compare<Pass: CompilerPass>(_ pass: Pass) -> Bool { pass == other as? Pass }
            return compare(pass)
        }

        func hash(into hasher: inout Hasher) { pass.hash(into: &hasher) }
    }

    public init(_ workload: Workload) {
        self.workload = workload
    }

    /// The workload's regions after the graph passes of a list.
    public func graph(_ passes: [any CompilerPass]) throws -> RegionGraph {
        let key = passes.filter { type(of: $0).isGraphPass }.map(GraphPass.init)
        if let known = graphs.withLock({ $0[key] }) { return known }
        let graph = try RegionGraph(workload, passes: key.map(\.pass))
        return graphs.withLock { graphs in
            if let known = graphs[key] { return known }
            graphs[key] = graph
            return graph
        }
    }
}
