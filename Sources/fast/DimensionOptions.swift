import ArgumentParser
import Diagnostics

/// Sizes of a network's input other than its own.
struct DimensionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Another size of the network's input, such as resolution=300 or sequence=384.", valueName: "name=size"))
    var dimension: [String] = []

    /// The sizes by name.
    ///
    /// - Throws: `DiagnosticError` (`usage`) for what is not `name=size`, or names a dimension twice.
    func sizes() throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for text in dimension {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let size = Int(parts[1]) else {
                throw DiagnosticError(
                    .usage, "expected --dimension name=size, found '\(text)'", remedy: "such as resolution=300")
            }
            guard sizes.updateValue(size, forKey: String(parts[0])) == nil else {
                throw DiagnosticError(.usage, "--dimension names '\(parts[0])' twice")
            }
        }
        return sizes
    }
}
