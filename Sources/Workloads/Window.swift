/// The window of a convolution or a pool: its size, and how it moves over the input.
///
///     Window(3, stride: 2, padding: .same)
///     Window(height: 1, width: 7, padding: .explicit(top: 0, left: 3, bottom: 0, right: 3))
public struct Window: Hashable, Sendable, Codable {
    /// Rows and columns of zeros round the input.
    public enum Padding: Hashable, Sendable, Codable {
        /// No padding.
        case valid
        /// TensorFlow's "same": as much as makes the output ⌈input / stride⌉, the odd row or column at the end.
        case same
        /// So many rows and columns at each side.
        case explicit(top: Int, left: Int, bottom: Int, right: Int)

        /// The same number of rows and columns at all sides.
        public static func symmetric(_ amount: Int) -> Padding {
            .explicit(top: amount, left: amount, bottom: amount, right: amount)
        }
    }

    /// Rows and columns that a padding comes to on a given input.
    public struct Margins: Hashable, Sendable {
        public var top: Int
        public var left: Int
        public var bottom: Int
        public var right: Int

        public init(top: Int, left: Int, bottom: Int, right: Int) {
            self.top = top
            self.left = left
            self.bottom = bottom
            self.right = right
        }
    }

    public var height: Int
    public var width: Int
    public var strideHeight: Int
    public var strideWidth: Int
    public var dilationHeight: Int
    public var dilationWidth: Int
    public var padding: Padding

    public init(
        height: Int, width: Int, strideHeight: Int = 1, strideWidth: Int = 1, dilationHeight: Int = 1,
        dilationWidth: Int = 1, padding: Padding = .valid
    ) {
        self.height = height
        self.width = width
        self.strideHeight = strideHeight
        self.strideWidth = strideWidth
        self.dilationHeight = dilationHeight
        self.dilationWidth = dilationWidth
        self.padding = padding
    }

    /// A square window.
    public init(_ size: Int, stride: Int = 1, dilation: Int = 1, padding: Padding = .valid) {
        self.init(
            height: size, width: size, strideHeight: stride, strideWidth: stride, dilationHeight: dilation,
            dilationWidth: dilation, padding: padding)
    }

    /// Elements of one window.
    public var taps: Int { height * width }

    /// The margins that the padding comes to on an input of the given size.
    ///
    /// "Same" needs max(0, (⌈input/stride⌉ − 1)·stride + span − input) rows, of which the first half, rounded down, is
    /// at the top.
    public func margins(inputHeight: Int, inputWidth: Int) -> Margins {
        switch padding {
        case .valid: return Margins(top: 0, left: 0, bottom: 0, right: 0)
        case .explicit(let top, let left, let bottom, let right):
            return Margins(top: top, left: left, bottom: bottom, right: right)
        case .same:
            let rows = samePadding(input: inputHeight, span: spanHeight, stride: strideHeight)
            let columns = samePadding(input: inputWidth, span: spanWidth, stride: strideWidth)
            return Margins(top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
        }
    }

    /// Rows and columns of the output, ⌊(input + margins − span) / stride⌋ + 1 with span = (size − 1)·dilation + 1; nil
    /// if the window does not fit into the padded input.
    ///
    /// `fault` must be nil.
    public func outputSize(inputHeight: Int, inputWidth: Int) -> (height: Int, width: Int)? {
        let margins = margins(inputHeight: inputHeight, inputWidth: inputWidth)
        let spareRows = inputHeight + margins.top + margins.bottom - spanHeight
        let spareColumns = inputWidth + margins.left + margins.right - spanWidth
        guard spareRows >= 0, spareColumns >= 0 else { return nil }
        return (spareRows / strideHeight + 1, spareColumns / strideWidth + 1)
    }

    /// What is wrong with the window itself, whatever the input; nil if nothing is.
    public var fault: String? {
        let positive = [
            ("height", height), ("width", width), ("stride", strideHeight), ("stride", strideWidth),
            ("dilation", dilationHeight), ("dilation", dilationWidth),
        ]
        for (name, extent) in positive where !(1...Self.largestExtent).contains(extent) {
            return "expected a window's \(name) from 1 to \(Self.largestExtent), found \(extent)"
        }
        if case .explicit(let top, let left, let bottom, let right) = padding {
            for amount in [top, left, bottom, right] where !(0...Self.largestExtent).contains(amount) {
                return "expected padding from 0 to \(Self.largestExtent), found \(amount)"
            }
        }
        return nil
    }

    /// Bounds every number of a window, so that sums and products of them with an input's extents stay far from
    /// overflow.
    static let largestExtent = 1 << 20

    private var spanHeight: Int { (height - 1) * dilationHeight + 1 }
    private var spanWidth: Int { (width - 1) * dilationWidth + 1 }

    private func samePadding(input: Int, span: Int, stride: Int) -> Int {
        let output = (input + stride - 1) / stride
        return max(0, (output - 1) * stride + span - input)
    }
}
