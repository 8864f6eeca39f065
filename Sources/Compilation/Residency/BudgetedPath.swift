/// The cheapest paths of a keeping graph where bytes of weights have a price.
///
/// Any price gives a bound: with at most `budget` bytes of weights, and edges that leave `slack` bytes or more,
/// no choice takes fewer cycles than `value - price × budget`.
struct BudgetedPath {
    /// Cycles and price × bytes of the path.
    var value = 0.0
    /// Cycles of the path.
    var cycles = 0.0
    /// Bytes of its weights.
    var bytes = 0.0
    /// What its edges leave to weights.
    var slack = Int.max

    /// Finds paths, in memory that is taken once.
    struct Finder: ~Copyable {
        let graph: KeepingGraph
        /// The path found last.
        private(set) var path: Path
        /// The cheapest way to each node.
        private var values: PlainList<Double>
        /// The cheapest point of each class.
        private var classValues: PlainList<Double>
        /// Weights of each layer that must be pinned, and that must not be.
        private var pinned: PlainList<UInt16>
        private var unpinned: PlainList<UInt16>
        /// The price at which the classes' cheapest points are known.
        private var knownPrice = Double.nan

        init(_ graph: consuming KeepingGraph) {
            let layerCount = graph.layers.count
            values = PlainList(repeating: 0, count: graph.nodeCount)
            classValues = PlainList(repeating: 0, count: graph.firstPoints.count)
            pinned = PlainList(repeating: 0, count: layerCount)
            unpinned = PlainList(repeating: 0, count: layerCount)
            path = Path(
                edges: [Int32](repeating: 0, count: layerCount), weights: [UInt16](repeating: 0, count: layerCount))
            self.graph = graph
        }

        /// The cheapest path over edges with at least some slack; its value is infinite where the fixings leave none.
        ///
        /// - Complexity: O(edges + points).
        mutating func find(slack: Int, price: Double, fixings: [Fixing] = []) -> BudgetedPath {
            if price != knownPrice { priceClasses(price) }
            for fixing in fixings {
                if fixing.isPinned {
                    pinned[fixing.layer] |= fixing.weight
                } else {
                    unpinned[fixing.layer] |= fixing.weight
                }
            }
            for fixing in fixings { priceFixed(fixing.layer, price) }
            relax(slack)
            var found = BudgetedPath(value: values.last + graph.constantCycles, cycles: graph.constantCycles)
            if found.value < .infinity { trace(slack, price, into: &found) }
            for fixing in fixings { (pinned[fixing.layer], unpinned[fixing.layer]) = (0, 0) }
            knownPrice = fixings.isEmpty ? price : .nan
            return found
        }

        /// The value of every class: without branches, since what they would depend on is hard to foresee.
        private mutating func priceClasses(_ price: Double) {
            for cls in graph.firstPoints.indices {
                let pair = graph.firstPoints[cls]
                let values = pair.cycles + price * pair.bytes
                classValues[cls] = min(values.x, values.y)
            }
            for position in graph.furtherPoints.indices {
                let point = graph.furtherPoints[position]
                classValues[point.cls] = min(classValues[point.cls], point.cycles + price * point.bytes)
            }
        }

        /// The same for the classes of a layer that has weights fixed, among all choices of its weights.
        private mutating func priceFixed(_ layer: Int, _ price: Double) {
            for cls in graph.layers[layer].classes {
                classValues[cls] =
                    graph.cheapestChoice(of: cls, price, with: pinned[layer], without: unpinned[layer]).value
            }
        }

        /// The cheapest way to every node, the nodes of one layer after those of the layer before.
        private mutating func relax(_ slack: Int) {
            for position in graph.layers.indices {
                let layer = graph.layers[position]
                let (nodesBefore, classStart) = (layer.nodesBefore, layer.classes.lowerBound)
                for node in layer.nodes {
                    var value = Double.infinity
                    for index in graph.edgeStarts[node]..<graph.edgeStarts[node + 1] {
                        let edge = graph.edges[index]
                        let other =
                            values[nodesBefore &+ Int(edge.from)] + classValues[classStart &+ Int(edge.classIndex)]
                        value = min(value, edge.slack >= slack ? other : .infinity)
                    }
                    values[node] = value
                }
            }
        }

