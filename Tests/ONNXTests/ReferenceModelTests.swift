import Foundation
import ONNX
import Testing
import Workloads

/// Files of PyTorch's two exporters and of Keras against figures that other software counts in the networks.
@Suite struct ReferenceModelTests {
    /// A file, its row in the reference tables, and by how much its parameters differ from the trained ones.
    struct Case: CustomTestStringConvertible, Sendable {
        var file: String
        var row: String
        var parameters: Int
        var batch: Int?

        var testDescription: String { file }
    }

    /// Exporters fold a batch norm (2C) into a convolution, which gains a bias (C) unless it had one.
    private static func folded(_ row: String) throws -> Int {
        try ReferenceTable("layers/\(row).csv").rows.reduce(0) { sum, layer in
            let (input, weight) = (extents(layer["in0"]), extents(layer["in1"]))
            // Squeeze-and-excite, and classifiers, see one pixel, and have no norm.
            return layer["op"] == "Conv" && input[2...].reduce(1, *) > 1 ? sum + weight[0] : sum
        }
    }

    static let cases: [Case] = {
        var cases: [Case] = []
        for (model, exports) in [
            ("efficientnet_b0", ["dyn18", "ts17", "tsraw17"]), ("efficientnet_b0_batch8", ["dyn18"]),
            ("efficientnet_b4", ["dyn18"]), ("efficientnet_b7", ["dyn18", "ts17"]), ("mobilenetv2", ["dyn18", "ts17"]),
        ] {
            let folded = (try? folded(model)) ?? 0
            cases += exports.map { Case(file: "\(model).\($0)", row: model, parameters: -folded) }
        }
        // Two of the three norms of a block stand behind a convolution: 2 · (3·64 + 4·128 + 6·256 + 3·512).
        cases += ["dyn18", "ts17"].map { Case(file: "resnetv2_50.\($0)", row: "resnetv2_50", parameters: -7552) }
        cases.append(Case(file: "resnetv2_50_dynN.dyn18", row: "resnetv2_50", parameters: -7552, batch: 1))
        // Keras subtracts the mean, multiplies and adds: 3C where 2C are trained, of the two norms within each block, those before
        // blocks and the last one, none of which is folded.
        let before = 64 + 2 * 256 + 256 + 3 * 512 + 512 + 5 * 1024 + 1024 + 2 * 2048 + 2048
        cases.append(Case(file: "resnet50v2_keras.ts20", row: "resnet50v2_keras", parameters: 7552 + before))
        // All norms of ResNet-50 are folded: 64 and, in each block, 2·C + 4·C, and 4·C of four shortcuts.
        let channels = [(64, 3), (128, 4), (256, 6), (512, 3)].reduce(64) { $0 + $1.0 * ($1.1 * 6 + 4) }
        cases += ["dyn18", "ts17"].map { Case(file: "ocr_rpn_1024.\($0)", row: "ocr_rpn_1024", parameters: -channels) }
        // Three norms behind convolutions that have a bias.
        cases += ["dyn18", "ts17"].map {
            Case(file: "crnn_32x320.\($0)", row: "crnn_32x320", parameters: -2 * (256 + 512 + 512))
        }
        cases += ["dyn18", "ts17"].map { Case(file: "vit_b16.\($0)", row: "vit_b16", parameters: 0) }
        // A mask of ones for each position is an operand; of the position table only the rows that are picked are left.
        cases += ["dyn18", "ts17", "tsraw17"].map {
            Case(file: "bert_base_128.\($0)", row: "bert_base_128", parameters: 128 - (512 - 128) * 768)
        }
        cases.append(Case(file: "bert_base_1024.dyn18", row: "bert_base_1024", parameters: 1024))
        return cases
    }()

