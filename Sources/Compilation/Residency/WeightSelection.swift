/// Which weights to pin once it is settled which activations are kept: a knapsack with one choice a layer.
///
/// A beam search over the layers, those with the largest weights first, so that small ones fill what is left. A choice's loss is
/// what it costs, price × bytes included, above the layer's cheapest choice: a selection takes as many cycles as the path's
/// bound, its losses, and price × the bytes that it leaves unused.
struct WeightSelection {
    /// How many partial selections are carried from one layer to the next.
    static let width = 64
    /// How many layers are decided; the others pin what they need and leave the rest to whoever fills the room.
    static let depth = 24
    /// What a search is worth in the units of `ResidencySearch.work`.
    static let work = 40_000

    private struct Layer {
        var position: Int
        /// The choices worth considering.
        var choices: Range<Int>
        var leastBytes: Double
        var mostBytes: Double
        /// The most bytes of a choice that loses little.
        var likelyBytes: Double
    }

    private struct Choice {
        var bytes: Double
        var loss: Double
        var mask: UInt16
    }

    private struct Label {
        var bytes: Double
        var loss: Double
        var score: Double
        /// Its place among the labels of the layer before.
        var parent: Int32
        /// Its place among the layer's choices.
        var choice: Int32

        /// By score, those of equal scores in an order that has nothing to do with size.
        @inline(__always) func isBetter(than other: Label) -> Bool {
            score == other.score ? tieBreak < other.tieBreak : score < other.score
        }

        private var tieBreak: UInt64 { UInt64(bytes) &* 0x9e37_79b9_7f4a_7c15 }

        @inline(__always) func isSame(as other: Label) -> Bool { bytes == other.bytes && loss == other.loss }
    }

    /// The layers' pinned weights in place of those of a path; the activations and carried weights stay those of the path.
    ///
    /// - Parameters:
    ///   - budget: bytes of weights.
    ///   - worth: cycles above the path's bound that are too many.
    static func best(
        for path: BudgetedPath.Path, in graph: borrowing KeepingGraph, price: Double, budget: Double, worth: Double
    ) -> [UInt16]? {
        var weights = path.weights
        var used = 0.0
        var (layers, choices) = layers(
            on: path, in: graph, price: price, worth: worth, settled: &weights, bytes: &used)
        layers.sort { a, b in
            let (spreadA, spreadB) = (a.mostBytes - a.leastBytes, b.mostBytes - b.leastBytes)
            return (spreadB, a.position) < (spreadA, b.position)
        }
        var leastRest = layers.reduce(0) { $0 + $1.leastBytes }
        var mostRest = layers.reduce(0) { $0 + $1.mostBytes }
        var likelyRest = layers.reduce(0) { $0 + $1.likelyBytes }
        for layer in layers.dropFirst(depth) {
            weights[layer.position] = choices[layer.choices.lowerBound].mask
        }
        layers.removeLast(max(0, layers.count - depth))

        // The labels of all layers, and where each layer's begin.
        var labels = PlainList<Label>(capacity: 1 + width * layers.count)
        labels.append(Label(bytes: used, loss: 0, score: 0, parent: 0, choice: 0))
        var starts = [0]
        var beam = Beam()
        for layer in layers {
            leastRest -= layer.leastBytes
            mostRest -= layer.mostBytes
            likelyRest -= layer.likelyBytes
            let before = starts[starts.count - 1]..<labels.count
            beam.removeAll()
            for parent in before {
                let label = labels[parent]
                for index in layer.choices {
                    let choice = choices[index]
                    let (bytes, loss) = (label.bytes + choice.bytes, label.loss + choice.loss)
                    guard bytes + leastRest <= budget else { continue }
                    guard loss + price * max(0, budget - bytes - mostRest) < worth else { continue }
                    beam.offer(
                        Label(
                            bytes: bytes, loss: loss, score: loss + price * max(0, budget - bytes - likelyRest),
                            parent: Int32(parent - before.lowerBound),
                            choice: Int32(index - layer.choices.lowerBound)))
                }
            }
            guard beam.count > 0 else { return nil }
            starts.append(labels.count)
            for place in 0..<beam.count { labels.append(beam[place]) }
        }
        // The last layer's first label is the best.
        var best = starts[starts.count - 1]
        for (place, layer) in layers.enumerated().reversed() {
            weights[layer.position] = choices[layer.choices.lowerBound + Int(labels[best].choice)].mask
            best = starts[place] + Int(labels[best].parent)
        }
        return weights
    }

    /// The layers with several choices worth considering, and their choices; the other layers are settled.
    ///
    /// - Parameters:
    ///   - weights: those of the settled layers are set.
    ///   - bytes: grows by what these take.
    private static func layers(
        on path: BudgetedPath.Path, in graph: borrowing KeepingGraph, price: Double, worth: Double,
        settled weights: inout [UInt16], bytes used: inout Double
    ) -> ([Layer], [Choice]) {
        var (layers, choices): ([Layer], [Choice]) = ([], [])
        for position in graph.layers.indices {
            let cls =
                graph.layers[position].classes.lowerBound
                + Int(graph.edges[Int(path.edges[position])].classIndex)
            let range = graph.choiceStarts[cls]..<graph.choiceStarts[cls + 1]
            var cheapest = Double.infinity
            for index in range {
                cheapest = min(cheapest, graph.choices[index].cycles + price * graph.choices[index].bytes)
            }
            let start = choices.count
            var layer = Layer(
                position: position, choices: start..<start, leastBytes: .infinity, mostBytes: 0, likelyBytes: 0)
            for index in range {
                let point = graph.choices[index]
                let loss = point.cycles + price * point.bytes - cheapest
                guard loss < worth else { continue }
                choices.append(Choice(bytes: point.bytes, loss: loss, mask: point.mask))
                layer.leastBytes = min(layer.leastBytes, point.bytes)
                layer.mostBytes = max(layer.mostBytes, point.bytes)
                if loss < 0.1 * worth { layer.likelyBytes = max(layer.likelyBytes, point.bytes) }
            }
            // Most layers have but one choice worth considering.
            guard choices.count > start + 1 else {
                let only = choices.count > start ? choices.removeLast() : nil
                used += only?.bytes ?? graph.choices[range.lowerBound].bytes
                weights[position] = only?.mask ?? graph.choices[range.lowerBound].mask
                continue
            }
            layer.choices = start..<choices.count
            layers.append(layer)
        }
        return (layers, choices)
    }

    /// The most promising of the labels offered for a layer, the best first; those of equal bytes and loss count once.
    private struct Beam: ~Copyable {
        private var labels = PlainList<Label>(capacity: width + 1)

        var count: Int { labels.count }

        subscript(place: Int) -> Label { labels[place] }

        mutating func removeAll() { labels.removeAll() }

        mutating func offer(_ label: Label) {
            var place = labels.count
            if place == width {
                guard label.isBetter(than: labels[place - 1]) else { return }
            }
            // What is offered is rarely among the best: its place is sought from the end.
            while place > 0, label.isBetter(than: labels[place - 1]) { place -= 1 }
            if place > 0, labels[place - 1].isSame(as: label) { return }
            labels.insert(label, at: place)
            if labels.count > width { labels.removeLast() }
        }
    }
}
