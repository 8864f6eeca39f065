import Diagnostics

/// The networks that are known by name.
///
///     let workload = try WorkloadZoo.workload(named: "efficientnet-b7", batch: 8)
public enum WorkloadZoo {
    /// A network that can be built at any batch size.
    private struct Network: Sendable {
        var name: String
        var workload: @Sendable (_ batch: Int) throws -> Workload
    }

    /// The registry, in the order in which users see it.
    private static let networks: [Network] =
        EfficientNet.variants.map { Network(name: $0.name, workload: $0.workload(batch:)) } + [
            Network(name: ResNetV2.resNet50.name, workload: ResNetV2.resNet50.workload(batch:)),
            Network(name: BERT.base128.name, workload: BERT.base128.workload(batch:)),
            Network(name: BERT.base1024.name, workload: BERT.base1024.workload(batch:)),
        ]

    /// The names of all networks.
    public static var names: [String] { networks.map(\.name) }

    /// A network of the zoo at a batch size.
    /// - Throws: `DiagnosticError` of kind `.missingInput` if there is none of that name, with the nearest that there
    ///   is; of kind `.usage` if the batch is not positive, and `.badData` if it makes the network too large to count.
    public static func workload(named name: String, batch: Int = 1) throws -> Workload {
        guard let network = networks.first(where: { $0.name == name }) else {
            throw DiagnosticError(
                .missingInput, "expected the name of a workload, found '\(name)'",
                at: SourceLocation(field: "workload"), remedy: remedyForUnknown(name, among: names))
        }
        return try network.workload(batch)
    }
}
