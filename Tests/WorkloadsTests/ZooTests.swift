import Diagnostics
import Testing
import Workloads

@Suite struct ZooTests {
    @Test func namesAreTheDocumentedOnes() {
        let expected = (0...7).map { "efficientnet-b\($0)" } + ["resnet-50-v2", "bert-base-128", "bert-base-1024"]
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
            #expect(nest.inputElements == workload[node.inputs[0]].elements)
            #expect(nest.weightElements == workload[weight].elements)
            #expect(nest.outputElements == workload[node.output].elements)
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
