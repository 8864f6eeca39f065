import ArgumentParser
import ONNX
import Workloads

/// What an ONNX file, or the input of a network of the zoo, leaves open.
struct NetworkOptions: ParsableArguments {
    static let workloadHelp: ArgumentHelp =
        "A network's name, such as efficientnet-b7 (see `fast workload list`), or an ONNX file."

    @OptionGroup var dimensions: DimensionOptions

    @Option(
        help: ArgumentHelp(
            "What to do with operators of an ONNX file that are not known: reject them, or count them as elementwise work.",
            valueName: "reject|elementwise"),
        transform: { text in
            guard let choice = ImportOptions.UnknownOperators(rawValue: text) else {
                throw ValidationError("expected reject or elementwise, found '\(text)'")
            }
            return choice
        })
    var unknownOperators = ImportOptions.UnknownOperators.reject

    @Option(
        help: ArgumentHelp(
            """
            How floating-point tensors are stored: two bytes by default. Traffic, room and the energy of products follow; float32 takes \
            an array of bfloat16 cells six passes.
            """, valueName: "bfloat16|float16|float32|int8"),
        transform: { text in
            let choices: [NumericType] = [.bfloat16, .float16, .float32, .int8]
            guard let choice = choices.first(where: { $0.rawValue == text }) else {
                throw ValidationError(
                    "expected \(choices.map(\.rawValue).joined(separator: ", ")), found '\(text)'")
            }
            return choice
        })
    var numerics: NumericType?

    /// A network by its name, or by its file's path; warnings go to standard error.
    ///
    /// - Parameters:
    ///   - batch: inferences in one pass; nil for what the file has.
    ///   - defaultBatch: the same where neither the user nor the file says.
    func workload(named name: String, batch: Int?, defaultBatch: Int) throws -> Workload {
        let network = try NetworkResolution.network(
            named: name,
            options: ImportOptions(
                batch: batch, defaultBatch: defaultBatch, dimensions: try dimensions.sizes(),
                unknownOperators: unknownOperators))
        for warning in network.warnings { StandardError.write("warning: \(warning)\n") }
        return numerics.map { network.workload.storing(floatsAs: $0) } ?? network.workload
    }
}
