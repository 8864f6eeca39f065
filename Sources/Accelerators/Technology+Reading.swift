public import Configuration
internal import Diagnostics

extension Technology {
    /// The path of a technology file by its name, e.g. `7nm`, or its own, and after it the one that its constants come from.
    ///
    /// - Throws: `DiagnosticError`: an unknown name is `missingInput`, and the nearest known one is suggested; else as
    ///   `init(contentsOfFile:)`.
    public static func paths(named name: String, in files: InstalledFiles = .standard) throws -> [String] {
        let path = try path(named: name, in: files)
        let base = try root(of: readTextFile(path), file: path).optional("constantsFrom")
        return try [path] + (base.map { [try basePath($0, besides: path)] } ?? [])
    }

    /// Reads a node by its name, e.g. `7nm`, or any technology file by its path.
    ///
    /// - Throws: `DiagnosticError`: an unknown name is `missingInput`, and the nearest known one is suggested.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        try self.init(contentsOfFile: Technology.path(named: name, in: files))
    }

    private static func path(named name: String, in files: InstalledFiles) throws -> String {
        try files.file(named: name, in: "environments/technologies")
    }

    /// The file that a technology's constants come from.
    private static func basePath(_ base: ConfigurationNode, besides path: String) throws -> String {
        let name = try base.string()
        guard !name.contains("/") else {
            throw base.error(expected: "the name of a file in the same folder, without '.yaml'")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return "\(folder)\(name).yaml"
    }

    /// Reads a technology file, and the one next to it that its constants come from, if it says so.
    ///
    /// - Throws: `DiagnosticError` with file, line and field: `missingInput` where there is no such file, `badData` where it is
    ///   not a technology.
    public init(contentsOfFile path: String) throws {
        let root = try Technology.root(of: readTextFile(path), file: path)
        guard let base = root.optional("constantsFrom") else {
            try self.init(root, constants: root.required("constants"))
            return
        }
        if let constants = root.optional("constants") {
            throw constants.error(
                expected: "no constants where 'constantsFrom' names a file",
                remedy: "remove one of the two")
        }
        let basePath = try Technology.basePath(base, besides: path)
        let baseRoot = try Technology.root(of: readTextFile(basePath), file: basePath)
        try self.init(root, constants: baseRoot.required("constants"))
    }

    /// Reads a technology that holds its own constants from YAML text.
    ///
    /// - Parameter file: the name that complaints use.
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        let root = try Technology.root(of: yaml, file: file)
        try self.init(root, constants: root.required("constants"))
    }

    private static func root(of yaml: String, file: String) throws -> ConfigurationMapping {
        try ConfigurationNode(yaml: yaml, file: file).mapping(keys: ["node", "constantsFrom", "scale", "constants"])
    }

    private init(_ root: ConfigurationMapping, constants: ConfigurationNode) throws {
        self.init(name: try root.required("node").string())
        try read(Technology.scaleGroup, from: root, under: "", mayBeCalibrated: false)
        let groups = try constants.mapping(keys: Technology.constantGroups.map(\.name) + ["dram"])
        for group in Technology.constantGroups { try read(group, from: groups, under: "", mayBeCalibrated: true) }
        let memories = try groups.required("dram").mapping(keys: Technology.memoryGroups.map(\.name))
        for group in Technology.memoryGroups { try read(group, from: memories, under: "dram.", mayBeCalibrated: true) }
    }

    /// Reads a group of numbers, each `{value: …, unit: …, range: [low, high], calibrated: true, source: …}`; range and calibrated
    /// may be left out.
    ///
    /// - Parameter mayBeCalibrated: not so for what one node has to itself, since a fit serves all nodes.
    /// - Throws: `DiagnosticError` (`badData`) where a number is missing, unknown, negative, in another unit, outside its range, or
    ///   without a source.
    private mutating func read(
        _ group: Group, from parent: ConfigurationMapping, under prefix: String, mayBeCalibrated: Bool
    ) throws {
        let mapping = try parent.required(group.name).mapping(keys: group.keys.map(\.name))
        for key in group.keys {
            let number = try mapping.required(key.name).mapping(
                keys: ["value", "unit", "range", "source"] + (mayBeCalibrated ? ["calibrated"] : []))
            let value = try number.required("value").number(in: 0...1e12)
            let unit = try number.required("unit")
            guard try unit.string() == key.unit else {
                throw unit.error(expected: "the unit '\(key.unit)'", remedy: "convert the value")
            }
            let source = try number.required("source")
            guard try source.string().contains(where: \.isLetter) else {
                throw source.error(expected: "where the value comes from")
            }
            let isCalibrated = try number.optional("calibrated")?.boolean() ?? false
            // A fit without bounds would go wherever the other constants' errors push it.
            let rangeNode = try isCalibrated ? number.required("range") : number.optional("range")
            let range = try rangeNode.map { try Technology.range(around: value, $0) }
            self[keyPath: key.keyPath] = value
            entries.append(
                Entry(
                    name: "\(prefix)\(group.name).\(key.name)", unit: key.unit, source: try source.string(),
                    range: range, isCalibrated: isCalibrated, keyPath: key.keyPath))
        }
    }

    /// Bounds above 0, so that a constant may be varied by its logarithm.
    private static func range(around value: Double, _ node: ConfigurationNode) throws -> ClosedRange<Double> {
        let bounds = try node.list()
        guard bounds.count == 2 else { throw node.error(expected: "two numbers, [low, high]") }
        let low = try bounds[0].number(in: 1e-12...1e12)
        let high = try bounds[1].number(in: 1e-12...1e12)
        guard low < high, (low...high).contains(value) else {
            throw DiagnosticError(
                .badData, "expected a range [low, high] that contains the value \(value), found [\(low), \(high)]",
                at: node.location, remedy: "widen the range or correct the value")
        }
        return low...high
    }
}
