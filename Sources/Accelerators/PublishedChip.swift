internal import Configuration

/// A real chip as a design file, with what its makers published.
///
/// The file is a design with one more block:
///
///     published:
///       technology: 16nm
///       arithmetic: bfloat16               # optional, or int8
///       linkGigabytesPerSecond: 656        # optional: links to other chips, all directions together
///       tdpWatts: 450
///       areaMM2: 700
///       source: "…"
public struct PublishedChip: Hashable, Sendable {
    /// The file's name without `.yaml`.
    public var name: String
    public var design: Design
    /// The name of its technology node.
    public var technology: String
    public var arithmetic: Arithmetic
    /// Bandwidth of the links to other chips, all directions together, 10⁹ bytes a second.
    public var linkGigabytesPerSecond: Double
    public var tdpWatts: Double
    public var areaMM2: Double
    /// Where the figures were published.
    public var source: String

    /// Reads a chip's file.
    ///
    /// - Throws: `DiagnosticError` with file, line and field: `missingInput` where there is no such file, `badData` where it is
    ///   not a design with a `published` block.
    public init(contentsOfFile path: String) throws {
        let root = try ConfigurationNode(yaml: readTextFile(path), file: path).mapping(keys: Design.keys)
        try self.init(root, name: String((path.split(separator: "/").last ?? "").prefix { $0 != "." }))
    }

    init(_ root: ConfigurationMapping, name: String) throws {
        self.name = name
        design = try Design(root)
        let published = try root.required("published").mapping(keys: [
            "technology", "arithmetic", "linkGigabytesPerSecond", "tdpWatts", "areaMM2", "source",
        ])
        technology = try published.required("technology").string()
        arithmetic = try published.optional("arithmetic")?.choice() ?? .bfloat16
        linkGigabytesPerSecond = try published.optional("linkGigabytesPerSecond")?.number(in: 0...100_000) ?? 0
        tdpWatts = try published.required("tdpWatts").number(in: 0.001...100_000)
        areaMM2 = try published.required("areaMM2").number(in: 0.001...100_000)
        source = try published.required("source").string()
    }

    /// Area and TDP as the model predicts them.
    ///
    /// - Parameter model: one of the chip's own technology node.
    public func predictedCost(model: HardwareModel) -> HardwareCost {
        model.cost(of: design.datapath, arithmetic: arithmetic, linkGigabytesPerSecond: linkGigabytesPerSecond)
    }
}
