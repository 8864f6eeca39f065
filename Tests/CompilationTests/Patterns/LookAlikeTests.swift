import Compilation
import Testing
import Workloads

/// What looks like a function and is another is left alone.
@Suite struct LookAlikeTests {
    struct LookAlike: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var shape = [2, 6, 24]
        /// Appends the graph to a builder that holds `x`, and gives its results.
        var build: @Sendable (inout WorkloadBuilder, Value.ID) throws -> [Value.ID]

        init(
            _ description: String, shape: [Int] = [2, 6, 24],
            _ build: @escaping @Sendable (inout WorkloadBuilder, Value.ID) throws -> [Value.ID]
        ) {
            (testDescription, self.shape, self.build) = (description, shape, build)
        }
    }

    static let lookAlikes: [LookAlike] = [
        LookAlike("gelu with 0.7 for 0.5") { try [$0.gelu($1, half: 0.7)] },
        LookAlike("gelu with 0.49 for 0.5") { try [$0.gelu($1, half: 0.49)] },
        LookAlike("gelu with 2 for 1") { try [$0.gelu($1, one: 2)] },
        LookAlike("gelu with −1 for 1") { try [$0.gelu($1, one: -1)] },
        LookAlike("gelu with x/2 for x/√2") { try [$0.gelu($1, root: 2)] },
        LookAlike("gelu of another factor") { builder, x in
            try [builder.gelu(x, times: try builder.elementwise(.relu, x, named: "other"))]
        },
        LookAlike("gelu with a tanh") { try [$0.gelu($1, inner: .tanh)] },
        LookAlike("gelu whose erf is a result") { builder, x in
            let gelu = try builder.gelu(x)
            return [gelu, Value.ID(2)]
        },
        LookAlike("gelu whose erf is read elsewhere") { builder, x in
            let gelu = try builder.gelu(x)
            return [gelu, try builder.elementwise(.relu, Value.ID(2), named: "elsewhere")]
        },
        LookAlike("tanh gelu with another cubic") { try [$0.geluTanh($1, cubic: 0.05)] },
        LookAlike("tanh gelu with a square for a cube") { try [$0.geluTanh($1, exponent: 2)] },
        LookAlike("quick gelu") { builder, x in
            let scaled = try builder.scale(x, by: 1.702, named: "scaled")
            let gate = try builder.elementwise(.sigmoid, scaled, named: "gate")
            return [try builder.elementwise(.multiply, x, gate, named: "product")]
        },
        LookAlike("swish of two values") { builder, x in
            let y = try builder.elementwise(.relu, x, named: "y")
            let gate = try builder.elementwise(.sigmoid, x, named: "gate")
            return [try builder.elementwise(.multiply, y, gate, named: "product")]
        },
        LookAlike("swish squared") { builder, x in
            let gate = try builder.elementwise(.sigmoid, x, named: "gate")
            let square = try builder.elementwise(.multiply, gate, gate, named: "square")
            return [try builder.elementwise(.multiply, x, square, named: "product")]
        },
        LookAlike("sigmoid of 2 for 1") { builder, x in
            let exponential = try builder.elementwise(
                .exp, try builder.elementwise(.negate, x, named: "minus"), named: "exp")
            let sum = try builder.elementwise(.add, exponential, 2, named: "sum")
            return [try builder.elementwise(.reciprocal, sum, named: "reciprocal")]
        },
        LookAlike("sigmoid of x for −x") { builder, x in
            let sum = try builder.elementwise(
                .add, try builder.elementwise(.exp, x, named: "exp"), 1, named: "sum")
            return [try builder.elementwise(.reciprocal, sum, named: "reciprocal")]
        },
        LookAlike("hard swish with 4 for 6") { try [$0.hardSwish($1, bound: 4)] },
        LookAlike("hard swish with 2 for 3") { try [$0.hardSwish($1, offset: 2)] },
        LookAlike("hard swish from −1") { try [$0.hardSwish($1, least: -1)] },
        LookAlike("ReLU6") { try [$0.clip($1, to: 0...6, named: "clip")] },
        LookAlike("norm over another axis") { try [$0.norm($1, axis: 1)] },
        LookAlike("norm over two axes") { try [$0.norm($1, axes: [1, 2])] },
        LookAlike("norm with the sum for the mean") { try [$0.norm($1, second: .sum)] },
        LookAlike("norm with a cube") { try [$0.norm($1, exponent: 3)] },
        LookAlike("norm with an ε of 1") { try [$0.norm($1, epsilon: 1)] },
        LookAlike("norm with a negative ε") { try [$0.norm($1, epsilon: -1e-5)] },
        LookAlike("norm with ε outside the root") { builder, x in
            let difference = try builder.difference(x, axes: [2])
            let variance = try builder.reduce(
                .mean, try builder.elementwise(.power, difference, 2, named: "square"), axes: [2], named: "variance")
            let deviation = try builder.elementwise(
                .add, try builder.elementwise(.sqrt, variance, named: "root"), 1e-5, named: "deviation")
            return [try builder.elementwise(.divide, difference, deviation, named: "quotient")]
        },
        LookAlike("norm whose variance is read elsewhere") { builder, x in
            let norm = try builder.norm(x)
            return [norm, try builder.elementwise(.sqrt, builder.named["variance"] ?? x, named: "elsewhere")]
        },
        LookAlike("norm whose difference is a result") { builder, x in
            [try builder.norm(x), builder.named["difference"] ?? x]
        },
        LookAlike("softmax over another axis") { try [$0.softmax($1, maximum: 1, sum: 1)] },
        LookAlike("softmax with a sum over another axis") { try [$0.softmax($1, sum: 1)] },
        LookAlike("softmax with a maximum over another axis") { try [$0.softmax($1, maximum: 1)] },
        LookAlike("softmax without a maximum") { builder, x in
            let exponential = try builder.elementwise(.exp, x, named: "exp")
            let sum = try builder.reduce(.sum, exponential, axes: [2], named: "sum")
            return [try builder.elementwise(.divide, exponential, sum, named: "quotient")]
        },
        LookAlike("softmax with a mean for the sum") { try [$0.softmax($1, reduction: .mean)] },
        LookAlike("softmax whose sum is a result") { builder, x in
            [try builder.softmax(x, maximum: 2), builder.named["sum"] ?? x]
        },
        LookAlike("mean over a row of an image", shape: [2, 3, 5, 5]) {
            try [$0.reduce(.mean, $1, axes: [3], named: "mean")]
        },
        LookAlike("largest of an image", shape: [2, 3, 5, 5]) {
            try [$0.reduce(.maximum, $1, axes: [2, 3], named: "largest")]
        },
    ]

    @Test(arguments: lookAlikes)
    func isLeftAlone(_ lookAlike: LookAlike) throws {
        var builder = try WorkloadBuilder(name: "look-alike", batch: 2)
        let x = try builder.input("x", shape: lookAlike.shape)
        let outputs = try lookAlike.build(&builder, x)
        let workload = try builder.build(outputs: outputs)
        let recognized = try PatternRecognition().applied(to: workload)
        #expect(recognized.patterns.isEmpty, "\(recognized.patterns)")
        #expect(recognized.workload == workload)
    }

    /// The same builders with nothing wrong are recognised, so that what fails above fails for the reason named.
    @Test func theOriginalsAreRecognised() throws {
        let originals: [(RecognizedPattern.Kind, (inout WorkloadBuilder, Value.ID) throws -> Value.ID)] = [
            (.gelu, { try $0.gelu($1) }), (.geluTanh, { try $0.geluTanh($1) }),
            (.hardSwish, { try $0.hardSwish($1) }), (.layerNorm, { try $0.norm($1) }),
            (.softmax, { try $0.softmax($1, maximum: 2) }),
        ]
        for (kind, build) in originals {
            var builder = try WorkloadBuilder(name: kind.rawValue, batch: 2)
            let x = try builder.input("x", shape: [2, 6, 24])
            let output = try build(&builder, x)
            let recognized = try PatternRecognition().applied(to: try builder.build(outputs: [output]))
            #expect(recognized.patterns.map(\.kind) == [kind])
            #expect(recognized.workload.operators.count == 1)
        }
    }

    /// Where the last steps are not the function's own, only what is whole is replaced.
    @Test func aNormWhoseScaledValueIsReadElsewhereKeepsItsShift() throws {
        var builder = try WorkloadBuilder(name: "norm", batch: 2)
        let x = try builder.input("x", shape: [2, 6, 24])
        let norm = try builder.norm(x)
        let scale = try builder.parameter("scale", shape: [24])
        let scaled = try builder.elementwise(.multiply, norm, scale, named: "norm.scaled")
        let shift = try builder.parameter("shift", shape: [24])
        let shifted = try builder.elementwise(.add, scaled, shift, named: "norm.shifted")
        let recognized = try PatternRecognition().applied(to: try builder.build(outputs: [shifted, scaled]))
        #expect(recognized.workload.operators.map(\.kind) == [.layerNorm, .elementwise(.add)])
        #expect(recognized.workload.operators.map(\.parameters.count) == [1, 1])
    }
}

