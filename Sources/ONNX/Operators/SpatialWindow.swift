internal import Workloads

/// The window of a convolution or a pool as a node describes it, over any number of spatial axes.
struct SpatialWindow {
    var kernel: [Int]
    var strides: [Int]
    var dilations: [Int]
    var before: [Int]
    var after: [Int]
    /// Extents of the input without padding.
    var input: [Int]

    /// Larger numbers stand in no network; the bound keeps sums and products of them far from overflow.
    private static let largest = 1 << 20

    /// - Parameters:
    ///   - kernel: the extents of the weights; nil where only the attribute has them.
    ///   - input: spatial extents of the input.
    ///   - padded: padding that a node before has put round the input, by spatial axis.
    init(
        _ node: OperatorNode, kernel: [Int]?, input: [Int], before outerBefore: [Int]? = nil,
        after outerAfter: [Int]? = nil
    ) throws {
        let rank = input.count
        func list(_ name: String, _ standard: Int) throws -> [Int] {
            let values = try node.ints(name) ?? Array(repeating: standard, count: rank)
            guard values.count == rank else {
                throw node.fault("expected \(rank) numbers as attribute '\(name)', found \(values.count)")
            }
            guard values.allSatisfy({ (1...SpatialWindow.largest).contains($0) }) else {
                throw node.fault("expected '\(name)' from 1 to \(SpatialWindow.largest), found \(shapeText(values))")
            }
            return values
        }
        let attribute = try node.ints("kernel_shape")
        guard let size = kernel ?? attribute else {
            throw node.fault("expected an attribute 'kernel_shape', found none")
        }
        guard size.count == rank, attribute == nil || attribute == size else {
            throw node.fault(
                "expected a kernel of \(rank) extents as the weights have, found \(shapeText(attribute ?? size))")
        }
        guard size.allSatisfy({ (1...SpatialWindow.largest).contains($0) }) else {
            throw node.fault("expected a kernel's extents from 1 to \(SpatialWindow.largest), found \(shapeText(size))")
        }
        guard input.allSatisfy({ $0 <= 1 << 40 }) else {
            throw node.fault("expected spatial extents of at most 2^40, found \(shapeText(input))")
        }
        self.kernel = size
        self.input = input
        strides = try list("strides", 1)
        dilations = try list("dilations", 1)
        before = Array(repeating: 0, count: rank)
        after = before
        let automatic = try node.string("auto_pad") ?? "NOTSET"
        switch automatic {
        case "NOTSET", "":
            let pads = try node.ints("pads") ?? Array(repeating: 0, count: 2 * rank)
            guard pads.count == 2 * rank else {
                throw node.fault("expected \(2 * rank) numbers as attribute 'pads', found \(pads.count)")
            }
            before = Array(pads[..<rank])
            after = Array(pads[rank...])
        case "VALID": break
        case "SAME_UPPER", "SAME_LOWER":
            for axis in 0..<rank {
                let output = (input[axis] + strides[axis] - 1) / strides[axis]
                let total = max(0, (output - 1) * strides[axis] + span(axis) - input[axis])
                let less = total / 2
                (before[axis], after[axis]) =
                    automatic == "SAME_UPPER" ? (less, total - less) : (total - less, less)
            }
        default: throw node.fault("expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, found '\(automatic)'")
        }
        if let outerBefore, let outerAfter {
            before = zip(before, outerBefore).map(+)
            after = zip(after, outerAfter).map(+)
        }
        guard (before + after).allSatisfy({ (0...SpatialWindow.largest).contains($0) }) else {
            throw node.fault("expected padding from 0 to \(SpatialWindow.largest), found \(shapeText(before + after))")
        }
    }

    /// Rows that the kernel covers along an axis.
    func span(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

    /// Elements of one window.
    var taps: Int { kernel.reduce(1, *) }

    /// The extents of the output: ⌊(input + padding − span) / stride⌋ + 1.
    ///
    /// - Parameter roundsUp: ⌈…⌉ instead, but for windows that would lie in the padding behind the input alone.
    func outputExtents(_ node: OperatorNode, roundsUp: Bool = false) throws -> [Int] {
        try input.indices.map { axis in
            let spare = input[axis] + before[axis] + after[axis] - span(axis)
            guard spare >= 0 else {
                throw node.fault(
                    "expected an input that holds a window of \(shapeText(kernel)), found \(shapeText(input)) with padding"
                        + " \(shapeText(before)) and \(shapeText(after))")
            }
            guard roundsUp else { return spare / strides[axis] + 1 }
            let count = (spare + strides[axis] - 1) / strides[axis] + 1
            return (count - 1) * strides[axis] >= input[axis] + before[axis] ? count - 1 : count
        }
    }
}
