internal import Diagnostics

/// The inputs of all cost calculations, as they stand in an economics file: each with its unit, its source and the range that
/// it may lie in.
///
///     let economics = try Economics(named: "datacenter")
///     let model = try economics.costModel(node: "7nm")
///     model.ownership(of: chip).totalUSD
public struct Economics: Hashable, Sendable {
    /// How defects become yield.
    public var yieldModel: YieldModel
    /// The values of one process a node.
    var processes: [String: [CostInput: Entry]]
    /// All others.
    var shared: [CostInput: Entry]
    /// The file, for complaints.
    var file: String

    /// A number with what is known of it.
    public struct Entry: Hashable, Sendable {
        public var value: Double
        /// Within which it may lie, in the same unit.
        public var range: ClosedRange<Double>
        public var source: String
    }

    public static let defaultName = "datacenter"

    /// The costs at one technology node.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the file states no costs of the node.
    public func costModel(node: String) throws -> CostModel {
        guard let process = processes[node] else {
            throw DiagnosticError(
                .configuration,
                "expected the costs of the node '\(node)', found those of "
                    + processes.keys.sorted().joined(separator: ", "),
                at: SourceLocation(file: file, field: "process"), remedy: "add the node to the file's 'process'")
        }
        return CostModel(node: node, yieldModel: yieldModel, entries: shared.merging(process) { $1 })
    }
}
