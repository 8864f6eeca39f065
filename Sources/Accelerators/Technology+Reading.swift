public import Configuration
internal import Diagnostics

extension Technology {
    /// Reads a node by its name, e.g. `7nm`, or any technology file by its path.
    ///
    /// - Throws: `DiagnosticError`: an unknown name is `missingInput`, and the nearest known one is suggested.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        try self.init(contentsOfFile: files.file(named: name, in: "environments/technologies"))
    }

    /// Reads a technology file, and the one next to it that its constants come from, if it says so.
    ///
    /// - Throws: `DiagnosticError` with file, line and field: `missingInput` where there is no such file, `badData` where it is
    ///   not a technology.
    public init(contentsOfFile path: String) throws {
        let root = try Technology.root(of: readTextFile(path), file: path)
        guard let base = root.optional("constantsFrom") else {
            try self.init(root, constants: Technology.constants(root.required("constants")))
            return
        }
        if let constants = root.optional("constants") {
            throw constants.error(
                expected: "no constants where 'constantsFrom' names a file",
                remedy: "remove one of the two")
        }
        let name = try base.string()
        guard !name.contains("/") else {
            throw base.error(expected: "the name of a file in the same folder, without '.yaml'")
        }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let basePath = "\(folder)\(name).yaml"
        let baseRoot = try Technology.root(of: readTextFile(basePath), file: basePath)
        try self.init(root, constants: Technology.constants(baseRoot.required("constants")))
    }

    /// Reads a technology that holds its own constants from YAML text.
    ///
    /// - Parameter file: the name that complaints use.
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        let root = try Technology.root(of: yaml, file: file)
        try self.init(root, constants: Technology.constants(root.required("constants")))
    }

    private static func root(of yaml: String, file: String) throws -> ConfigurationMapping {
        try ConfigurationNode(yaml: yaml, file: file).mapping(keys: ["node", "constantsFrom", "scale", "constants"])
    }

    private init(_ root: ConfigurationMapping, constants: Constants) throws {
        let factors = try ConstantGroup(
            root.required("scale"),
            [
                ("logicEnergy", "x"), ("logicArea", "x"), ("wireEnergy", "x"), ("sramEnergy", "x"), ("sramArea", "x"),
            ])
        self.init(
            name: try root.required("node").string(), constants: constants,
            scale: Scale(
                logicEnergy: factors["logicEnergy"], logicArea: factors["logicArea"],
                wireEnergy: factors["wireEnergy"], sramEnergy: factors["sramEnergy"], sramArea: factors["sramArea"]))
    }

    private static func constants(_ node: ConfigurationNode) throws -> Constants {
        let groups = try node.mapping(keys: [
            "array", "vector", "logic", "sram", "network", "dram", "control", "host",
        ])
        let memories = try groups.required("dram").mapping(keys: DRAM.Technology.allCases.map(\.rawValue))
        return try Constants(
            array: array(groups.required("array")), vector: vector(groups.required("vector")),
            logic: logic(groups.required("logic")), sram: sram(groups.required("sram")),
            network: network(groups.required("network")),
            hbm2: offChip(memories.required("hbm2")), gddr6: offChip(memories.required("gddr6")),
            ddr3: offChip(memories.required("ddr3")),
            control: control(groups.required("control")), host: host(groups.required("host")))
    }

    private static func array(_ node: ConfigurationNode) throws -> Array {
        let group = try ConstantGroup(
            node,
            [
                ("bfloat16Multiply", "pJ"), ("float16Multiply", "pJ"), ("float32Add", "pJ"), ("int8Multiply", "pJ"),
                ("int32Add", "pJ"),
                ("cellEnergyFactor", "x"), ("bfloat16CellArea", "um2"), ("int8CellArea", "um2"),
            ])
        return Array(
            bfloat16MultiplyPJ: group["bfloat16Multiply"], float16MultiplyPJ: group["float16Multiply"],
            float32AddPJ: group["float32Add"],
            int8MultiplyPJ: group["int8Multiply"], int32AddPJ: group["int32Add"],
            cellEnergyFactor: group["cellEnergyFactor"], bfloat16CellUM2: group["bfloat16CellArea"],
            int8CellUM2: group["int8CellArea"])
    }

    private static func vector(_ node: ConfigurationNode) throws -> Vector {
        let group = try ConstantGroup(node, [("laneOperation", "pJ"), ("laneArea", "um2")])
        return Vector(laneOperationPJ: group["laneOperation"], laneUM2: group["laneArea"])
    }

    private static func logic(_ node: ConfigurationNode) throws -> Logic {
        Logic(leakageWattsPerMM2: try ConstantGroup(node, [("leakage", "W/mm2")])["leakage"])
    }

    private static func sram(_ node: ConfigurationNode) throws -> SRAM {
        let group = try ConstantGroup(
            node,
            [
                ("arrayAccess", "pJ/B/rootB"), ("interfaceAccess", "pJ/B"), ("bitArea", "um2/bit"),
                ("portArea", "um2/B/rootB"), ("leakagePerByte", "uW/B"), ("leakagePerRootByte", "uW/rootB"),
                ("macroAreaFactor", "x"),
            ])
        return SRAM(
            arrayPJPerByteRootByte: group["arrayAccess"], interfacePJPerByte: group["interfaceAccess"],
            bitUM2: group["bitArea"], portUM2PerByteRootByte: group["portArea"],
            leakageMicrowattsPerByte: group["leakagePerByte"],
            leakageMicrowattsPerRootByte: group["leakagePerRootByte"], macroAreaFactor: group["macroAreaFactor"])
    }

    private static func network(_ node: ConfigurationNode) throws -> Network {
        let group = try ConstantGroup(node, [("wireEnergy", "pJ/B/mm"), ("wireArea", "mm2/B/mm")])
        return Network(wirePJPerByteMM: group["wireEnergy"], wireMM2PerByteMM: group["wireArea"])
    }

    private static func offChip(_ node: ConfigurationNode) throws -> OffChip {
        let group = try ConstantGroup(
            node, [("access", "pJ/64b"), ("interfaceArea", "mm2/GBps"), ("idlePower", "W/GBps")])
        return OffChip(
            pjPer64Bits: group["access"], interfaceMM2PerGigabytePerSecond: group["interfaceArea"],
            idleWattsPerGigabytePerSecond: group["idlePower"])
    }

    private static func control(_ node: ConfigurationNode) throws -> Control {
        let group = try ConstantGroup(
            node,
            [
                ("clockPowerFactor", "x"), ("areaFactor", "x"), ("sequencerEnergy", "pJ/cycle"),
                ("sequencerArea", "mm2"),
            ])
        return Control(
            clockPowerFactor: group["clockPowerFactor"], areaFactor: group["areaFactor"],
            sequencerPJPerCycle: group["sequencerEnergy"], sequencerMM2: group["sequencerArea"])
    }

    private static func host(_ node: ConfigurationNode) throws -> Host {
        let group = try ConstantGroup(
            node, [("area", "mm2"), ("power", "W"), ("linkAccess", "pJ/B"), ("linkArea", "mm2/GBps")])
        return Host(
            areaMM2: group["area"], watts: group["power"], linkPJPerByte: group["linkAccess"],
            linkMM2PerGigabytePerSecond: group["linkArea"])
    }
}

/// A group of constants, each `{value: …, unit: …, source: …}` with the unit that is expected.
private struct ConstantGroup {
    private var values: [String: Double] = [:]

    /// - Throws: `DiagnosticError` (`badData`) where a constant is missing, unknown, negative, in another unit, or without a
    ///   source.
    init(_ node: ConfigurationNode, _ units: [(key: String, unit: String)]) throws {
        let mapping = try node.mapping(keys: units.map(\.key))
        for (key, unit) in units {
            let constant = try mapping.required(key).mapping(keys: ["value", "unit", "source"])
            values[key] = try constant.required("value").number(in: 0...1e12)
            let unitNode = try constant.required("unit")
            guard try unitNode.string() == unit else {
                throw unitNode.error(expected: "the unit '\(unit)'", remedy: "convert the value")
            }
            let source = try constant.required("source")
            guard try source.string().contains(where: \.isLetter) else {
                throw source.error(expected: "where the value comes from")
            }
        }
    }

    subscript(key: String) -> Double {
        guard let value = values[key] else {
            preconditionFailure("the constant \(key) is read but was not asked for when its group was opened")
        }
        return value
    }
}