extension WorkloadBuilder {
    /// x · half · (one + erf(x / root))
    fileprivate mutating func gelu(
        _ x: Value.ID, half: Double = 0.5, one: Double = 1, root: Double = 2.0.squareRoot(),
        inner: ElementwiseFunction = .erf, times factor: Value.ID? = nil
    ) throws -> Value.ID {
        let argument = try elementwise(.divide, x, root, named: "argument")
        let erf = try elementwise(inner, argument, named: "inner")
        let sum = try elementwise(.add, erf, one, named: "plusOne")
        let product = try elementwise(.multiply, factor ?? x, sum, named: "product")
        return try elementwise(.multiply, product, half, named: "half")
    }

    fileprivate mutating func geluTanh(_ x: Value.ID, cubic: Double = 0.044715, exponent: Double = 3) throws
        -> Value.ID
    {
        let cube = try elementwise(.power, x, exponent, named: "cube")
        let scaled = try scale(cube, by: cubic, named: "cubic")
        let sum = try elementwise(.add, x, scaled, named: "sum")
        let argument = try scale(sum, by: 0.7978845608028654, named: "argument")
        let tanh = try elementwise(.tanh, argument, named: "tanh")
        let one = try elementwise(.add, tanh, 1, named: "plusOne")
        return try elementwise(.multiply, try scale(x, by: 0.5, named: "half"), one, named: "product")
    }

