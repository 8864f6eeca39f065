import Testing
import Workloads

/// The zoo against figures that PyTorch, ONNX exports and closed forms agree on.
@Suite struct ZooReferenceTests {
    @Test(arguments: ReferenceCase.all)
    func countsEqualTheReference(_ reference: ReferenceCase) throws {
        let workload = try WorkloadZoo.workload(named: reference.name, batch: reference.batch)
        let truth = try ReferenceTable("truth.csv").rows.first { $0["model"] == reference.row }
        func expected(_ column: String) throws -> Int { try #require(Int(truth?[column] ?? "")) }

        let macs = workload.macsByKind
        #expect(try workload.parameters == expected("params"))
        #expect(try workload.macs == expected("macs"))
        #expect(macs.total == workload.macs)
        #expect(try macs.conv == expected("macs_conv"))
        #expect(try macs.depthwise == expected("macs_dwconv"))
        #expect(try macs.linear == expected("macs_linear"))
        #expect(try macs.matmul == expected("macs_matmul"))
        #expect(try macs.recurrent == expected("macs_lstm"))

        func count(_ isCounted: (Operator) -> Bool) -> Int { workload.operators.count(where: isCounted) }
        #expect(try count { $0.kind == .convolution && !isDepthwise($0) } == expected("n_conv"))
        #expect(try count { isDepthwise($0) } == expected("n_dwconv"))
        // The product of an LSTM layer's input is part of the layer.
        let inputProducts = workload.recurrentProducts
        #expect(try count { $0.kind == .linear && !inputProducts.contains($0.id) } == expected("n_linear"))
        #expect(try count { isRecurrence($0) } == expected("n_lstm_layers"))
        #expect(try inputProducts.count == expected("n_lstm_layers"))
        #expect(try count { $0.kind == .matmul } == expected("n_matmul"))

        let written = workload.tensorOperators.reduce(0) {
            $0 + (inputProducts.contains($1.id) ? 0 : workload[$1.output].elements)
        }
        #expect(try written == expected("act_elems_mac_ops"))
        let outputs = workload.outputs.map { workload[$0].shape }
        var listed = (truth?["output_shapes"] ?? "").split(separator: ";").map { extents(String($0)) }
        // The first six of a long list.
        if listed.last == [] { listed = Array(listed.dropLast() + outputs.dropFirst(listed.count - 1)) }
        // PyTorch has the sequence before the batch.
        if reference.name == "ocr-recognizer" { listed = listed.map { [$0[1], $0[0], $0[2]] } }
        #expect(outputs == listed)
        #expect(workload.name == reference.name && workload.batch == reference.batch)
    }

    @Test(arguments: ReferenceCase.all)
    func tensorOperatorsEqualTheExportedGraph(_ reference: ReferenceCase) throws {
        let workload = try WorkloadZoo.workload(named: reference.name, batch: reference.batch)
        let exported = try ReferenceTable("layers/\(reference.row).csv").rows.map(signature(ofRow:))
        let inputProducts = workload.recurrentProducts
        let built = workload.tensorOperators.filter { !inputProducts.contains($0.id) }.map {
            signature(of: $0, in: workload)
        }
        #expect(built.sorted() == exported.sorted())
    }

    /// All activations, not those of multiply–accumulates only, against the exported graph, whose nodes differ from
    /// ours thus:
    /// - batch norm after a convolution, and a bias after a convolution or after a product of [N, C], are folded into
    ///   it;
    /// - swish is two nodes, gelu five;
    /// - BERT's position rows are folded to a constant; its mask is computed from zeros and ones (one node of N·S
    ///   elements, two of N·S·S); the pooler's first place is a gather, where ours is a view;
    /// - an LSTM layer is one node with its input's product and biases; slices count as layout, as reshapes do.
    @Test(arguments: ReferenceCase.all)
    func activationsEqualTheExportedGraph(_ reference: ReferenceCase) throws {
        let workload = try WorkloadZoo.workload(named: reference.name, batch: reference.batch)
        let truth = try ReferenceTable("truth.csv").rows.first { $0["model"] == reference.row }
        let producers = workload.producers()
        var elements = 0
        for node in workload.operators {
            let producer = producers[node.inputs[0].index].map { workload[$0].kind }
            let shape = workload[node.output].shape
            let nodes: Int
            switch node.kind {
            case .batchNorm where [.convolution, .elementwise(.biasAdd)].contains(producer): nodes = 0
            case _ where ["lstm1.", "lstm2."].contains(node.name.prefix(6)): nodes = isRecurrence(node) ? 1 : 0
            case .slice: nodes = 0
            case .elementwise(.biasAdd): nodes = producer == .convolution || shape.count == 2 ? 0 : 1
            case .elementwise(.swish): nodes = 2
            case .elementwise(.gelu): nodes = 5
            case .reshape: nodes = ["pooler.first", "head.class"].contains(node.name) ? 1 : 0
            case .embedding: nodes = node.name == "embeddings.position" ? 0 : 1
            default: nodes = 1
            }
            elements += nodes * workload[node.output].elements
        }
        if let mask = workload.inputs.map({ workload[$0] }).first(where: { $0.name == "attention_mask" }) {
            let sequence = mask.shape[3]
            elements += workload.batch * (sequence + 2 * sequence * sequence)
        }
        #expect(elements == Int(truth?["act_elems_all_onnx_dyn"] ?? ""))
    }

    /// TensorFlow's asymmetric padding, resolved, is what the exporter wrote into EfficientNet's convolutions.
    @Test(arguments: 0...7)
    func samePaddingEqualsTheExportedGraph(_ variant: Int) throws {
        for row in try ReferenceTable("layers/efficientnet_b\(variant).csv").rows where row["op"] == "Conv" {
            let (input, weight, output) = (extents(row["in0"]), extents(row["in1"]), extents(row["out"]))
            let window = Window(weight[2], stride: extents(row["strides"])[0], padding: .same)
            let margins = window.margins(inputHeight: input[2], inputWidth: input[3])
            #expect([margins.top, margins.left, margins.bottom, margins.right] == extents(row["pads"]))
            let size = try #require(window.outputSize(inputHeight: input[2], inputWidth: input[3]))
            #expect([size.height, size.width] == Array(output[2...]))
        }
    }

    private func isRecurrence(_ node: Operator) -> Bool {
        if case .recurrence = node.kind { true } else { false }
    }

    private func isDepthwise(_ node: Operator) -> Bool {
        node.kind == .convolution && node.loopNest?.isDepthwise == true
    }

    /// Everything that the reference says of an operator, as one comparable line.
    private func signature(ofRow row: [String: String]) -> String {
        var (first, second, output) = (extents(row["in0"]), extents(row["in1"]), extents(row["out"]))
        let macs = row["macs"] ?? ""
        switch row["op"] {
        case "Conv":
            return "conv \(first) \(second) \(output) groups \(row["group"] ?? "") strides \(extents(row["strides"]))"
                + " dilations \(extents(row["dilations"])) macs \(macs)"
        // A Gemm's weight is stored [K, C], a MatMul's [C, K].
        case "Gemm": return "linear \(first) \(Array(second.reversed())) \(output) macs \(macs)"
        // [T, N, C] and weights [D, 4H, C]; the result is [T, D, N, H].
        case "LSTM":
            return "lstm \(second[2]) inputs \(output[1]) directions \(output[0]) steps \(output[3]) hidden"
                + " \(second[1]) gates macs \(macs)"
        default:
            // The sequence stands before the batch, which is 1.
            if row["op"] == "MatMul", first.count == 3, first[1] == 1, first[0] > 1 {
                (first, output) = ([1, first[0], first[2]], [1, output[0], output[2]])
            }
            return row["kind"] == "linear"
                ? "linear \(first) \(second) \(output) macs \(macs)"
                : "matmul \(first) \(second) \(output) macs \(macs)"
        }
    }

    private func signature(of node: Operator, in workload: Workload) -> String {
        let first = workload[node.inputs[0]].shape
        let output = workload[node.output].shape
        guard let nest = node.loopNest else { return "no loop nest" }
        switch node.kind {
        case .convolution:
            return "conv \(first) \(workload[node.parameters[0]].shape) \(output) groups \(nest.groups)"
                + " strides \([nest.strideHeight, nest.strideWidth])"
                + " dilations \([nest.dilationHeight, nest.dilationWidth]) macs \(node.macs)"
        case .recurrence(_, let steps):
            // With the product of its input, whose weights are [C, D·4H].
            let input = workload.operators.first {
                workload.recurrentProducts.contains($0.id) && node.name == $0.name.replacing(".input", with: ".steps")
            }
            let features = input.map { workload[$0.parameters[0]].shape[0] } ?? 0
            return "lstm \(features) inputs \(nest.groups) directions \(steps) steps \(nest.inputChannels) hidden"
                + " \(nest.outputChannels) gates macs \(node.macs + (input?.macs ?? 0))"
        case .linear: return "linear \(first) \(workload[node.parameters[0]].shape) \(output) macs \(node.macs)"
        default:
            // The exporter's right operand is stored [C, K]; keys are stored [K, C] here.
            let right = Array(first.dropLast(2)) + [nest.inputChannels, nest.outputChannels]
            return "matmul \(first) \(right) \(output) macs \(node.macs)"
        }
    }
}
