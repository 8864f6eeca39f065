import Diagnostics

/// The networks that are known by name.
///
///     let workload = try WorkloadZoo.workload(named: "efficientnet-b7", batch: 8)
///     let long = try WorkloadZoo.workload(named: "bert-base-128", dimensions: ["sequence": 384])
public enum WorkloadZoo {
    /// A network that can be built at any batch size, and at any size of one dimension of its input.
    private struct Network: Sendable {
        var name: String
        var dimension: String
        var workload: @Sendable (_ size: Int?, _ batch: Int) throws -> Workload

        /// - Parameters:
        ///   - dimension: what users call the size that `resized` sets.
        ///   - workload: the builder's method.
        init<Builder: Sendable>(
            _ name: String, _ builder: Builder, _ dimension: String,
            _ resized: @escaping @Sendable (inout Builder, Int) -> Void,
            _ workload: @escaping @Sendable (Builder) -> (Int) throws -> Workload
        ) {
            self.name = name
            self.dimension = dimension
            self.workload = { size, batch in
                var builder = builder
                if let size { resized(&builder, size) }
                return try workload(builder)(batch)
            }
        }
    }

    /// The registry, in the order in which users see it.
    private static let networks: [Network] =
        EfficientNet.variants.map { variant in
            Network(variant.name, variant, "resolution", { $0.resolution = $1 }, EfficientNet.workload)
        }
        + [
            Network(
                ResNetV2.resNet50.name, ResNetV2.resNet50, "resolution", { $0.resolution = $1 }, ResNetV2.workload),
            Network(
                "mobilenet-v2", MobileNetV2(), "resolution", { $0.resolution = $1 }, MobileNetV2.workload),
            Network(
                VisionTransformer.base16.name, VisionTransformer.base16, "resolution", { $0.resolution = $1 },
                VisionTransformer.workload),
            Network(
                "ocr-rpn", RegionProposalNetwork(), "resolution", { $0.resolution = $1 },
                RegionProposalNetwork.workload),
            Network(
                "ocr-recognizer", ConvolutionalRecurrentNetwork(), "width", { $0.width = $1 },
                ConvolutionalRecurrentNetwork.workload),
        ]
        + [BERT.base128, BERT.base1024].map { bert in
            Network(bert.name, bert, "sequence", { $0.sequence = $1 }, BERT.workload)
        }
        + [
            Network(
                TransformerDecoder.prefill.name, TransformerDecoder.prefill, "sequence",
                { $0.phase = .prefill(sequence: $1) }, TransformerDecoder.workload),
            Network(
                TransformerDecoder.decode.name, TransformerDecoder.decode, "context",
                { $0.phase = .decode(context: $1) }, TransformerDecoder.workload),
        ]

    /// The names of all networks.
    public static var names: [String] { networks.map(\.name) }

    /// What the dimension of a network's input is called that may be given another size; nil for a name that isn't the zoo's.
    public static func dimension(of name: String) -> String? { networks.first { $0.name == name }?.dimension }

    /// The largest size that a dimension may be given.
    public static let largestDimension = Window.largestExtent

    /// A network of the zoo at a batch size.
    ///
    /// - Parameter dimensions: other sizes of the input than the network's own, by name: `resolution` (rows and columns) of networks that
    ///   see images, `width` of OCR's line, `sequence` of BERT and of the decoder's prompt, `context` of the decoder's cache.
    /// - Throws: `DiagnosticError` of kind `.missingInput` if there is none of that name, with the nearest that there
    ///   is; of kind `.usage` if the batch is not positive, or the network has no such dimension or cannot have that size; of kind
    ///   `.badData` if the sizes make the network too large to count, or its image too small for its windows.
    public static func workload(named name: String, batch: Int = 1, dimensions: [String: Int] = [:]) throws -> Workload
    {
        guard let network = networks.first(where: { $0.name == name }) else {
            throw DiagnosticError(
                .missingInput, "expected the name of a workload, found '\(name)'",
                at: SourceLocation(field: "workload"), remedy: remedyForUnknown(name, among: names))
        }
        for (dimension, size) in dimensions.sorted(by: { $0.key < $1.key }) {
            guard dimension == network.dimension else {
                throw DiagnosticError(
                    .usage, "\(name) has no dimension '\(dimension)'", at: SourceLocation(field: "dimension"),
                    remedy: "its dimension is '\(network.dimension)'")
            }
            guard (1...largestDimension).contains(size) else {
                throw DiagnosticError(
                    .usage, "expected a \(dimension) from 1 to \(largestDimension), found \(size)",
                    at: SourceLocation(field: "dimension"))
            }
        }
        return try network.workload(dimensions[network.dimension], batch)
    }
}
