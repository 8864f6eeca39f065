internal import Accelerators
public import Configuration
internal import Diagnostics
internal import Workloads

extension Mapping {
    /// Reads a mapping, with the keys that it is encoded with.
    ///
    ///     unit: {name: array weight-stationary}
    ///     gridX: {dimension: K, factor: 2}
    ///     l1Tile: {K: 32, C: 16, P: 7, Q: 7, R: 3, S: 3}
    ///     globalTile: {K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3}
    ///     dramOrder: GKNPQRSC
    ///
    /// `unit` and `l1Tile` are required. A letter that a tile leaves out is 1; a tile that is left out is that of the level
    /// within, so that its level has no loops; a grid axis left out is one PE; a loop order left out is GNPQKRSC.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field. What the mapping is for is not known here: see
    ///   `validate(for:on:)`.
    public init(_ node: ConfigurationNode) throws {
        let keys = try node.mapping(keys: Mapping.keys)
        let unit = try ComputeUnit(keys.required("unit"))
        let l1Tile = try Extents(keys.required("l1Tile"))
        let l2Tile = try keys.optional("l2Tile").map { try Extents($0) } ?? l1Tile
        let gridX = try keys.optional("gridX").map { try SpatialLoop($0) } ?? .onePE
        let gridY = try keys.optional("gridY").map { try SpatialLoop($0) } ?? .onePE
        self.init(
            unit: unit, arrayRows: try keys.optional("arrayRows")?.integer(in: 1...Int.max),
            arrayColumns: try keys.optional("arrayColumns")?.integer(in: 1...Int.max), gridX: gridX, gridY: gridY,
            l1Tile: l1Tile, l2Tile: l2Tile, globalTile: l2Tile,
            l2Order: try keys.optional("l2Order").map { try LoopOrder($0) } ?? .rowsThenColumns,
            globalOrder: try keys.optional("globalOrder").map { try LoopOrder($0) } ?? .rowsThenColumns,
            dramOrder: try keys.optional("dramOrder").map { try LoopOrder($0) } ?? .rowsThenColumns)
        if let tile = keys.optional("globalTile") {
            globalTile = try Extents(tile)
        } else if let tile = checkedGridTile {
            globalTile = tile
        } else {
            throw DiagnosticError(
                .badData, "expected tiles that can be counted, found more than 2^63 in the PE grid's",
                at: node.location,
                remedy: "make l2Tile smaller")
        }
    }

    static let keys = [
        "unit", "arrayRows", "arrayColumns", "gridX", "gridY", "l1Tile", "l2Tile", "globalTile", "l2Order",
        "globalOrder", "dramOrder",
    ]
}

extension ComputeUnit {
    private static let names =
        Dataflow.allCases.map { ComputeUnit.array($0).name }
        + [1, 2].map { ComputeUnit.arrayBlockDiagonal(groups: $0, taps: 1).name } + [ComputeUnit.vector.name]

    fileprivate init(_ node: ConfigurationNode) throws {
        let keys = try node.mapping(keys: ["name", "groups", "taps"])
        let nameNode = try keys.required("name")
        let name = try nameNode.string()
        guard let unit = ComputeUnit.names.first(where: { $0 == name }) else {
            throw nameNode.error(expected: "a unit", remedy: remedyForUnknown(name, among: ComputeUnit.names))
        }
        if let dataflow = Dataflow.allCases.first(where: { ComputeUnit.array($0).name == unit }) {
            self = .array(dataflow)
        } else if unit == ComputeUnit.vector.name {
            self = .vector
        } else {
            let taps = try keys.required("taps").integer(in: 1...Int.max)
            let isPacked = unit != ComputeUnit.arrayBlockDiagonal(groups: 1, taps: taps).name
            let groups =
                try isPacked
                ? keys.required("groups").integer(in: 1...Int.max) : keys.optional("groups")?.integer(in: 1...1) ?? 1
            self = .arrayBlockDiagonal(groups: groups, taps: taps)
            return
        }
        if let superfluous = keys.optional("groups") ?? keys.optional("taps") {
            throw superfluous.error(expected: "neither groups nor taps with '\(unit)'", remedy: "remove it")
        }
    }
}

extension SpatialLoop {
    /// An axis of the PE grid along which one PE works.
    fileprivate static let onePE = SpatialLoop(.outputChannels, factor: 1)

    fileprivate init(_ node: ConfigurationNode) throws {
        let keys = try node.mapping(keys: ["dimension", "factor"])
        let letterNode = try keys.required("dimension")
        let letter = try letterNode.string()
        guard let dimension = Dimension.allCases.first(where: { $0.letter == letter }) else {
            throw letterNode.error(
                expected: "a dimension's letter", remedy: remedyForUnknown(letter, among: Dimension.letters))
        }
        self.init(dimension, factor: try keys.required("factor").integer(in: 1...Int.max))
    }
}

extension Extents {
    fileprivate init(_ node: ConfigurationNode) throws {
        let keys = try node.mapping(keys: Dimension.letters)
        self.init()
        for dimension in Dimension.allCases {
            guard let extent = keys.optional(dimension.letter) else { continue }
            self[dimension] = try extent.integer(in: 1...Int.max)
        }
    }
}

extension LoopOrder {
    fileprivate init(_ node: ConfigurationNode) throws {
        let letters = try node.string().map(String.init)
        let dimensions = letters.compactMap { letter in Dimension.allCases.first { $0.letter == letter } }
        guard letters.count == 8, Set(dimensions).count == 8 else {
            let unknown = letters.filter { !Dimension.letters.contains($0) }
            let missing = Dimension.letters.filter { !letters.contains($0) }
            let faults = [
                unknown.isEmpty ? nil : "no dimension is called \(unknown.prefix(8).joined(separator: ", "))",
                missing.isEmpty ? "each letter stands once" : "missing: \(missing.joined(separator: ", "))",
            ]
            throw node.error(
                expected: "a loop order with each of \(Dimension.letters.joined()) once, the outermost first",
                remedy: faults.compactMap(\.self).joined(separator: "; "))
        }
        self.init(dimensions)
    }
}

extension Dimension {
    fileprivate static let letters = Dimension.allCases.map(\.letter)
}
