internal import Diagnostics
internal import Foundation
internal import Workloads

/// The networks that a user may name: those of the zoo, and any ONNX file.
public enum NetworkResolution {
    /// Whether a name stands for a file: it ends in `.onnx`, or there is a file of that name and no network of the zoo.
    public static func isFile(_ name: String) -> Bool {
        if name.lowercased().hasSuffix(".onnx") { return true }
        return !WorkloadZoo.names.contains(name) && FileManager.default.fileExists(atPath: name)
    }

    /// A network of the zoo by its name, or an ONNX file's by its path.
    ///
    /// A network of the zoo has the batch asked for, the default one, or 1; its dimensions are those of `WorkloadZoo`.
    ///
    /// - Throws: `DiagnosticError` as `WorkloadZoo.workload` and `ONNXImporter.network` do.
    public static func network(named name: String, options: ImportOptions) throws -> ONNXImporter.Network {
        if let batch = options.batch, batch < 1 {
            throw DiagnosticError(
                .usage, "expected a batch of at least 1, found \(batch)", at: SourceLocation(field: "batch"))
        }
        if isFile(name) { return try ONNXImporter.network(at: name, options: options) }
        let workload = try WorkloadZoo.workload(
            named: name, batch: options.batch ?? options.defaultBatch ?? 1, dimensions: options.dimensions)
        return ONNXImporter.Network(workload: workload, warnings: [])
    }
}
