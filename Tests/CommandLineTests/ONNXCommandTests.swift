import Foundation
import TestSupport
import Testing

/// ONNX files where a command takes a network.
struct ONNXCommandTests {
    private static let resnet = "Tests/Fixtures/onnx/resnetv2_50_dynN.dyn18.onnx"

    @Test func showsAFile() throws {
        let result = try FastProcess.run("workload", "show", Self.resnet, "--batch", "4", "--json")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let json = try result.json
        #expect(json["batch"] as? Int == 4)
        #expect(json["macs"] as? Int == 4 * 4_089_184_256)
        let inputs = try #require(json["inputs"] as? [[String: Any]])
        #expect(inputs.first?["shape"] as? [Int] == [4, 3, 224, 224])
    }

    @Test func drawsTheGraph() throws {
        let folder = try TemporaryFolder()
        let file = folder.url("graph.dot")
        let result = try FastProcess.run("workload", "show", Self.resnet, "--dot", file.path, "--json")
        #expect(result.status == 0, "\(result.errors)")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.hasPrefix("digraph \"") && text.contains(" -> ") && text.hasSuffix("}\n"))
        #expect(try FastProcess.run("workload", "show", Self.resnet, "--dot", "/absent/graph.dot").status == 73)
    }

    /// Half the bytes in int8, twice in float32, which the array takes six times.
    @Test func numericsDecideTrafficAndTime() throws {
        func figures(_ type: String) throws -> (seconds: Double, bytes: Int, energy: Double) {
            let json = try FastProcess.run(
                "simulate", "-w", "bert-base-128", "-d", "tpu-v3", "--numerics", type, "--json"
            ).json
            let regions = try #require(json["regions"] as? [[String: Any]])
            return (
                try #require(json["latencySeconds"] as? Double),
                regions.reduce(0) { $0 + ($1["dramBytes"] as? Int ?? 0) }, try #require(json["energyJoules"] as? Double)
            )
        }
        let (int8, half, full) = (try figures("int8"), try figures("bfloat16"), try figures("float32"))
        // Indices keep their four bytes.
        #expect(abs(Double(int8.bytes) / Double(half.bytes) - 0.5) < 0.01)
        #expect(abs(Double(full.bytes) / Double(half.bytes) - 2) < 0.01)
        #expect(int8.seconds < half.seconds && full.seconds > 1.9 * half.seconds)
        #expect(int8.energy < half.energy && full.energy > 2 * half.energy)
        let wrong = try FastProcess.run("simulate", "-w", "bert-base-128", "-d", "tpu-v3", "--numerics", "fp8")
        #expect(wrong.status == 64 && wrong.errors.contains("bfloat16, float16, float32, int8"))
    }

    /// What the user asked for is at fault, not the file.
    @Test func aBatchOfNoneIsAUsageError() throws {
        let result = try FastProcess.run("workload", "show", Self.resnet, "--batch", "0")
        #expect(result.status == 64 && result.errors.contains("batch: expected a batch of at least 1, found 0"))
    }

    @Test func unknownOperatorsAreAWarningIfAskedFor() throws {
        let result = try FastProcess.run(
            "workload", "show", "Tests/Fixtures/onnx/bad/04_unknown_op_domain.onnx", "--unknown-operators",
            "elementwise", "--json")
        #expect(result.status == 0)
        #expect(result.errors.contains("FancyFusedThing"))
        #expect(try result.json["operators"] as? [[String: Any]] != nil)
    }

    /// A symbolic batch is the design's, a fixed one the file's; the baseline's likewise.
    @Test func simulatesAFile() throws {
        let json = try FastProcess.run("simulate", "-w", Self.resnet, "-d", "tpu-v3", "--json").json
        #expect(json["batch"] as? Int == 64)
        let ratios = try #require(json["baseline"] as? [String: Any])
        #expect(ratios["perf"] as? Double == 1)
        let fixed = try FastProcess.run(
            "simulate", "-w", "Tests/Fixtures/onnx/efficientnet_b0_batch8.dyn18.onnx", "-d", "tpu-v3", "--json"
        ).json
        #expect(fixed["batch"] as? Int == 8)
    }

    /// A problem names files relative to itself; the run resumes from anywhere, and its report says how it is made again.
    @Test func searchesForFiles() throws {
        let folder = try TemporaryFolder()
        let sources = [
            "my model.onnx": Self.resnet, "my node.yaml": "environments/technologies/7nm.yaml",
            "chip.yaml": "environments/baselines/tpu-v3.yaml", "costs.yaml": "environments/economics/datacenter.yaml",
        ]
        for (name, source) in sources {
            try FileManager.default.copyItem(at: Repository.root.appendingPathComponent(source), to: folder.url(name))
        }
        _ = try folder.write(
            """
            {name: mine, workloads: [my model.onnx], technology: my node.yaml, baseline: ./chip.yaml,
             objective: perf-per-tco, economics: costs.yaml}
            """, to: "mine.yaml")
        let run = folder.url("run").path
        let json = try FastProcess.run(
            "train", "-e", folder.url("mine.yaml").path, "-a", "random", "--trials", "4", "--seed", "1", "--run", run,
            "--json"
        ).json
        #expect(json["trials"] as? Int == 4)
        let resumed = try FastProcess.run("resume", run, "--trials", "6", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try resumed.json["trials"] as? Int == 6)
        #expect(try FastProcess.run("report", run).status == 0)
        let report = try String(contentsOfFile: run + "/report.html", encoding: .utf8)
        #expect(report.contains("fast train --environment mine.yaml --agent random "))
        #expect(report.contains("its problem as mine.yaml:"))
        #expect(report.contains("Area, my node") && !report.contains("Area, /"))
    }
}