        /// Follows the edges that gave the nodes their values, back from the end.
        private mutating func trace(_ slack: Int, _ price: Double, into found: inout BudgetedPath) {
            var node = graph.nodeCount - 1
            var (cycles, bytes, least) = (found.cycles, 0.0, Int.max)
            path.edges.withUnsafeMutableBufferPointer { edges in
                path.weights.withUnsafeMutableBufferPointer { weights in
                    for position in graph.layers.indices.reversed() {
                        let layer = graph.layers[position]
                        let (nodesBefore, classStart) = (layer.nodesBefore, layer.classes.lowerBound)
                        var index = graph.edgeStarts[node]
                        let last = graph.edgeStarts[node &+ 1] &- 1
                        var edge = graph.edges[index]
                        while index < last,
                            edge.slack < slack
                                || values[nodesBefore &+ Int(edge.from)]
                                    + classValues[classStart &+ Int(edge.classIndex)] != values[node]
                        {
                            index &+= 1
                            edge = graph.edges[index]
                        }
                        let cls = classStart &+ Int(edge.classIndex)
                        let (with, without) = (pinned[position], unpinned[position])
                        let point =
                            with | without == 0
                            ? graph.point(of: cls, price, worth: classValues[cls])
                            : graph.cheapestChoice(of: cls, price, with: with, without: without).point
                        edges[position] = Int32(truncatingIfNeeded: index)
                        weights[position] = point.mask
                        cycles += point.cycles
                        bytes += point.bytes
                        least = min(least, edge.slack)
                        node = nodesBefore &+ Int(edge.from)
                    }
                }
            }
            (found.cycles, found.bytes, found.slack) = (cycles, bytes, least)
        }
    }

    /// The edge taken in each layer, and the weights pinned of the layer's own.
    struct Path {
        var edges: [Int32]
        var weights: [UInt16]
    }

    /// A decision taken about one weight of a layer, by its bit in points' masks.
    struct Fixing {
        var layer: Int
        var weight: UInt16
        var isPinned: Bool
    }
}

extension KeepingGraph {
    /// The point of a class that has its value.
    @inline(__always)
    fileprivate func point(of cls: Int, _ price: Double, worth value: Double) -> Point {
        var position = pointStarts[cls]
        let last = pointStarts[cls &+ 1] &- 1
        var point = points[position]
        while position < last, point.cycles + price * point.bytes != value {
            position &+= 1
            point = points[position]
        }
        return point
    }

    /// The cheapest choice of a class's weights with some of them pinned and some not, and its value; infinite where there is none.
    fileprivate func cheapestChoice(
        of cls: Int, _ price: Double, with: UInt16, without: UInt16
    ) -> (point: Point, value: Double) {
        var best = (point: choices[choiceStarts[cls]], value: Double.infinity)
        for choice in choiceStarts[cls]..<choiceStarts[cls + 1] {
            let point = choices[choice]
            let value = point.cycles + price * point.bytes
            guard point.mask & with == with, point.mask & without == 0, value < best.value else { continue }
            best = (point, value)
        }
        return best
    }

    /// The tensors that a path keeps, those carried by its edges before the layers' own weights.
    func keptTensors(on path: BudgetedPath.Path) -> [Int] {
        var (carried, pinned): ([Int], [Int]) = ([], [])
        for position in layers.indices {
            let layer = layers[position]
            let edge = edges[Int(path.edges[position])]
            // What is kept across the layer's beginning has been counted before.
            var mask = edge.mask & ~edge.from
            while mask != 0 {
                carried.append(live[layer.liveStart + mask.trailingZeroBitCount])
                mask &= mask - 1
            }
            mask = path.weights[position]
            while mask != 0 {
                pinned.append(weights[layer.weightStart + mask.trailingZeroBitCount])
                mask &= mask - 1
            }
        }
        return carried + pinned
    }
}
