/// Regions between two that stand at the same place in every order, and the tensors whose lives depend on the order of these regions.
///
/// Positions count from the segment's first region. What is live after some of the regions ran depends on which they are, not on their
/// order: so a state is a set of regions, closed under "comes before".
struct OrderSegment {
    let count: Int
    /// The regions that have to run before each, directly.
    let predecessors: [RegionSet]
    /// The regions that read from each, every one once.
    let successors: [[Int]]
    /// Bytes that each region writes, and how much of them somebody needs later.
    let writtenBytes: [Int]
    let keptBytes: [Int]
    /// Tensors that may be dead once a region ran: those that it reads and nothing outside the segment needs afterwards.
    private let freeable: [[Int]]
    private let tensorBytes: [Int]
    private let tensorReaders: [RegionSet]
    /// Bytes live when the segment begins.
    private let carriedBytes: Int
    /// Bytes that are live while each region runs, whatever the order.
    let leastLiveBytes: [Int]

    init(_ range: Range<Int>, of lives: TensorLives) {
        let count = range.count
        let first = range.lowerBound
        var predecessors = [RegionSet](repeating: RegionSet(below: count), count: count)
        var successors = [[Int]](repeating: [], count: count)
        var writtenBytes = [Int](repeating: 0, count: count)
        var keptBytes = writtenBytes
        var freeable = [[Int]](repeating: [], count: count)
        var tensorBytes: [Int] = []
        var tensorReaders: [RegionSet] = []
        var carriedBytes = 0
        /// For the bytes that no order avoids: the tensor, its writer in the segment, whether it outlives the segment.
        var local: [(bytes: Int, writer: Int?, readers: RegionSet, outlives: Bool)] = []

        for tensor in lives.tensors {
            let writer = tensor.writer ?? -1
            let outlives = tensor.isResult || (tensor.readers.last ?? -1) >= range.upperBound
            guard writer < range.upperBound else { continue }
            let isCarried = writer < first
            guard !isCarried || outlives || (tensor.readers.last ?? -1) >= first else { continue }
            if isCarried { carriedBytes += tensor.bytes }
            var readers = RegionSet(below: count)
            for reader in tensor.readers where range.contains(reader) {
                let reader = reader - first
                readers.insert(reader)
                if !isCarried, !predecessors[reader].contains(writer - first) {
                    predecessors[reader].insert(writer - first)
                    successors[writer - first].append(reader)
                }
                if !outlives { freeable[reader].append(tensorBytes.count) }
            }
            if !isCarried {
                writtenBytes[writer - first] += tensor.bytes
                if outlives || !tensor.readers.isEmpty { keptBytes[writer - first] += tensor.bytes }
            }
            local.append((tensor.bytes, isCarried ? nil : writer - first, readers, outlives))
            if !outlives, !tensor.readers.isEmpty {
                tensorBytes.append(tensor.bytes)
                tensorReaders.append(readers)
            }
        }
        self.count = count
        self.predecessors = predecessors
        self.successors = successors
        self.writtenBytes = writtenBytes
        self.keptBytes = keptBytes
        self.freeable = freeable
        self.tensorBytes = tensorBytes
        self.tensorReaders = tensorReaders
        self.carriedBytes = carriedBytes

        // A tensor is live in every order if it is there already or written before, and read now or later.
        var following = [RegionSet](repeating: RegionSet(below: count), count: count)
        for region in (0..<count).reversed() {
            following[region].insert(region)
            for successor in successors[region] { following[region].formUnion(following[successor]) }
        }
        leastLiveBytes = (0..<count).map { region in
            local.reduce(0) { sum, tensor in
                let isThere = tensor.writer.map { following[$0].contains(region) } ?? true
                let isNeeded =
                    tensor.outlives || tensor.writer == region || tensor.readers.intersects(following[region])
                return isThere && isNeeded ? sum + tensor.bytes : sum
            }
        }
    }

    // MARK: - States

    /// Which regions ran, which may run next, and the bytes live between the two.
    struct State {
        var done: RegionSet
        var ready: RegionSet
        var heldBytes: Int
    }

    var start: State {
        var ready = RegionSet(below: count)
        let none = RegionSet(below: count)
        for region in 0..<count where predecessors[region] == none { ready.insert(region) }
        return State(done: none, ready: ready, heldBytes: carriedBytes)
    }

    /// Bytes live while a region runs.
    func liveBytes(running region: Int, from state: State) -> Int { state.heldBytes + writtenBytes[region] }

    func state(after region: Int, from state: State) -> State {
        var next = state
        next.done.insert(region)
        next.ready.remove(region)
        for successor in successors[region] where predecessors[successor].isSubset(of: next.done) {
            next.ready.insert(successor)
        }
        next.heldBytes += keptBytes[region]
        for tensor in freeable[region] where tensorReaders[tensor].isSubset(of: next.done) {
            next.heldBytes -= tensorBytes[tensor]
        }
        return next
    }

    // MARK: - Orders

    /// An order of the segment's regions, and the bytes live while each runs.
    struct Order {
        var positions: [Int]
        var liveBytes: [Int]

        var peakBytes: Int { liveBytes.max() ?? 0 }

        func cost(ceiling: Int) -> OrderCost {
            OrderCost(peakBytes: max(ceiling, peakBytes), totalBytes: liveBytes.reduce(0, +))
        }
    }

    func order(_ positions: [Int]) -> Order {
        var state = start
        var order = Order(positions: positions, liveBytes: [])
        for region in positions {
            order.liveBytes.append(liveBytes(running: region, from: state))
            state = self.state(after: region, from: state)
        }
        return order
    }

    /// The best of the given order and of two greedy ones: next the region that leaves least, or that takes least while it runs.
    func bestSimpleOrder(ceiling: Int) -> Order {
        let given = order(Array(0..<count))
        let leavingLeast = greedyOrder { ($0.held, $0.live) < ($1.held, $1.live) }
        let takingLeast = greedyOrder { ($0.live, $0.held) < ($1.live, $1.held) }
        return [leavingLeast, takingLeast].reduce(given) { best, order in
            order.cost(ceiling: ceiling) < best.cost(ceiling: ceiling) ? order : best
        }
    }

    private typealias Step = (held: Int, live: Int)

    private func greedyOrder(_ precedes: (Step, Step) -> Bool) -> Order {
        var current = start
        var order = Order(positions: [], liveBytes: [])
        for _ in 0..<count {
            var best: (step: Step, region: Int, state: State)?
            for region in current.ready {
                let next = state(after: region, from: current)
                let step = (held: next.heldBytes, live: liveBytes(running: region, from: current))
                if let known = best, !precedes(step, known.step) { continue }
                best = (step, region, next)
            }
            guard let best else { preconditionFailure("Regions have to be given in a topological order.") }
            order.positions.append(best.region)
            order.liveBytes.append(best.step.live)
            current = best.state
        }
        return order
    }
}

/// What an order is judged by: the peak as far as it exceeds a ceiling, then the sum of live bytes.
struct OrderCost: Comparable {
    var peakBytes: Int
    var totalBytes: Int

    static func < (a: OrderCost, b: OrderCost) -> Bool {
        (a.peakBytes, a.totalBytes) < (b.peakBytes, b.totalBytes)
    }
}
