import Accelerators
import Diagnostics
import Foundation
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// What is printed of a mapping reads back, and what is wrong in a file is named with its place.
@Suite struct MappingFileTests {
    static func json(_ mapping: Mapping) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(mapping), as: UTF8.self)
    }

    @Test func mappingsOfTheZooReadBackEqual() throws {
        var generator = SplitMix64(seed: 21)
        var units: Set<String> = []
        for _ in 0..<1200 {
            let nest = try #require(MapperTests.zoo.randomElement(using: &generator))
            let view = SchedulingView(MapperTests.datapath(using: &generator))
            let padding: CompilerOptions.Padding = generator.chance(3) ? .none : .array
            let dataflow = CompilerOptions.DataflowChoice.allCases.randomElement(using: &generator) ?? .best
            let mapped = try BranchAndBoundMapper().bestMapping(
                of: nest, on: view, under: MappingConstraints(dataflow: dataflow, padding: padding))
            var mapping = mapped.mapping
            units.insert(mapping.unit.name)
            let file = try MappingFile(yaml: Self.json(mapping), file: "mapping.json")
            try #require(file.mapping == mapping)
            try file.validate(for: nest, on: view)
            if padding == .array {
                let evaluation = MappingEvaluation(of: file.mapping, nest: nest, on: view)
                try #require(evaluation.cost == mapped.cost)
                try #require(abs(evaluation.cycles - mapped.cycles) <= 1e-12 * mapped.cycles)
            }
            mapping.arrayRows = generator.number(1...view.array.rows)
            mapping.arrayColumns = generator.number(1...view.array.columns)
            try #require(MappingFile(yaml: Self.json(mapping), file: "mapping.json").mapping == mapping)
        }
        #expect(units.count == 6)
    }

    @Test func mappingsThatNoMapperWouldFindReadBackEqual() throws {
        var generator = SplitMix64(seed: 22)
        for _ in 0..<500 {
            let variety = MappingVariety(hasL2: generator.chance(2), hasGlobalMemory: generator.chance(2))
            let nest = NestVariety().nest(using: &generator)
            let unit: ComputeUnit =
                generator.chance(2)
                ? .arrayBlockDiagonal(groups: generator.number(1...4), taps: generator.number(1...9)) : .vector
            let mapping = variety.mapping(of: nest, unit: unit, using: &generator)
            try #require(MappingFile(yaml: Self.json(mapping), file: "mapping.json").mapping == mapping)
        }
    }

    @Test func whatIsLeftOutIsOneTileOfTheLevelWithin() throws {
        let short = try MappingFile(
            yaml: "unit: {name: array weight-stationary}\nl1Tile: {K: 4, N: 2}\ngridY: {dimension: N, factor: 3}\n",
            file: "short.yaml"
        ).mapping
        var tile = Extents()
        tile[.outputChannels] = 4
        tile[.batch] = 2
        #expect(short.l1Tile == tile && short.l2Tile == tile)
        tile[.batch] = 6
        #expect(short.globalTile == tile)
        #expect(short.gridX.factor == 1)
        #expect(short.arrayRows == nil && short.arrayColumns == nil)
        let orders = [short.l2Order, short.globalOrder, short.dramOrder].map(\.letters)
        #expect(orders == ["GNPQKRSC", "GNPQKRSC", "GNPQKRSC"])
    }

    private static let good = """
        unit: {name: array weight-stationary}
        gridX: {dimension: K, factor: 2}
        l1Tile: {K: 32, C: 16}
        dramOrder: GKNPQRSC

        """

    struct Fault: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var line: Int?
        var field: String?
        var words: [String]
        var testDescription: String { "\(old) → \(new.prefix(40))" }
    }

    @Test(arguments: [
        Fault(old: "K: 32", new: "k: 32", line: 3, field: "l1Tile", words: ["unknown key 'k'", "did you mean 'K'"]),
        Fault(
            old: "K: 32", new: "X: 32", line: 3, field: "l1Tile", words: ["unknown key 'X'", "G, N, K, C, P, Q, R, S"]),
        Fault(old: "K: 32", new: "K: 0", line: 3, field: "l1Tile.K", words: ["at least 1", "'0'"]),
        Fault(old: "K: 32", new: "K: -4", line: 3, field: "l1Tile.K", words: ["at least 1", "'-4'"]),
        Fault(old: "K: 32", new: "K: 3.5", line: 3, field: "l1Tile.K", words: ["whole number", "'3.5'"]),
        Fault(old: "K: 32", new: "K: many", line: 3, field: "l1Tile.K", words: ["whole number", "'many'"]),
        Fault(old: "K: 32", new: "K: 99999999999999999999", line: 3, field: "l1Tile.K", words: ["whole number"]),
        Fault(old: "K: 32", new: "K: [1]", line: 3, field: "l1Tile.K", words: ["whole number", "a list of 1"]),
        Fault(old: "K: 32", new: "K: 32, K: 16", line: 3, field: nil, words: ["'K' stands here twice"]),
        Fault(old: "{K: 32, C: 16}", new: "K32 C16", line: 3, field: "l1Tile", words: ["expected a mapping"]),
        Fault(old: "l1Tile: {K: 32, C: 16}", new: "", line: 1, field: nil, words: ["expected the key 'l1Tile'"]),
        Fault(old: "unit: {name: array weight-stationary}", new: "", line: 2, field: nil, words: ["'unit'"]),
        Fault(
            old: "weight-stationary", new: "weight-stationery", line: 1, field: "unit.name",
            words: ["did you mean 'array weight-stationary'"]),
        Fault(old: "array weight-stationary", new: "tensor core", line: 1, field: "unit.name", words: ["known: array"]),
        Fault(
            old: "array weight-stationary", new: "array block-diagonal, taps: 9", line: 1, field: "unit",
            words: ["'groups'"]),
        Fault(
            old: "array weight-stationary", new: "array block-diagonal, groups: 9", line: 1, field: "unit",
            words: ["'taps'"]),
        Fault(
            old: "array weight-stationary", new: "array taps, groups: 2, taps: 9", line: 1, field: "unit.groups",
            words: ["'2'"]),
        Fault(
            old: "array weight-stationary", new: "vector, taps: 9", line: 1, field: "unit.taps",
            words: ["neither groups nor taps"]),
        Fault(old: "dimension: K", new: "dimension: H", line: 2, field: "gridX.dimension", words: ["known: G, N"]),
        Fault(old: "factor: 2", new: "factor: 0", line: 2, field: "gridX.factor", words: ["at least 1"]),
        Fault(old: ", factor: 2", new: "", line: 2, field: "gridX", words: ["'factor'"]),
        Fault(old: "GKNPQRSC", new: "GKNPQRS", line: 4, field: "dramOrder", words: ["missing: C"]),
        Fault(old: "GKNPQRSC", new: "GKNPQRSCC", line: 4, field: "dramOrder", words: ["each letter stands once"]),
        Fault(old: "GKNPQRSC", new: "GKNPQRSX", line: 4, field: "dramOrder", words: ["called X", "missing: C"]),
        Fault(old: "dramOrder", new: "dramorder", line: 4, field: nil, words: ["did you mean 'dramOrder'"]),
        Fault(old: "C: 16}", new: "C: 16", line: 4, field: nil, words: ["this is not YAML"]),
        Fault(old: good, new: "", line: nil, field: nil, words: ["found nothing"]),
        Fault(old: good, new: "[1, 2]", line: 1, field: nil, words: ["a list of 2"]),
        Fault(
            old: "factor: 2", new: "factor: \(Int.max)", line: 1, field: nil, words: ["2^63", "l2Tile"]),
    ])
    func aFaultInAFileIsNamed(fault: Fault) throws {
        let text = Self.good.replacingOccurrences(of: fault.old, with: fault.new)
        _ = try MappingFile(yaml: Self.good, file: "good.yaml")
        let error = #expect(throws: DiagnosticError.self) { try MappingFile(yaml: text, file: "bad.yaml") }
        #expect(error?.kind == .badData)
        #expect(error?.location.file == "bad.yaml")
        #expect(error?.location.line == fault.line)
        #expect(error?.location.field == fault.field)
        for word in fault.words { #expect("\(String(describing: error))".contains(word)) }
    }

    /// Faults that only the operator and the design show have a line too.
    @Test func aFaultOfTheMappingStandsAtItsLine() throws {
        let nest = LoopNest(outputChannels: 64, inputChannels: 64, outputHeight: 8, outputWidth: 8)
        let view = roomyView(hasL2: false, hasGlobalMemory: true)
        let file = try MappingFile(yaml: Self.good + "globalTile: {K: 32, C: 16}\n", file: "m.yaml")
        let error = #expect(throws: DiagnosticError.self) { try file.validate(for: nest, on: view) }
        #expect(error?.location == SourceLocation(file: "m.yaml", line: 5, field: "globalTile.K"))
        #expect(error?.kind == .badData)
    }

    @Test func aFileThatIsNotThereIsMissing() {
        let error = #expect(throws: DiagnosticError.self) { try MappingFile(contentsOfFile: "no/such/mapping.yaml") }
        #expect(error?.kind == .missingInput)
    }
}