    fileprivate mutating func hardSwish(
        _ x: Value.ID, offset: Double = 3, least: Double = 0, bound: Double = 6
    ) throws -> Value.ID {
        let sum = try elementwise(.add, x, offset, named: "sum")
        let product = try elementwise(
            .multiply, x, try clip(sum, to: least...bound, named: "clip"), named: "product")
        return try elementwise(.divide, product, 6, named: "sixth")
    }

    fileprivate mutating func difference(_ x: Value.ID, axes: [Int]) throws -> Value.ID {
        try elementwise(.subtract, x, try reduce(.mean, x, axes: axes, named: "mean"), named: "difference")
    }

    fileprivate mutating func norm(
        _ x: Value.ID, axis: Int = 2, axes: [Int]? = nil, second: ReductionFunction = .mean, exponent: Double = 2,
        epsilon: Double = 1e-5
    ) throws -> Value.ID {
        let axes = axes ?? [axis]
        let difference = try difference(x, axes: axes)
        let square = try elementwise(.power, difference, exponent, named: "square")
        let variance = try reduce(second, square, axes: axes, named: "variance")
        let root = try elementwise(
            .sqrt, try elementwise(.add, variance, epsilon, named: "shifted"), named: "root")
        return try elementwise(.divide, difference, root, named: "quotient")
    }

    fileprivate mutating func softmax(
        _ x: Value.ID, maximum: Int = 2, sum: Int = 2, reduction: ReductionFunction = .sum
    ) throws -> Value.ID {
        let largest = try reduce(.maximum, x, axes: [maximum], named: "largest")
        let exponential = try elementwise(
            .exp, try elementwise(.subtract, x, largest, named: "difference"), named: "exp")
        let total = try reduce(reduction, exponential, axes: [sum], named: "sum")
        return try elementwise(.divide, exponential, total, named: "quotient")
    }

    /// The values built so far, by name.
    fileprivate var named: [String: Value.ID] {
        var copy = self
        let last = Value.ID(0)
        guard let workload = try? copy.build(outputs: [last]) else { return [:] }
        return Dictionary(workload.values.map { ($0.name, $0.id) }) { first, _ in first }
    }
}
