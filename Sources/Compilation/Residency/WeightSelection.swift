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

        /// An order of labels with equal scores that has nothing to do with size.
        var tieBreak: UInt64 { UInt64(bytes) &* 0x9e37_79b9_7f4a_7c15 }
    }

    /// A label's place among others, to be sorted in its stead.
    private struct Rank {
        var score: Double
        var index: Int
    }

    /// The layers' pinned weights in place of those of a path; the activations and carried weights stay those of the path.
    ///
    /// - Parameters:
    ///   - budget: bytes of weights.
    ///   - worth: cycles above the path's bound that are too many.
    static func best(
        for path: BudgetedPath.Path, in graph: KeepingGraph, price: Double, budget: Double, worth: Double
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
        var labels = [Label(bytes: used, loss: 0, score: 0, parent: 0, choice: 0)]
        labels.reserveCapacity(1 + width * layers.count)
        var starts = [0]
        var (next, ranks, scores): ([Label], [Rank], [Double]) = ([], [], [])
        for layer in layers {
            leastRest -= layer.leastBytes
            mostRest -= layer.mostBytes
            likelyRest -= layer.likelyBytes
            let before = starts[starts.count - 1]..<labels.count
            next.removeAll(keepingCapacity: true)
            for parent in before {
                let label = labels[parent]
                for index in layer.choices {
                    let choice = choices[index]
                    let (bytes, loss) = (label.bytes + choice.bytes, label.loss + choice.loss)
                    guard bytes + leastRest <= budget else { continue }
                    guard loss + price * max(0, budget - bytes - mostRest) < worth else { continue }
                    let score = loss + price * max(0, budget - bytes - likelyRest)
                    next.append(
                        Label(
                            bytes: bytes, loss: loss, score: score, parent: Int32(parent - before.lowerBound),
                            choice: Int32(index - layer.choices.lowerBound)))
                }
            }
            starts.append(labels.count)
            appendMostPromising(of: next, to: &labels, &ranks, &scores)
            guard labels.count > before.upperBound else { return nil }
        }
        var best = labels.count - 1
        for index in (starts[starts.count - 1]..<labels.count).reversed()
        where labels[index].score <= labels[best].score {
            best = index
        }
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
        on path: BudgetedPath.Path, in graph: KeepingGraph, price: Double, worth: Double,
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

    /// Adds the most promising of some partial selections, of equal ones a sample.
    ///
    /// - Parameters:
    ///   - ranks: memory to sort in.
    ///   - scores: memory to select in.
    private static func appendMostPromising(
        of next: [Label], to labels: inout [Label], _ ranks: inout [Rank], _ scores: inout [Double]
    ) {
        guard next.count > width else {
            labels += next
            return
        }
        // All but a few are far from the best: only as many are sorted as it takes.
        scores.removeAll(keepingCapacity: true)
        for label in next { scores.append(label.score) }
        let start = labels.count
        var count = 2 * width
        while true {
            let ceiling = scores.element(atRank: min(count, scores.count) - 1)
            ranks.removeAll(keepingCapacity: true)
            for index in next.indices where next[index].score <= ceiling {
                ranks.append(Rank(score: next[index].score, index: index))
            }
            ranks.sort { a, b in
                if a.score != b.score { return a.score < b.score }
                let (first, second) = (next[a.index].tieBreak, next[b.index].tieBreak)
                return first == second ? a.index < b.index : first < second
            }
            for rank in ranks where labels.count < start + width {
                let label = next[rank.index]
                if labels.count > start, labels[labels.count - 1].bytes == label.bytes,
                    labels[labels.count - 1].loss == label.loss
                {
                    continue
                }
                labels.append(label)
            }
            if labels.count == start + width || count >= scores.count { return }
            labels.removeLast(labels.count - start)
            count *= 2
        }
    }
}

extension [Double] {
    /// The element that would stand at a rank if all were sorted (Hoare's FIND, CACM 1961); the elements change places.
    fileprivate mutating func element(atRank rank: Int) -> Double {
        var (first, last) = (0, count - 1)
        while first < last {
            let pivot = self[(first + last) / 2]
            var (low, high) = (first, last)
            while low <= high {
                while self[low] < pivot { low += 1 }
                while self[high] > pivot { high -= 1 }
                if low <= high {
                    swapAt(low, high)
                    low += 1
                    high -= 1
                }
            }
            if rank <= high { last = high } else if rank >= low { first = low } else { break }
        }
        return self[rank]
    }
}
