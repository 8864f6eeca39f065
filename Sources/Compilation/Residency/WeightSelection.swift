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
        var choices: [(bytes: Double, loss: Double, mask: UInt16)]
        var leastBytes: Double
        var mostBytes: Double
        /// The most bytes of a choice that loses little.
        var likelyBytes: Double
    }

    private struct Label {
        var bytes: Double
        var loss: Double
        var parent: Int
        var choice: Int
        var score: Double
        /// An order of labels with equal scores that has nothing to do with size.
        var tieBreak: UInt64
    }

    /// The layers' pinned weights in place of those of a path; the activations and carried weights stay those of the path.
    ///
    /// - Parameters:
    ///   - budget: bytes of weights.
    ///   - worth: cycles above the path's bound that are too many.
    static func best(
        for path: BudgetedPath.Path, in graph: KeepingGraph, price: Double, budget: Double, worth: Double
    ) -> [UInt16]? {
        var (weights, layers) = (path.weights, [Layer]())
        var used = 0.0
        for (position, layer) in graph.layers.enumerated() {
            let cls = layer.classes.lowerBound + Int(graph.edges[Int(path.edges[position])].classIndex)
            let range = graph.choiceStarts[cls]..<graph.choiceStarts[cls + 1]
            var cheapest = Double.infinity
            for index in range {
                cheapest = min(cheapest, graph.choices[index].cycles + price * graph.choices[index].bytes)
            }
            func loss(_ index: Int) -> Double {
                graph.choices[index].cycles + price * graph.choices[index].bytes - cheapest
            }
            // Most layers have but one choice worth considering.
            var (only, count) = (range.lowerBound, 0)
            for index in range where loss(index) < worth { (only, count) = (index, count + 1) }
            guard count > 1 else {
                used += graph.choices[only].bytes
                weights[position] = graph.choices[only].mask
                continue
            }
            var entry = Layer(position: position, choices: [], leastBytes: .infinity, mostBytes: 0, likelyBytes: 0)
            entry.choices.reserveCapacity(count)
            for index in range {
                let (choice, loss) = (graph.choices[index], loss(index))
                guard loss < worth else { continue }
                entry.choices.append((choice.bytes, loss, choice.mask))
                entry.leastBytes = min(entry.leastBytes, choice.bytes)
                entry.mostBytes = max(entry.mostBytes, choice.bytes)
                if loss < 0.1 * worth { entry.likelyBytes = max(entry.likelyBytes, choice.bytes) }
            }
            layers.append(entry)
        }
        layers.sort { a, b in
            let (spreadA, spreadB) = (a.mostBytes - a.leastBytes, b.mostBytes - b.leastBytes)
            return (spreadB, a.position) < (spreadA, b.position)
        }
        var leastRest = layers.reduce(0) { $0 + $1.leastBytes }
        var mostRest = layers.reduce(0) { $0 + $1.mostBytes }
        var likelyRest = layers.reduce(0) { $0 + $1.likelyBytes }
        var steps: [[Label]] = []
        for layer in layers.dropFirst(depth) { weights[layer.position] = layer.choices[0].mask }
        var labels = [Label(bytes: used, loss: 0, parent: 0, choice: 0, score: 0, tieBreak: 0)]
        for layer in layers.prefix(depth) {
            leastRest -= layer.leastBytes
            mostRest -= layer.mostBytes
            likelyRest -= layer.likelyBytes
            var next: [Label] = []
            next.reserveCapacity(labels.count * layer.choices.count)
            for (parent, label) in labels.enumerated() {
                for (index, choice) in layer.choices.enumerated() {
                    let (bytes, loss) = (label.bytes + choice.bytes, label.loss + choice.loss)
                    guard bytes + leastRest <= budget else { continue }
                    guard loss + price * max(0, budget - bytes - mostRest) < worth else { continue }
                    let score = loss + price * max(0, budget - bytes - likelyRest)
                    next.append(
                        Label(
                            bytes: bytes, loss: loss, parent: parent, choice: index, score: score,
                            tieBreak: UInt64(bytes) &* 0x9e37_79b9_7f4a_7c15))
                }
            }
            labels = narrowed(next)
            guard !labels.isEmpty else { return nil }
            steps.append(labels)
        }
        var index = labels.indices.min { labels[$0].score < labels[$1].score } ?? 0
        for (layer, step) in zip(layers.prefix(depth), steps).reversed() {
            weights[layer.position] = layer.choices[step[index].choice].mask
            index = step[index].parent
        }
        return weights
    }

    /// The most promising of some partial selections, of equal ones a sample.
    private static func narrowed(_ labels: [Label]) -> [Label] {
        guard labels.count > width else { return labels }
        // All but a few are far from the best: only as many are sorted as it takes.
        var scores = labels.map(\.score)
        var count = 2 * width
        while true {
            let ceiling = scores.element(atRank: min(count, scores.count) - 1)
            let sorted = labels.filter { $0.score <= ceiling }
                .sorted { ($0.score, $0.tieBreak, $0.parent) < ($1.score, $1.tieBreak, $1.parent) }
            var kept: [Label] = []
            kept.reserveCapacity(width)
            for label in sorted where kept.count < width {
                if let last = kept.last, last.bytes == label.bytes, last.loss == label.loss { continue }
                kept.append(label)
            }
            if kept.count == width || count >= scores.count { return kept }
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
