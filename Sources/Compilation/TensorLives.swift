internal import Workloads

/// Who writes and reads the tensors that move between the regions of a list: all that decides when they are live.
struct TensorLives {
    struct Tensor {
        var bytes: Int
        /// The region that writes it; nil for a graph input.
        var writer: Int?
        /// The regions that read it, in the order of the list.
        var readers: [Int] = []
        /// Whether it is live until the last region ran.
        var isResult: Bool
    }

    /// Every tensor that is live at some time.
    let tensors: [Tensor]
    let regionCount: Int

    /// - Parameter regions: in a topological order.
    init(_ regions: [Region], of workload: Workload) {
        let results = Set(workload.resultRoots)
        var tensors: [Tensor] = []
        var tensorOfValue = [Int?](repeating: nil, count: workload.values.count)
        func add(_ value: Value.ID, writer: Int?) -> Int {
            tensorOfValue[value.index] = tensors.count
            tensors.append(Tensor(bytes: workload[value].bytes, writer: writer, isResult: results.contains(value)))
            return tensors.count - 1
        }
        for (position, region) in regions.enumerated() {
            for read in region.reads {
                let tensor = tensorOfValue[read.value.index] ?? add(read.value, writer: nil)
                tensors[tensor].readers.append(position)
            }
            for value in region.writes {
                precondition(tensorOfValue[value.index] == nil, "Regions have to be given in a topological order.")
                _ = add(value, writer: position)
            }
        }
        for value in workload.inputs where results.contains(value) && tensorOfValue[value.index] == nil {
            _ = add(value, writer: nil)
        }
        self.tensors = tensors
        regionCount = regions.count
    }

    /// Bytes live while each region runs, in the order of the list.
    var liveBytes: [Int] {
        guard regionCount > 0 else { return [] }
        var change = [Int](repeating: 0, count: regionCount + 1)
        for tensor in tensors {
            let first = tensor.writer ?? 0
            let last = tensor.isResult ? regionCount - 1 : tensor.readers.last ?? first
            change[first] += tensor.bytes
            change[last + 1] -= tensor.bytes
        }
        var live = 0
        return change.dropLast().map { change in
            live += change
            return live
        }
    }

    /// The list cut before and after each region that stands at the same place in every topological order.
    ///
    /// That is so where all regions before it lead to it, hence each of them is read by one no later than it; and where all after it
    /// follow from it, hence each of them reads from one no earlier. Complexity: linear in reads and writes.
    func ranges() -> [Range<Int>] {
        var firstReader = [Int](repeating: regionCount, count: regionCount)
        var lastWriter = [Int](repeating: -1, count: regionCount)
        for tensor in tensors {
            guard let writer = tensor.writer, let reader = tensor.readers.first else { continue }
            firstReader[writer] = min(firstReader[writer], reader)
            for reader in tensor.readers { lastWriter[reader] = max(lastWriter[reader], writer) }
        }
        var isFixed = [Bool](repeating: true, count: regionCount)
        var latest = 0
        for position in 0..<regionCount {
            isFixed[position] = latest <= position
            latest = max(latest, firstReader[position])
        }
        var earliest = regionCount
        for position in stride(from: regionCount - 1, through: 0, by: -1) {
            isFixed[position] = isFixed[position] && earliest >= position
            earliest = min(earliest, lastWriter[position])
        }
        var ranges: [Range<Int>] = []
        for position in 0..<regionCount {
            if let last = ranges.last, !isFixed[position], !isFixed[position - 1] {
                ranges[ranges.count - 1] = last.lowerBound..<(position + 1)
            } else {
                ranges.append(position..<(position + 1))
            }
        }
        return ranges
    }
}

extension Workload {
    /// The values that its results are when views are looked through.
    var resultRoots: [Value.ID] {
        let viewed = viewedValues
        return outputs.map { viewed[$0.index] }
    }
}
