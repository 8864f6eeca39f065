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
        /// The edge by which each node is reached best.
        private var bestEdge: PlainList<Int32>
        /// The cheapest way to each node before a layer, and after it.
        private var values: PlainList<Double>
        private var nextValues: PlainList<Double>
        /// The cheapest point of each class.
        private var classValues: PlainList<Double>
        private var classPoints: PlainList<KeepingGraph.Point>
        /// Weights of each layer that must be pinned, and that must not be.
        private var pinned: PlainList<UInt16>
        private var unpinned: PlainList<UInt16>
        /// The price at which the classes' cheapest points are known.
        private var knownPrice = Double.nan

        init(_ graph: consuming KeepingGraph) {
            let widest = graph.layers.withElements { $0.reduce(1) { max($0, $1.nodes.count) } }
            let (layerCount, classCount) = (graph.layers.count, graph.pointStarts.count - 1)
            bestEdge = PlainList(repeating: -1, count: graph.nodeCount)
            values = PlainList(repeating: .infinity, count: widest)
            nextValues = PlainList(repeating: .infinity, count: widest)
            classValues = PlainList(repeating: 0, count: classCount)
            classPoints = PlainList(repeating: KeepingGraph.Point(bytes: 0, cycles: 0, mask: 0), count: classCount)
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
            for fixing in fixings {
                if fixing.isPinned {
                    pinned[fixing.layer] |= fixing.weight
                } else {
                    unpinned[fixing.layer] |= fixing.weight
                }
            }
            values[0] = 0
            let isKnown = price == knownPrice
            for position in graph.layers.indices {
                let layer = graph.layers[position]
                if pinned[position] | unpinned[position] != 0 {
                    chooseAmongFixed(position, price)
                } else if !isKnown {
                    choosePoints(of: layer, price)
                }
                relax(layer, slack)
                swap(&values, &nextValues)
            }
            for fixing in fixings { (pinned[fixing.layer], unpinned[fixing.layer]) = (0, 0) }
            knownPrice = fixings.isEmpty ? price : .nan
            var found = BudgetedPath(value: values[0] + graph.constantCycles, cycles: graph.constantCycles)
            if found.value < .infinity { trace(into: &found) }
            return found
        }

        @inline(__always)
        private mutating func choosePoints(of layer: KeepingGraph.Layer, _ price: Double) {
            var next = graph.pointStarts[layer.classes.lowerBound]
            for cls in layer.classes {
                let end = graph.pointStarts[cls + 1]
                var best = graph.points[next]
                var value = best.cycles + price * best.bytes
                next += 1
                while next < end {
                    // On a convex hull the first point that is no better ends the search.
                    let point = graph.points[next]
                    let other = point.cycles + price * point.bytes
                    guard other < value else { break }
                    (best, value) = (point, other)
                    next += 1
                }
                classValues[cls] = value
                classPoints[cls] = best
                next = end
            }
        }

        private mutating func chooseAmongFixed(_ position: Int, _ price: Double) {
            let (required, forbidden) = (pinned[position], unpinned[position])
            for cls in graph.layers[position].classes {
                classValues[cls] = .infinity
                for choice in graph.choiceStarts[cls]..<graph.choiceStarts[cls + 1] {
                    let point = graph.choices[choice]
                    let value = point.cycles + price * point.bytes
                    guard point.mask & required == required, point.mask & forbidden == 0, value < classValues[cls]
                    else { continue }
                    classValues[cls] = value
                    classPoints[cls] = point
                }
            }
        }

        @inline(__always)
        private mutating func relax(_ layer: KeepingGraph.Layer, _ slack: Int) {
            let (classStart, nodeStart) = (layer.classes.lowerBound, layer.nodes.lowerBound)
            for node in 0..<layer.nodes.count { nextValues[node] = .infinity }
            for index in layer.edges {
                let edge = graph.edges[index]
                guard edge.slack >= slack else { continue }
                let value = values[Int(edge.from)] + classValues[classStart + Int(edge.classIndex)]
                guard value < nextValues[Int(edge.to)] else { continue }
                nextValues[Int(edge.to)] = value
                bestEdge[nodeStart + Int(edge.to)] = Int32(truncatingIfNeeded: index)
            }
        }

        /// Follows the best edges back from the end.
        private mutating func trace(into found: inout BudgetedPath) {
            var node = 0
            var (cycles, bytes, slack) = (found.cycles, 0.0, Int.max)
            path.edges.withUnsafeMutableBufferPointer { edges in
                path.weights.withUnsafeMutableBufferPointer { weights in
                    for position in graph.layers.indices.reversed() {
                        let layer = graph.layers[position]
                        let index = bestEdge[layer.nodes.lowerBound + node]
                        let edge = graph.edges[Int(index)]
                        let point = classPoints[layer.classes.lowerBound + Int(edge.classIndex)]
                        edges[position] = index
                        weights[position] = point.mask
                        cycles += point.cycles
                        bytes += point.bytes
                        slack = min(slack, edge.slack)
                        node = Int(edge.from)
                    }
                }
            }
            (found.cycles, found.bytes, found.slack) = (cycles, bytes, slack)
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
