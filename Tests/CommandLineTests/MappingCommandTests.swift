import Foundation
import TestSupport
import Testing

/// `fast schedule --mapping`, as a user meets it.
struct MappingCommandTests {
    private static let operatorName = "stage1.block1.2.conv"

    private static func schedule(_ more: String..., on design: String = "tpu-v3") throws -> FastProcess {
        let folder = try TemporaryFolder()
        let arguments = ["schedule", "-w", "resnet-50-v2", "-d", design] + more
        let process = try FastProcess.start(arguments, output: folder.url("out"), errors: folder.url("err"))
        process.waitUntilExit()
        return FastProcess(
            status: process.terminationStatus, output: try String(contentsOf: folder.url("out"), encoding: .utf8),
            errors: try String(contentsOf: folder.url("err"), encoding: .utf8))
    }

    private static func row(_ process: FastProcess) throws -> [String: Any] {
        #expect(process.status == 0, "\(process.errors)")
        let operators = try #require(try process.json["operators"] as? [[String: Any]])
        #expect(operators.count == 1)
        return try #require(operators.first)
    }

    @Test(arguments: ["tpu-v3", "tpu-v4i"]) func thePrintedMappingIsEvaluatedToItsOwnCost(design: String) throws {
        let found = try Self.row(Self.schedule("--operator", Self.operatorName, "--json", on: design))
        let folder = try TemporaryFolder()
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: try #require(found["mapping"])), as: UTF8.self)
        let path = try folder.write(text, to: "mapping.json")
        let again = try Self.row(
            Self.schedule("--operator", Self.operatorName, "--mapping", path, "--json", on: design))
        let comparison = try #require(again["mapper"] as? [String: Any])
        #expect(comparison["isSameMapping"] as? Bool == true)
        #expect(comparison["cyclesRatio"] as? Double == 1)
        for key in ["cycles", "lowerBoundCycles", "energyPJ", "utilization"] {
            #expect(again[key] as? Double == found[key] as? Double, "\(key)")
        }
        #expect(again["provenOptimal"] as? Bool == found["provenOptimal"] as? Bool)
        let cycles = try #require(again["cyclesByResource"] as? [String: Double])
        let start = try #require(cycles["start"])
        let busiest = try #require(cycles.filter { $0.key != "start" }.max { $0.value < $1.value })
        #expect(again["bound"] as? String == busiest.key)
        let all = try #require(again["cycles"] as? Double)
        #expect(abs((busiest.value + start) / all - 1) < 1e-12)
    }

    /// The example of docs/MAPPING.md is a mapping that runs, and takes what the page says.
    @Test func theExampleOfTheDocumentationWorks() throws {
        let page = try String(contentsOf: Repository.root.appendingPathComponent("docs/MAPPING.md"), encoding: .utf8)
        let example = try #require(page.components(separatedBy: "```yaml\n").dropFirst().first)
        let yaml = try #require(example.components(separatedBy: "```").first)
        let folder = try TemporaryFolder()
        let result = try Self.schedule(
            "--operator", Self.operatorName, "--mapping", folder.write(yaml, to: "conv.yaml"))
        #expect(result.status == 0, "\(result.errors)")
        let shown = try #require(page.components(separatedBy: "```text\n").dropFirst().first)
        let listing = try #require(shown.components(separatedBy: "```").first)
        // The mapping's file stands in a folder here.
        for line in listing.split(separator: "\n") where !line.contains("conv.yaml") {
            #expect(result.output.contains(line), "\(line)")
        }
    }

    @Test func oneOperatorIsPrintedAsItsLoops() throws {
        let text = try Self.schedule("--operator", Self.operatorName).output
        for words in ["DRAM [input", "Global Memory [input", "PE grid 2×2", "L1 [", "array 128×128", "in [0:"] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(!text.contains("[0:1)"))
        #expect(text.contains("the bound") && text.contains("utilisation"))
    }

    @Test func aMappingThatOverflowsIsRefusedWithItsLine() throws {
        let folder = try TemporaryFolder()
        let unit = "unit: {name: array weight-stationary}\n"
        for (yaml, place, hint) in [
            (unit + "l1Tile: {K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3}\n", "m.yaml:2: l1Tile", "262144 bytes"),
            (unit + "l1Tile: {K: 64, C: 64, P: 1, Q: 1}\n", "m.yaml:2: l1Tile.R", "write R: 3, S: 3"),
            (unit + "l1Tile: {K: 4611686018427387904, R: 3, S: 3}\n", "m.yaml:2: l1Tile.K", "at most 64"),
            (unit + "l1Tile: {R: 3, S: 3}\ngridX: {dimension: S, factor: 2}\n", "m.yaml:3: gridX.dimension", "one PE"),
            ("unit: {name: vector}\nl1Tile: {R: 3, S: 3}\n", "m.yaml:1: unit.name", "several groups"),
            (unit + "l1Tile: {R: 3, S: 3\n", "m.yaml", "not YAML"),
        ] {
            let path = try folder.write(yaml, to: "m.yaml")
            let result = try Self.schedule("--operator", Self.operatorName, "--mapping", path)
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains(place) && result.errors.contains(hint), "\(result.errors)")
            #expect(result.output.isEmpty)
        }
    }

    @Test func aMappingNeedsItsOperatorAndItsFile() throws {
        let lonely = try Self.schedule("--mapping", "m.yaml")
        #expect(lonely.status == 64 && lonely.errors.contains("--operator"), "\(lonely.errors)")
        let missing = try Self.schedule("--operator", Self.operatorName, "--mapping", "no/such.yaml")
        #expect(missing.status == 66 && missing.errors.contains("no/such.yaml"), "\(missing.errors)")
    }

    @Test func theTableSaysWhatIsProven() throws {
        let result = try Self.schedule()
        let lines = result.output.split(separator: "\n")
        #expect(lines.first?.contains("proven") == true)
        let json = try Self.schedule("--json").json
        let operators = try #require(json["operators"] as? [[String: Any]])
        for (line, row) in zip(lines.dropFirst(), operators) {
            #expect(line.contains(row["provenOptimal"] as? Bool == true ? " yes " : " no "), "\(line)")
        }
    }
}
