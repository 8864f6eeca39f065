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

    /// Buffers that searches for paths share.
    struct Finder {
        let graph: KeepingGraph
        /// The edge by which each node is reached best.
        private var bestEdge: [Int32]
        private var values: [Double]
        private var nextValues: [Double]
        private var classValues: [Double]
        private var classPoints: [Int32]
        /// The path found last.
        private(set) var path: Path

        init(_ graph: KeepingGraph) {
            self.graph = graph
            bestEdge = [Int32](repeating: -1, count: graph.nodeCount)
            let widest = graph.layers.map(\.nodes.count).max() ?? 1
            values = [Double](repeating: .infinity, count: max(1, widest))
            nextValues = values
            classValues = [Double](repeating: 0, count: graph.pointStarts.count - 1)
            classPoints = [Int32](repeating: 0, count: graph.pointStarts.count - 1)
            let zeros = [Int32](repeating: 0, count: graph.layers.count)
            path = Path(edges: zeros, points: zeros)
        }

        /// The cheapest path over edges with at least some slack.
        ///
        /// - Complexity: O(edges + points).
        mutating func find(slack: Int, price: Double) -> BudgetedPath {
            values[0] = 0
            graph.edges.withUnsafeBufferPointer { edges in
                graph.points.withUnsafeBufferPointer { points in
                    graph.pointStarts.withUnsafeBufferPointer { pointStarts in
                        for layer in graph.layers {
                            choosePoints(of: layer, price, points, pointStarts)
                            relax(layer, slack, edges)
                            swap(&values, &nextValues)
                        }
                    }
                }
            }
            var found = BudgetedPath(value: values[0] + graph.constantCycles, cycles: graph.constantCycles)
            trace(into: &found)
            return found
        }

        @inline(__always)
        private mutating func choosePoints(
            of layer: KeepingGraph.Layer, _ price: Double, _ points: UnsafeBufferPointer<KeepingGraph.Point>,
            _ pointStarts: UnsafeBufferPointer<Int>
        ) {
            for cls in layer.classes {
                var best = pointStarts[cls]
                var value = points[best].cycles + price * points[best].bytes
                var next = best + 1
                while next < pointStarts[cls + 1] {
                    // On a convex hull the first point that is no better ends the search.
                    let other = points[next].cycles + price * points[next].bytes
                    guard other < value else { break }
                    (best, value) = (next, other)
                    next += 1
                }
                classValues[cls] = value
                classPoints[cls] = Int32(truncatingIfNeeded: best)
            }
        }

        @inline(__always)
        private mutating func relax(
            _ layer: KeepingGraph.Layer, _ slack: Int, _ edges: UnsafeBufferPointer<KeepingGraph.Edge>
        ) {
            let (classStart, nodeStart) = (layer.classes.lowerBound, layer.nodes.lowerBound)
            values.withUnsafeBufferPointer { values in
                classValues.withUnsafeBufferPointer { classValues in
                    nextValues.withUnsafeMutableBufferPointer { next in
                        bestEdge.withUnsafeMutableBufferPointer { bestEdge in
                            for node in 0..<layer.nodes.count { next[node] = .infinity }
                            for index in layer.edges {
                                let edge = edges[index]
                                guard edge.slack >= slack else { continue }
                                let value = values[Int(edge.from)] + classValues[classStart + Int(edge.classIndex)]
                                guard value < next[Int(edge.to)] else { continue }
                                next[Int(edge.to)] = value
                                bestEdge[nodeStart + Int(edge.to)] = Int32(truncatingIfNeeded: index)
                            }
                        }
                    }
                }
            }
        }

        /// Follows the best edges back from the end.
        private mutating func trace(into found: inout BudgetedPath) {
            var node = 0
            for position in graph.layers.indices.reversed() {
                let layer = graph.layers[position]
                let index = bestEdge[layer.nodes.lowerBound + node]
                let edge = graph.edges[Int(index)]
                let pointIndex = classPoints[layer.classes.lowerBound + Int(edge.classIndex)]
                let point = graph.points[Int(pointIndex)]
                path.edges[position] = index
                path.points[position] = pointIndex
                found.cycles += point.cycles
                found.bytes += point.bytes
                found.slack = min(found.slack, edge.slack)
                node = Int(edge.from)
            }
        }
    }

    /// The edge and the point taken in each layer.
    struct Path {
        var edges: [Int32]
        var points: [Int32]
    }
}

extension KeepingGraph {
    /// The tensors that a path keeps, those carried by its edges before the weights of its points.
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
            mask = points[Int(path.points[position])].mask
            while mask != 0 {
                pinned.append(weights[layer.weightStart + mask.trailingZeroBitCount])
                mask &= mask - 1
            }
        }
        return carried + pinned
    }
}