    @Test(arguments: cases)
    func countsEqualTheReference(_ reference: Case) throws {
        let workload = try Fixture.network(reference.file, batch: reference.batch)
        let truth = try #require(try ReferenceTable("truth.csv").rows.first { $0["model"] == reference.row })
        func expected(_ column: String) throws -> Int { try #require(Int(truth[column] ?? "")) }
        let macs = workload.macsByKind
        #expect(try workload.macs == expected("macs"))
        #expect(try macs.conv == expected("macs_conv"))
        #expect(try macs.depthwise == expected("macs_dwconv"))
        #expect(try macs.linear == expected("macs_linear"))
        #expect(try macs.matmul == expected("macs_matmul"))
        #expect(try macs.recurrent == expected("macs_lstm"))
        #expect(try workload.parameters == expected("params") + reference.parameters)
        #expect(try workload.batch == expected("batch"))
        let listed = (truth["output_shapes"] ?? "").split(separator: ";").map { extents(String($0)) }
        let outputs = workload.outputs.map { workload[$0].shape }
        // The first six of a long list.
        let isCut = listed.last == []
        #expect(isCut ? Array(outputs.prefix(6)) == Array(listed.prefix(6)) : outputs == listed)
    }

    @Test(arguments: cases)
    func tensorOperatorsEqualTheExportedGraph(_ reference: Case) throws {
        let workload = try Fixture.network(reference.file, batch: reference.batch)
        let isPadded = reference.row == "resnet50v2_keras"
        let exported = try ReferenceTable("layers/\(reference.row).csv").rows.map {
            signature(of: $0, isPadded: isPadded)
        }
        let products = workload.recurrentProducts
        let imported = workload.tensorOperators.filter { !products.contains($0.id) }.map {
            signature(of: $0, in: workload, isPadded: isPadded)
        }
        #expect(imported.sorted() == exported.sorted())
    }

    /// A convolution by its geometry, a product by its extents. Keras pads in a node of its own, which is drawn into the convolution.
    private func signature(of row: [String: String], isPadded: Bool) -> String {
        let (first, second, output) = (extents(row["in0"]), extents(row["in1"]), extents(row["out"]))
        let macs = row["macs"] ?? ""
        func rows(_ shape: [Int]) -> Int { shape.dropLast().reduce(1, *) }
        switch row["op"] {
        case "Conv":
            let pads = extents(row["pads"])
            let input = isPadded ? "" : " of \(first[2...]) after \(pads.prefix(2))"
            return "conv \(first[1]) \(second) → \(output) groups \(row["group"] ?? "") strides"
                + " \(extents(row["strides"])) dilations \(extents(row["dilations"])) macs \(macs)" + input
        case "LSTM": return "lstm steps \(output[0]) directions \(output[1]) hidden \(output[3]) macs \(macs)"
        default:
            let groups = row["kind"] == "linear" ? 1 : first.dropLast(2).reduce(1, *)
            return "\(row["kind"] ?? "") \(groups) × \(rows(first) / groups) × \(first[first.count - 1]) ×"
                + " \(output[output.count - 1]) macs \(macs)"
        }
    }

    private func signature(of node: Operator, in workload: Workload, isPadded: Bool) -> String {
        guard let nest = node.loopNest else { return "no loop nest" }
        let output = workload[node.output].shape
        switch node.kind {
        case .convolution:
            let input =
                isPadded
                ? "" : " of \([nest.inputHeight, nest.inputWidth]) after \([nest.paddingTop, nest.paddingLeft])"
            return "conv \(nest.groups * nest.inputChannels) \(workload[node.parameters[0]].shape) → \(output) groups"
                + " \(nest.groups) strides \([nest.strideHeight, nest.strideWidth]) dilations"
                + " \([nest.dilationHeight, nest.dilationWidth]) macs \(node.macs)" + input
        case .recurrence(_, let steps):
            let products = workload.recurrentProducts
            let input = workload.operators.first {
                products.contains($0.id) && $0.name == node.name + ".input"
            }
            return "lstm steps \(steps) directions \(nest.groups) hidden \(nest.inputChannels) macs"
                + " \(node.macs + (input?.macs ?? 0))"
        default:
            return "\(node.kind.name) \(nest.groups) × \(nest.batch * nest.outputWidth) × \(nest.inputChannels) ×"
                + " \(nest.outputChannels) macs \(node.macs)"
        }
    }

    /// A symbolic batch axis is the batch that is asked for.
    @Test func aSymbolicBatchIsSet() throws {
        let one = try Fixture.network("resnetv2_50_dynN.dyn18", batch: 1)
        let eight = try Fixture.network("resnetv2_50_dynN.dyn18", batch: 8)
        #expect(eight.batch == 8)
        #expect(eight.macs == 8 * one.macs)
        #expect(eight.parameters == one.parameters)
        #expect(eight.inputs.map { eight[$0].shape } == [[8, 3, 224, 224]])
    }
}
