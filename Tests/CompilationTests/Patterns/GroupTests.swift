import Compilation
import Testing
import Workloads

/// Attention and squeeze-and-excite are found and measured, and left as they are.
@Suite struct GroupTests {
    @Test(arguments: [("bert-base-128", 128), ("bert-base-1024", 1024)])
    func bertHasAnAttentionALayer(name: String, sequence: Int) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 3)
        for graph in [workload, Decomposer.decomposed(workload, seed: 5, rounding: .float16)] {
            let recognized = try PatternRecognition().applied(to: graph)
            #expect(recognized.attention.count == 12)
            for (layer, group) in recognized.attention.enumerated() {
                let prefix = "layer\(layer).attention."
                #expect(recognized.workload[group.scores].name == prefix + "scores")
                #expect(group.between.map { recognized.workload[$0].name } == [prefix + "scale", prefix + "mask"])
                #expect(recognized.workload[group.softmax].name == prefix + "softmax")
                #expect(recognized.workload[group.context].name == prefix + "context")
                #expect(group.batchHeads == 3 * 12)
                #expect([group.queryLength, group.keyLength] == [sequence, sequence])
                #expect([group.headDimension, group.valueDimension] == [64, 64])
                #expect(group.operators.count == 5)
            }
            #expect(
                recognized.patterns.filter { $0.kind == .attention }.map(\.operators.count)
                    == .init(repeating: 5, count: 12))
            #expect(recognized.squeezeAndExcite.isEmpty)
        }
    }

    /// What may stand between scores and softmax, or before the scores.
    enum Form: String, CaseIterable, Sendable {
        case bare, scaled, divided, scaledQuery, scaledKey, masked, maskedFirst, selected, biased
    }

    /// Query and key lengths, and key and value features, all different.
    private func attention(
        _ form: Form, spoil: (inout WorkloadBuilder, [Value.ID]) throws -> [Value.ID] = { _, _ in [] }
    ) throws -> Workload {
        var builder = try WorkloadBuilder(name: form.rawValue, batch: 2)
        var query = try builder.input("query", shape: [2, 4, 10, 16])
        var key = try builder.input("key", shape: [2, 4, 7, 16])
        let value = try builder.input("value", shape: [2, 4, 7, 32])
        if form == .scaledQuery { query = try builder.scale(query, by: 0.25, named: "scaledQuery") }
        if form == .scaledKey { key = try builder.elementwise(.divide, key, 4, named: "scaledKey") }
        let scores = try builder.matmul(query, key, transposeRight: true, named: "scores")
        var x = scores
        func mask(_ shape: [Int]) throws -> Value.ID { try builder.input("mask", shape: shape) }
        switch form {
        case .bare, .scaledQuery, .scaledKey: break
        case .scaled: x = try builder.scale(x, by: 0.25, named: "scaled")
        case .divided: x = try builder.elementwise(.divide, x, 4, named: "divided")
        case .masked: x = try builder.elementwise(.add, x, try mask([2, 1, 1, 7]), named: "masked")
        case .maskedFirst:
            x = try builder.scale(x, by: 0.25, named: "scaled")
            x = try builder.elementwise(.add, try mask([2, 1, 10, 7]), x, named: "masked")
        case .selected:
            let operands: [Operator.Operand] = [.value(try mask([2, 1, 10, 7])), .value(x), .scalar(-.infinity)]
            x = try builder.elementwise(.select, operands: operands, named: "selected")
        case .biased:
            let bias = try builder.matmul(query, try builder.input("places", shape: [2, 4, 16, 7]), named: "bias")
            x = try builder.elementwise(.add, bias, x, named: "biased")
        }
        let weights = try builder.softmax(x, named: "softmax")
        let context = try builder.matmul(weights, value, named: "context")
        return try builder.build(outputs: [context] + (try spoil(&builder, [scores, x, weights])))
    }

    @Test(arguments: Form.allCases)
    func everyFormOfAttention(_ form: Form) throws {
        let workload = try attention(form)
        let recognized = try PatternRecognition().applied(to: workload)
        #expect(recognized.workload == workload)
        let group = try #require(recognized.attention.first)
        #expect(recognized.attention.count == 1)
        #expect(group.batchHeads == 8)
        #expect([group.queryLength, group.keyLength] == [10, 7])
        #expect([group.headDimension, group.valueDimension] == [16, 32])
        let between = group.between.map { workload[$0].name }
        switch form {
        case .bare, .scaledQuery, .scaledKey: #expect(between.isEmpty)
        case .maskedFirst: #expect(between == ["scaled", "masked"])
        default: #expect(between == [form.rawValue])
        }
        #expect(workload[group.scores].macs == 8 * 10 * 7 * 16)
        #expect(workload[group.context].macs == 8 * 10 * 7 * 32)
    }

    /// Nothing is fused away that somebody else needs.
    @Test func anAttentionThatIsReadInsideIsNone() throws {
        for position in 0..<3 {
            let result = try attention(.scaled) { _, values in [values[position]] }
            #expect(try PatternRecognition().applied(to: result).attention.isEmpty)
            let read = try attention(.scaled) { [try $0.elementwise(.relu, $1[position], named: "elsewhere")] }
            #expect(try PatternRecognition().applied(to: read).attention.isEmpty)
        }
    }

    @Test(arguments: WorkloadZoo.names)
    func everyBlockOfEfficientNetHasASqueezeAndExcite(name: String) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 2)
        let expected = workload.operators.filter { $0.name.hasSuffix(".se.multiply") }
        for graph in [workload, Decomposer.decomposed(workload, seed: 9)] {
            let recognized = try PatternRecognition().applied(to: graph)
            let groups = recognized.squeezeAndExcite
            #expect(groups.map { recognized.workload[$0.multiply].name } == expected.map(\.name))
            for group in groups {
                let block = String(recognized.workload[group.multiply].name.dropLast("multiply".count))
                #expect(
                    group.operators.map { recognized.workload[$0].name.dropFirst(block.count) } == [
                        "pool", "reduce", "reduce.bias", "swish", "expand", "expand.bias", "sigmoid", "multiply",
                    ])
                #expect(group.channels == recognized.workload[recognized.workload[group.pool].output].shape[1])
                #expect(group.squeezedChannels < group.channels)
            }
        }
    }

    /// MobileNetV3's: linear layers on a flattened mean, ReLU, a hard sigmoid, and the gate in front.
    private func squeezeAndExcite(
        of other: Bool = false, gate: ElementwiseFunction = .hardSigmoid, isRead: Bool = false
    ) throws -> Workload {
        var builder = try WorkloadBuilder(name: "mobilenet", batch: 2)
        let image = try builder.input("image", shape: [2, 16, 9, 9])
        let x = try builder.convolution(image, channels: 16, window: Window(1), named: "conv")
        var y = try builder.reduce(.mean, other ? image : x, axes: [2, 3], keepsAxes: false, named: "mean")
        y = try builder.linear(y, features: 4, bias: true, named: "squeeze")
        let middle = try builder.elementwise(.relu, y, named: "relu")
        y = try builder.linear(middle, features: 16, bias: true, named: "excite")
        y = try builder.elementwise(gate, y, named: "gate")
        y = try builder.reshape(y, to: [2, 16, 1, 1], named: "unflatten")
        y = try builder.elementwise(.multiply, y, x, named: "multiply")
        return try builder.build(outputs: isRead ? [y, middle] : [y])
    }

    @Test func otherFormsOfSqueezeAndExcite() throws {
        func groups(_ workload: Workload) throws -> [SqueezeAndExciteGroup] {
            try PatternRecognition().applied(to: workload).squeezeAndExcite
        }
        let workload = try squeezeAndExcite()
        let group = try #require(try groups(workload).first)
        #expect([group.channels, group.squeezedChannels] == [16, 4])
        #expect(
            group.operators.map { workload[$0].name }
                == ["mean", "squeeze", "squeeze.bias", "relu", "excite", "excite.bias", "gate", "multiply"])
        #expect(try groups(try squeezeAndExcite(gate: .sigmoid)).count == 1)
        #expect(try groups(try squeezeAndExcite(gate: .tanh)).isEmpty)
        #expect(try groups(try squeezeAndExcite(of: true)).isEmpty)
        #expect(try groups(try squeezeAndExcite(isRead: true)).isEmpty)
    }
}
