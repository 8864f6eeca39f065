internal import Workloads

/// A tensor of the graph while it is imported.
struct Tensor: Sendable {
    var shape: [Int]
    var type: ElementType
    var content: Content
    /// What zeros were put round, if this is the result: a window's own padding does the same for free.
    var padded: PaddedSource?

    enum Content: Sendable {
        /// Made in the inference, or given to it.
        case computed(Value.ID)
        /// The same in every inference.
        case constant(Constant)
    }

    init(_ shape: [Int], _ type: ElementType, _ content: Content) {
        self.shape = shape
        self.type = type
        self.content = content
    }

    /// The number of elements.
    ///
    /// Shapes are checked when a tensor is made, so that the product fits.
    var elements: Int { shape.reduce(1, *) }

    /// What is known of the elements if they are the same in every inference.
    var constant: Constant? {
        if case .constant(let constant) = content { constant } else { nil }
    }

    /// The elements as numbers, if they are known.
    var values: [Double]? {
        if case .known(let values) = constant?.elements { values } else { nil }
    }

    /// The only element of a constant, if it is known.
    var scalar: Double? { elements == 1 ? values?.first : nil }
}

/// A tensor whose elements do not depend on the inputs.
struct Constant: Sendable {
    enum Elements: Sendable {
        case known([Double])
        /// Not known, and why.
        case unknown(String)
    }

    var elements: Elements
    /// What it was made from without changing an element: tensors of one source are one parameter.
    var source: String
    /// The shape of the source where elements are repeated to make up the tensor's; nil where none is.
    var unexpandedShape: [Int]?
    /// How the elements are stored where their reader converts them to the tensor's type, as dequantised weights are; nil for as they are.
    var storedType: ElementType?
}

/// A tensor before zeros were put round it.
indirect enum PaddedSource: Sendable {
    case padding(of: Tensor, before: [Int], after: [Int])
}
