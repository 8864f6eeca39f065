import RandomNumbers
import Tensors
import Testing

@Suite struct SafetensorsTests {
    static func example() -> Safetensors {
        var file = Safetensors()
        file.metadata = ["version": "1", "note": "quotes \" \\ and\nlines, ü, \u{1F600}, \u{1}"]
        file["policy.0.weight"] = .init(Tensor([[1.5, -2, 0.25], [3, .infinity, -0.0]]))
        file["empty"] = .init(shape: [0, 3], elements: .float32([]))
        file["counters"] = .init(shape: [2], elements: .int64([-3, .max]))
        file["position \"x\""] = .init(shape: [], elements: .uint64([.max]))
        file["blob"] = .init(shape: [3], elements: .uint8([1, 2, 255]))
        return file
    }

    @Test func roundTripKeepsEverything() throws {
        let file = Self.example()
        let bytes = file.encoded()
        let again = try Safetensors(decoding: bytes)
        #expect(again == file)
        #expect(again["policy.0.weight"]?.tensor?.bits == file["policy.0.weight"]?.tensor?.bits)
        #expect(again.encoded() == bytes)
    }

    @Test func emptyFileRoundTrips() throws {
        #expect(try Safetensors(decoding: Safetensors().encoded()) == Safetensors())
    }

    @Test func everyBitPatternOfANumberIsKept() throws {
        let patterns: [UInt32] = [0x7FC0_0001, 0xFFA0_1234, 0x8000_0000, 0x0000_0001, 0x7F7F_FFFF, 0xFF80_0000]
        var file = Safetensors()
        file["x"] = .init(Tensor(patterns.map { Float(bitPattern: $0) }))
        #expect(try Safetensors(decoding: file.encoded())["x"]?.tensor?.bits == patterns)
    }

    /// What `safetensors.numpy.save` of Python's safetensors 0.8 writes for
    /// `{"w": float32 [[1.5, -2, 0.25], [3, inf, -0.0]], "n": int64 [-3, 2**62], "u": uint64 2**64 - 1,
    /// "b": uint8 [1, 2, 255]}` with `metadata={"format": "np", "note": 'ü "q"'}`.
    @Test func readsWhatPythonWrites() throws {
        let header =
            #"{"__metadata__":{"note":"ü \"q\"","format":"np"},"u":{"dtype":"U64","shape":[],"data_offsets":[0,8]},"#
            + #""n":{"dtype":"I64","shape":[2],"data_offsets":[8,24]},"w":{"dtype":"F32","shape":[2,3],"#
            + #""data_offsets":[24,48]},"b":{"dtype":"U8","shape":[3],"data_offsets":[48,51]}}     "#
        let data: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
            0, 0, 0, 0x40, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x80, 0x3E, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x7F, 0, 0,
            0, 0x80, 1, 2, 255,
        ]
        let file = try Safetensors(decoding: [0x10, 1, 0, 0, 0, 0, 0, 0] + [UInt8](header.utf8) + data)
        #expect(file.metadata == ["format": "np", "note": "ü \"q\""])
        #expect(file.arrays.count == 4)
        #expect(file["w"]?.tensor == Tensor([[1.5, -2, 0.25], [3, .infinity, 0]]))
        #expect(file["w"]?.tensor?.values[5].sign == .minus)
        #expect(file["n"] == .init(shape: [2], elements: .int64([-3, 1 << 62])))
        #expect(file["u"] == .init(shape: [], elements: .uint64([.max])))
        #expect(file["b"] == .init(shape: [3], elements: .uint8([1, 2, 255])))
    }

    @Test func sameContentIsTheSameBytes() {
        var file = Safetensors()
        for name in ["z", "a", "m", "k"] { file[name] = .init(Tensor([1])) }
        var other = Safetensors()
        for name in ["k", "m", "z", "a"] { other[name] = .init(Tensor([1])) }
        #expect(file.encoded() == other.encoded())
    }

    @Test func elementsAreAligned() {
        let bytes = Self.example().encoded()
        let headerLength = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        #expect(headerLength % 8 == 0)
        #expect(bytes[(8 + headerLength)..<(16 + headerLength)].allSatisfy { $0 == 0xFF || $0 == 0xFD })
    }

    @Test func learningResumesBitForBit() throws {
        func advance(_ model: inout MultilayerPerceptron, _ adam: inout Adam, steps: Range<UInt64>) {
            for step in steps {
                var generator = SplitMix64(seed: step)
                let x = Variable(.normal([9, 3], using: &generator))
                let recorded = model.recorded()
                adam.update(&model, along: recorded.gradients(of: recorded(x).squared().mean()))
            }
        }
        var generator = SplitMix64(seed: 61)
        var model = MultilayerPerceptron(widths: [3, 8, 2], using: &generator)
        var adam = Adam(for: model, learningRate: 0.01)
        advance(&model, &adam, steps: 0..<7)
        var file = Safetensors()
        file.store(model, path: "policy.")
        file.store(adam, of: model, path: "adam.")
        let bytes = file.encoded()
        advance(&model, &adam, steps: 7..<20)

        var resumed = MultilayerPerceptron(widths: [3, 8, 2], using: &generator)
        var resumedAdam = Adam(for: resumed, learningRate: 0.01)
        let saved = try Safetensors(decoding: bytes)
        try saved.restore(&resumed, path: "policy.")
        try saved.restore(&resumedAdam, of: resumed, path: "adam.")
        advance(&resumed, &resumedAdam, steps: 7..<20)
        #expect(resumed.namedParameters.map(\.value.bits) == model.namedParameters.map(\.value.bits))
        #expect(resumedAdam == adam)
    }

    @Test func modelThatDoesNotFitIsRefusedAndLeftAlone() {
        var generator = SplitMix64(seed: 62)
        var file = Safetensors()
        file.store(MultilayerPerceptron(widths: [3, 8, 2], using: &generator), path: "policy.")
        var wider = MultilayerPerceptron(widths: [3, 8, 4], using: &generator)
        let before = wider.namedParameters.map(\.value)
        let fault = SafetensorsError.badTensor(
            name: "policy.1.weight", "expected F32 of shape [8, 4], found F32 of shape [8, 2]")
        #expect(throws: fault) { try file.restore(&wider, path: "policy.") }
        #expect(throws: SafetensorsError.missingTensor(name: "value.0.weight")) {
            try file.restore(&wider, path: "value.")
        }
        #expect(wider.namedParameters.map(\.value) == before)
        var adam = Adam(for: wider, learningRate: 1)
        #expect(throws: SafetensorsError.missingTensor(name: "adam.step")) {
            try file.restore(&adam, of: wider, path: "adam.")
        }
        file["adam.step"] = .init(shape: [], elements: .int64([3]))
        #expect(
            throws: SafetensorsError.badTensor(name: "adam.step", "expected one U64 counter, found I64 of shape []")
        ) { try file.restore(&adam, of: wider, path: "adam.") }
    }
}
