internal import Accelerators
public import Configuration
internal import Diagnostics

extension Economics {
    /// The folder of the economics files, from the project's root.
    private static let folder = "environments/economics"

    /// The path of an economics file by its name, e.g. `datacenter`; a path stays as it is.
    public static func path(named name: String, in files: InstalledFiles = .standard) throws -> String {
        try files.file(named: name, in: folder)
    }

    /// Reads an economics file by its name, e.g. `datacenter`, or any by its path.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` for an unknown name, with the nearest known one; `badData` with file, line
    ///   and field where a key is unknown or missing, a unit is another one, or a value can't be.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        let path = try Economics.path(named: name, in: files)
        try self.init(yaml: readTextFile(path), file: path)
    }

    /// Reads an economics file's text; `file` is its name in complaints.
    ///
    ///     yield: negative-binomial
    ///     process:
    ///       7nm:
    ///         waferPrice: {value: 9346, unit: USD, range: [7000, 12000], source: "…"}
    public init(yaml: String, file: String) throws {
        let root = try ConfigurationNode(yaml: yaml, file: file)
        let sections = try root.mapping(keys: ["yield"] + CostInput.Section.allCases.map(\.rawValue))
        var shared: [CostInput: Entry] = [:]
        for section in [CostInput.Section.manufacturing, .board, .purchase, .operation, .design] {
            let node = try sections.required(section.rawValue)
            // The memory plays no part outside its own section.
            let inputs = CostInput.inputs(of: section, memory: .gddr6)
            shared.merge(try Economics.entries(inputs, in: node)) { $1 }
        }
        let memories = try sections.required("memory").mapping(keys: DRAM.Technology.allCases.map(\.rawValue))
        for technology in DRAM.Technology.allCases {
            guard let node = memories.optional(technology.rawValue) else { continue }
            shared.merge(
                try Economics.entries(CostInput.inputs(of: .memory, memory: technology), in: node)
            ) { $1 }
        }
        let nodes = try sections.required("process").mapping()
        var processes: [String: [CostInput: Entry]] = [:]
        for name in nodes.keys {
            processes[name] = try Economics.entries(
                CostInput.inputs(of: .process, memory: .gddr6), in: try nodes.required(name))
        }
        self.init(
            yieldModel: try sections.required("yield").choice(), processes: processes, shared: shared, file: file)
        try requireDies(sections.required("manufacturing"))
    }

    private static func entries(_ inputs: [CostInput], in node: ConfigurationNode) throws -> [CostInput: Entry] {
        let mapping = try node.mapping(keys: inputs.map(\.key))
        var entries: [CostInput: Entry] = [:]
        for input in inputs { entries[input] = try entry(input, mapping.required(input.key)) }
        return entries
    }

    private static func entry(_ input: CostInput, _ node: ConfigurationNode) throws -> Entry {
        let mapping = try node.mapping(keys: ["value", "unit", "range", "source"])
        let unit = try mapping.required("unit")
        guard try unit.string() == input.unit else { throw unit.error(expected: "the unit '\(input.unit)'") }
        let valueNode = try mapping.required("value")
        let value = try valueNode.number(in: input.limits)
        let rangeNode = try mapping.required("range")
        let ends = try rangeNode.list().map { try $0.number(in: input.limits) }
        guard ends.count == 2, ends[0] <= ends[1] else {
            throw rangeNode.error(expected: "the least and the greatest value, as in [1, 2]")
        }
        guard (ends[0]...ends[1]).contains(value) else {
            throw valueNode.error(
                expected: "a value within its range, \(ends[0]) to \(ends[1])", remedy: "mend the value or the range")
        }
        return Entry(value: value, range: ends[0]...ends[1], source: try mapping.required("source").string())
    }

    /// A wafer must have room for a die of the largest size, at the least favourable ends of all ranges.
    private func requireDies(_ node: ConfigurationNode) throws {
        func end(_ input: CostInput, _ side: (ClosedRange<Double>) -> Double) -> Double {
            shared[input].map { side($0.range) } ?? 0
        }
        let wafer = Wafer(
            diameterMM: end(.waferDiameter) { $0.lowerBound }, edgeExclusionMM: end(.edgeExclusion) { $0.upperBound },
            scribeWidthMM: end(.scribeWidth) { $0.upperBound })
        guard wafer.dies(ofMM2: end(.reticleArea) { $0.upperBound }) >= 1 else {
            throw node.error(
                expected: "a wafer with room for a die of the reticle's area",
                remedy: "raise waferDiameter or lower reticleArea")
        }
    }
}
