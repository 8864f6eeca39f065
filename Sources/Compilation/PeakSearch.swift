/// Finds the order of a segment with the least peak of live bytes.
///
/// All states that a limit on the live bytes lets it reach are visited, those that hold least first; when none is left, the limit rises to
/// the least that lets it go on. The limit at which the last region runs is the least peak (Dijkstra's algorithm for bottlenecks).
///
/// Where one or more regions, each of which only the one before it makes ready, can run within the limit and leave no more live than there
/// was, they run at once and nothing else is tried. That loses nothing. Be S the state, X these regions, T any later state of a best order
/// without X, and M the live bytes. M is submodular, so M(T∪X) ≤ M(T) + M(S∪X) − M(T∩(S∪X)), and what lies between S and S∪X holds no
/// less than S∪X if X ends as soon as M(S∪X) ≤ M(S). Hence M(T∪X) ≤ M(T): with X first, no later region finds more live. (Liu 1987
/// does so for trees.)
struct PeakSearch {
    private let segment: OrderSegment
    private let stateBudget: Int
    /// An order with this peak is known.
    private let knownPeak: Int
    private var limit: Int
    private var nodes: [Node] = []
    private var seen: Set<RegionSet> = []
    private var open: [Int] = []
    private var deferred: [Step] = []

    private struct Node {
        var state: OrderSegment.State
        var parent: Int
        /// What ran since the parent's state.
        var regions: [Int]
        var doneCount: Int
    }

    /// A region that needs more than the limit.
    private struct Step {
        var node: Int
        var region: Int
        var liveBytes: Int
    }

    enum Outcome {
        case found(OrderSegment.Order)
        /// No order has a lower peak than the known one.
        case noneBelow
        /// The budget ended; no order has a lower peak than this.
        case undecided(bound: Int)
    }

    /// - Parameters:
    ///   - ceiling: a peak below which nothing is gained.
    ///   - knownPeak: that of an order that is known.
    init(_ segment: OrderSegment, ceiling: Int, knownPeak: Int, stateBudget: Int) {
        self.segment = segment
        self.stateBudget = stateBudget
        self.knownPeak = knownPeak
        limit = ceiling
    }

    mutating func run() -> Outcome {
        visit(segment.start, from: 0, running: [])
        while true {
            while let index = open.popLast() {
                if nodes[index].doneCount == segment.count { return .found(segment.order(path(to: index))) }
                guard nodes.count < stateBudget else { return .undecided(bound: limit) }
                expand(index)
            }
            guard let next = deferred.lazy.map(\.liveBytes).min() else { return .noneBelow }
            limit = next
            let due = deferred.filter { $0.liveBytes <= next }
            deferred.removeAll { $0.liveBytes <= next }
            for step in due.reversed() {
                let state = segment.state(after: step.region, from: nodes[step.node].state)
                visit(state, from: step.node, running: [step.region])
            }
        }
    }

    private mutating func visit(_ state: OrderSegment.State, from parent: Int, running regions: [Int]) {
        guard seen.insert(state.done).inserted else { return }
        let doneCount = nodes.isEmpty ? 0 : nodes[parent].doneCount + regions.count
        open.append(nodes.count)
        nodes.append(Node(state: state, parent: parent, regions: regions, doneCount: doneCount))
    }

    private mutating func expand(_ index: Int) {
        let state = nodes[index].state
        var steps: [(region: Int, next: OrderSegment.State)] = []
        var tooLarge: [Step] = []
        for region in state.ready {
            let liveBytes = segment.liveBytes(running: region, from: state)
            guard liveBytes <= limit else {
                if liveBytes < knownPeak { tooLarge.append(Step(node: index, region: region, liveBytes: liveBytes)) }
                continue
            }
            let next = segment.state(after: region, from: state)
            if let (regions, end) = descent(from: state, beginningWith: region, next) {
                return visit(end, from: index, running: regions)
            }
            steps.append((region, next))
        }
        deferred += tooLarge
        // The last is the first to be looked at: that which holds least, of equals the first of the given order.
        steps.sort { ($1.next.heldBytes, $1.region) < ($0.next.heldBytes, $0.region) }
        for step in steps { visit(step.next, from: index, running: [step.region]) }
    }

    /// Regions that run within the limit, each made ready by the one before it, and leave no more live than there was.
    private func descent(
        from state: OrderSegment.State, beginningWith region: Int, _ next: OrderSegment.State
    ) -> (regions: [Int], end: OrderSegment.State)? {
        var regions = [region]
        var end = next
        while end.heldBytes > state.heldBytes {
            let ready = segment.successors[regions[regions.count - 1]].filter(end.ready.contains)
            guard ready.count == 1, segment.liveBytes(running: ready[0], from: end) <= limit else { return nil }
            end = segment.state(after: ready[0], from: end)
            regions.append(ready[0])
        }
        return (regions, end)
    }

    private func path(to index: Int) -> [Int] {
        var parts: [[Int]] = []
        var index = index
        while index > 0 {
            parts.append(nodes[index].regions)
            index = nodes[index].parent
        }
        return parts.reversed().flatMap(\.self)
    }
}
