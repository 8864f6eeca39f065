import Testing
import Workloads

@Suite struct WorkloadSummaryTests {
    /// One product [4, 10] × [10, 6], bias and reshape, counted by hand.
    @Test func bytesAndIntensityOfOneProduct() throws {
        var builder = try WorkloadBuilder(name: "product", batch: 4)
        let x = try builder.input("x", shape: [4, 10])
        let y = try builder.linear(x, features: 6, bias: true, named: "fc")
        let z = try builder.reshape(y, to: [4, 2, 3], named: "view")
        let workload = try builder.build(outputs: [z])
        #expect(workload.inputBytes == 2 * 40)
        #expect(workload.parameterBytes == 2 * (60 + 6))
        #expect(workload.activationBytes == 2 * (24 + 24))
        #expect(workload.outputBytes == 2 * 24)
        #expect(workload.operationalIntensity == 2.0 * 240 / (2 * (40 + 60 + 24)))
        #expect(workload.idealOperationalIntensity == 2.0 * 240 / (2 * (40 + 66 + 24)))
    }

    @Test func intensityIsZeroWithoutTensorOperators() throws {
        var builder = try WorkloadBuilder(name: "softmax", batch: 1)
        let x = try builder.input("x", shape: [1, 10])
        let workload = try builder.build(outputs: [try builder.softmax(x, named: "soft")])
        #expect(workload.operationalIntensity == 0)
        #expect(workload.idealOperationalIntensity == 0)
    }

    /// Of BERT's tables only the picked rows move: the ideal intensity follows from the sizes in the paper.
    @Test func embeddingTablesDoNotMove() throws {
        let workload = try WorkloadZoo.workload(named: "bert-base-128")
        let tables = (30522 + 2 + 512) * 768
        // The type table has 2 rows, fewer than are picked.
        let rows = (128 + 2 + 128) * 768
        let inputBytes = 3 * 128 * 4 + 128 * 2
        let outputBytes = (128 * 768 + 768) * 2
        let bytes = (109_482_240 - tables + rows) * 2 + inputBytes + outputBytes
        #expect(workload.idealOperationalIntensity == 2 * 11_174_215_680 / Double(bytes))
    }

    @Test func depthwiseAndGroupedConvolutionsAreToldApart() throws {
        var builder = try WorkloadBuilder(name: "groups", batch: 1)
        let x = try builder.input("x", shape: [1, 8, 4, 4])
        let y = try builder.depthwiseConvolution(x, window: Window(3, padding: .same), named: "depthwise")
        let z = try builder.convolution(y, channels: 8, window: Window(1), groups: 2, named: "grouped")
        let macs = try builder.build(outputs: [z]).macsByKind
        #expect(macs.depthwise == 8 * 9 * 16)
        #expect(macs.conv == 8 * 4 * 16)
        #expect(macs.total == macs.depthwise + macs.conv)
    }
}
