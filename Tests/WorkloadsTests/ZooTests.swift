import Diagnostics
import Testing
import Workloads

@Suite struct ZooTests {
    @Test func namesAreTheDocumentedOnes() {
        let expected =
            (0...7).map { "efficientnet-b\($0)" } + [
                "resnet-50-v2", "mobilenet-v2", "vit-b16", "ocr-rpn", "ocr-recognizer", "bert-base-128",
                "bert-base-1024", "decoder-prefill", "decoder-decode",
            ]
        #expect(WorkloadZoo.names == expected)
    }

    @Test(arguments: WorkloadZoo.names, [2, 3, 256])
    func batchScalesWorkAndNotParameters(_ name: String, _ batch: Int) throws {
        let one = try WorkloadZoo.workload(named: name)
        let many = try WorkloadZoo.workload(named: name, batch: batch)
        #expect(one.batch == 1)
        #expect(many.macs == batch * one.macs)
        #expect(many.parameters == one.parameters)
        #expect(many.activationBytes == batch * one.activationBytes)
        #expect(many.operators.count == one.operators.count)
        for value in many.values where value.role != .parameter { #expect(value.shape.first == batch) }
    }

    @Test(arguments: WorkloadZoo.names)
    func loopNestsHoldTheirTensors(_ name: String) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 2)
        for node in workload.tensorOperators {
            let nest = try #require(node.loopNest)
            let weight = nest.weightIsActivation ? node.inputs[1] : node.parameters[0]
            #expect(nest.weightElements == workload[weight].elements)
            // A recurrence multiplies the states that it writes, and adds the products to what it reads.
            guard case .recurrence(.lstm, let steps) = node.kind else {
                #expect(nest.inputElements == workload[node.inputs[0]].elements)
                #expect(nest.outputElements == workload[node.output].elements)
                continue
            }
            #expect(steps * nest.inputElements == workload[node.output].elements)
            #expect(steps * nest.outputElements == workload[node.inputs[0]].elements)
        }
    }

    @Test(arguments: WorkloadZoo.names)
    func operatorNamesAreUnique(_ name: String) throws {
        let operators = try WorkloadZoo.workload(named: name).operators
        #expect(Set(operators.map(\.name)).count == operators.count)
    }

    /// Counted by hand from the papers' block diagrams.
    @Test func everyOperatorIsThere() throws {
        func counts(_ name: String) throws -> [String: Int] {
            try WorkloadZoo.workload(named: name).operators.reduce(into: [:]) { $0[$1.kind.name, default: 0] += 1 }
        }
        // 16 blocks; the first has no expansion; 9 keep shape and stride.
        let efficientNet = try counts("efficientnet-b0")
        #expect(efficientNet["batchNorm"] == 1 + 15 + 16 + 16 + 1)
        #expect(efficientNet["swish"] == 1 + 15 + 16 + 16 + 1)
        #expect(efficientNet["sigmoid"] == 16)
        #expect(efficientNet["multiply"] == 16)
        #expect(efficientNet["globalAveragePool"] == 16 + 1)
        #expect(efficientNet["add"] == 9)
        #expect(efficientNet["biasAdd"] == 2 * 16 + 1)
        // 16 blocks of 3 norms, and the last one.
        let resNet = try counts("resnet-50-v2")
        #expect(resNet["batchNorm"] == 3 * 16 + 1)
        #expect(resNet["relu"] == 3 * 16 + 1)
        #expect(resNet["add"] == 16)
        #expect(resNet["maxPool"] == 1)
        #expect(resNet["globalAveragePool"] == 1)
        // 12 layers: residuals twice, mask once; the embeddings are added twice.
        let bert = try counts("bert-base-128")
        #expect(bert["embedding"] == 3)
        #expect(bert["layerNorm"] == 2 * 12 + 1)
        #expect(bert["softmax"] == 12)
        #expect(bert["gelu"] == 12)
        #expect(bert["tanh"] == 1)
        #expect(bert["add"] == 3 * 12 + 2)
        #expect(bert["multiply"] == 12)
        #expect(bert["biasAdd"] == 6 * 12 + 1)
        // Three levels of the pyramid are upsampled; five have a head of three convolutions.
        let proposals = try counts("ocr-rpn")
        #expect(proposals["upsample"] == 3)
        #expect(proposals["add"] == 16 + 3)
        #expect(proposals["relu"] == 1 + 3 * 16 + 5)
        #expect(proposals["biasAdd"] == 2 * 4 + 3 * 5)
        let recognizer = try counts("ocr-recognizer")
        #expect(recognizer["lstm"] == 2)
        #expect(recognizer["biasAdd"] == 7 + 2 * 2 + 1)
        #expect(recognizer["maxPool"] == 4)
        let vision = try counts("vit-b16")
        #expect(vision["concat"] == 1)
        #expect(vision["slice"] == 3 * 12)
        #expect(vision["layerNorm"] == 2 * 12 + 1)
    }

    /// GPT-2's 124,439,808 parameters (Hugging Face's `gpt2`), and the products of a token in closed form.
    @Test func decoderHasGPT2sSize() throws {
        var decoder = TransformerDecoder(name: "gpt2", phase: .prefill(sequence: 1024))
        decoder.positions = 1024
        #expect(try decoder.workload(batch: 1).parameters == 124_439_808)
        for (name, new, all) in [("decoder-prefill", 1024, 1024), ("decoder-decode", 1, 1025)] {
            let workload = try WorkloadZoo.workload(named: name, batch: 2)
            #expect(workload.parameters == 124_439_808 + 1024 * 768)
            // Query, key, value and output are 4 C², the feed-forward block 8 C²; the head is of the last place only.
            #expect(workload.macsByKind.linear == 2 * (12 * new * 12 * 768 * 768 + 768 * 50257))
            #expect(workload.macsByKind.matmul == 2 * 12 * 2 * new * all * 768)
        }
    }

    /// Both phases move the cache: one writes it, the other reads it and adds a place.
    @Test func decoderMovesItsCache() throws {
        let prefill = try WorkloadZoo.workload(named: "decoder-prefill", batch: 3)
        let decode = try WorkloadZoo.workload(named: "decoder-decode", batch: 3)
        let cacheBytes = 3 * 12 * 2 * 1024 * 768 * 2
        #expect(prefill.outputBytes == cacheBytes + 3 * 50257 * 2)
        #expect(decode.outputBytes == cacheBytes / 1024 + 3 * 50257 * 2)
        #expect(decode.inputBytes == cacheBytes + 3 * (4 + 4 + 1025 * 2))
    }

    /// Of every network the size of its input can be changed, and no other dimension.
    @Test func dimensionsResizeTheInput() throws {
        func shapes(_ name: String, _ dimension: String, _ size: Int) throws -> [[Int]] {
            let workload = try WorkloadZoo.workload(named: name, dimensions: [dimension: size])
            return (workload.inputs + workload.outputs).map { workload[$0].shape }
        }
        #expect(try shapes("bert-base-128", "sequence", 384)[0] == [1, 384])
        #expect(try shapes("bert-base-128", "sequence", 600)[0] == [1, 600])
        #expect(try shapes("efficientnet-b7", "resolution", 300)[0] == [1, 3, 300, 300])
        #expect(try shapes("vit-b16", "resolution", 384)[0] == [1, 3, 384, 384])
        #expect(try shapes("ocr-recognizer", "width", 100) == [[1, 1, 32, 100], [1, 26, 37]])
        // 1,333 is no multiple of 32: levels have ⌈n / 2⌉ rows.
        #expect(try shapes("ocr-rpn", "resolution", 1333)[4] == [1, 3, 42, 42])
        #expect(try shapes("decoder-decode", "context", 7)[3] == [1, 12, 7, 64])
    }

    @Test func dimensionsAreChecked() throws {
        func message(_ name: String, _ dimensions: [String: Int]) throws -> String {
            let error = #expect(throws: DiagnosticError.self) {
                try WorkloadZoo.workload(named: name, dimensions: dimensions)
            }
            return try #require(error).description
        }
        #expect(try message("bert-base-128", ["resolution": 300]).contains("its dimension is 'sequence'"))
        for size in [0, -1, Int.min, Int.max] {
            #expect(try message("resnet-50-v2", ["resolution": size]).contains("found \(size)"))
        }
        #expect(try message("vit-b16", ["resolution": 300]).contains("multiple of a patch's 16 rows, found 300"))
        #expect(try message("ocr-recognizer", ["width": 1]).contains("window"))
        #expect(try message("bert-base-1024", ["sequence": 1 << 20]).contains("2^53"))
    }

    @Test func unknownNameSuggestsTheNearest() {
        let error = #expect(throws: DiagnosticError.self) { try WorkloadZoo.workload(named: "efficentnet-b7") }
        #expect(error?.kind == .missingInput)
        #expect(error?.message.contains("'efficentnet-b7'") == true)
        #expect(error?.remedy?.contains("did you mean 'efficientnet-b7'?") == true)
    }

    @Test(arguments: [0, -1, Int.min])
    func batchMustBePositive(_ batch: Int) {
        let error = #expect(throws: DiagnosticError.self) {
            try WorkloadZoo.workload(named: "resnet-50-v2", batch: batch)
        }
        #expect(error?.kind == .usage)
        #expect(error?.message.contains(String(batch)) == true)
    }

    @Test(arguments: WorkloadZoo.names, [1 << 40, Int.max])
    func hugeBatchIsRefusedAndDoesNotOverflow(_ name: String, _ batch: Int) {
        let error = #expect(throws: DiagnosticError.self) { try WorkloadZoo.workload(named: name, batch: batch) }
        #expect(error?.kind == .badData)
        #expect(error?.remedy == "use a smaller batch")
    }
}
