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
        private let bestEdge: UnsafeMutablePointer<Int32>
        /// The cheapest way to each node before a layer, and after it.
        private let values: UnsafeMutablePointer<Double>
        private let nextValues: UnsafeMutablePointer<Double>
        /// The cheapest point of each class.
        private let classValues: UnsafeMutablePointer<Double>
        private let classPoints: UnsafeMutablePointer<KeepingGraph.Point>
        /// Weights of each layer that must be pinned, and that must not be.
        private let pinned: UnsafeMutablePointer<UInt16>
        private let unpinned: UnsafeMutablePointer<UInt16>

        init(_ graph: KeepingGraph) {
            func allocate<Element: BitwiseCopyable>(_ count: Int, _ initial: Element) -> UnsafeMutablePointer<Element> {
                let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
                pointer.initialize(repeating: initial, count: max(1, count))
                return pointer
            }
            self.graph = graph
            let widest = graph.layers.reduce(1) { max($0, $1.nodes.count) }
            let classCount = graph.pointStarts.count - 1
            bestEdge = allocate(graph.nodeCount, -1)
            values = allocate(widest, .infinity)
            nextValues = allocate(widest, .infinity)
            classValues = allocate(classCount, 0)
            classPoints = allocate(classCount, KeepingGraph.Point(bytes: 0, cycles: 0, mask: 0))
            pinned = allocate(graph.layers.count, 0)
            unpinned = allocate(graph.layers.count, 0)
            path = Path(
                edges: [Int32](repeating: 0, count: graph.layers.count),
                weights: [UInt16](repeating: 0, count: graph.layers.count))
        }

        deinit {
            bestEdge.deallocate()
            values.deallocate()
            nextValues.deallocate()
            classValues.deallocate()
            classPoints.deallocate()
            pinned.deallocate()
            unpinned.deallocate()
        }

        /// The cheapest path over edges with at least some slack; its value is infinite where the fixings leave none.
        ///
        /// - Complexity: O(edges + points).
        mutating func find(slack: Int, price: Double, fixings: [Fixing] = []) -> BudgetedPath {
            for fixing in fixings {
                let weights = fixing.isPinned ? pinned : unpinned
                weights[fixing.layer] |= fixing.weight
            }
            defer { for fixing in fixings { (pinned[fixing.layer], unpinned[fixing.layer]) = (0, 0) } }
            var (before, after) = (values, nextValues)
            before[0] = 0
            graph.layers.withUnsafeBufferPointer { layers in
                graph.edges.withUnsafeBufferPointer { edges in
                    graph.points.withUnsafeBufferPointer { points in
                        graph.pointStarts.withUnsafeBufferPointer { pointStarts in
                            for position in layers.indices {
                                let layer = layers[position]
                                if pinned[position] | unpinned[position] == 0 {
                                    choosePoints(of: layer, price, points, pointStarts)
                                } else {
                                    chooseAmongFixed(position, price)
                                }
                                relax(layer, slack, edges, from: before, to: after)
                                swap(&before, &after)
                            }
                        }
                    }
                }
            }
            var found = BudgetedPath(value: before[0] + graph.constantCycles, cycles: graph.constantCycles)
            if found.value < .infinity { trace(into: &found) }
            return found
        }

        @inline(__always)
        private func choosePoints(
            of layer: KeepingGraph.Layer, _ price: Double, _ points: UnsafeBufferPointer<KeepingGraph.Point>,
            _ pointStarts: UnsafeBufferPointer<Int>
        ) {
            var start = pointStarts[layer.classes.lowerBound]
            for cls in layer.classes {
                let end = pointStarts[cls + 1]
                var best = start
                var value = points[best].cycles + price * points[best].bytes
                var next = best + 1
                while next < end {
                    // On a convex hull the first point that is no better ends the search.
                    let other = points[next].cycles + price * points[next].bytes
                    guard other < value else { break }
                    (best, value) = (next, other)
                    next += 1
                }
                classValues[cls] = value
                classPoints[cls] = points[best]
                start = end
            }
        }

        private func chooseAmongFixed(_ position: Int, _ price: Double) {
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
        private func relax(
            _ layer: KeepingGraph.Layer, _ slack: Int, _ edges: UnsafeBufferPointer<KeepingGraph.Edge>,
            from before: UnsafeMutablePointer<Double>, to after: UnsafeMutablePointer<Double>
        ) {
            let classValues = classValues + layer.classes.lowerBound
            let bestEdge = bestEdge + layer.nodes.lowerBound
            for node in 0..<layer.nodes.count { after[node] = .infinity }
            for index in layer.edges {
                let edge = edges[index]
                guard edge.slack >= slack else { continue }
                let value = before[Int(edge.from)] + classValues[Int(edge.classIndex)]
                guard value < after[Int(edge.to)] else { continue }
                after[Int(edge.to)] = value
                bestEdge[Int(edge.to)] = Int32(truncatingIfNeeded: index)
            }
        }

        /// Follows the best edges back from the end.
        private mutating func trace(into found: inout BudgetedPath) {
            var node = 0
            var (cycles, bytes, slack) = (found.cycles, 0.0, Int.max)
            graph.layers.withUnsafeBufferPointer { layers in
                graph.edges.withUnsafeBufferPointer { edges in
                    path.edges.withUnsafeMutableBufferPointer { pathEdges in
                        path.weights.withUnsafeMutableBufferPointer { pathWeights in
                            for position in layers.indices.reversed() {
                                let layer = layers[position]
                                let index = bestEdge[layer.nodes.lowerBound + node]
                                let edge = edges[Int(index)]
                                let point = classPoints[layer.classes.lowerBound + Int(edge.classIndex)]
                                pathEdges[position] = index
                                pathWeights[position] = point.mask
                                cycles += point.cycles
                                bytes += point.bytes
                                slack = min(slack, edge.slack)
                                node = Int(edge.from)
                            }
                        }
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
        for (position, layer) in layers.enumerated() {
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
