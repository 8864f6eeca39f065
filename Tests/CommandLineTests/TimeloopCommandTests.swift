import Foundation
import TestSupport
import Testing

/// `fast timeloop` from the outside: what it prints, writes and refuses.
struct TimeloopCommandTests {
    private static let fixtures = Repository.fixtures.appendingPathComponent("Timeloop").path

    private func evaluation(architecture: String, problem: String, mapping: String) -> [String] {
        ["timeloop", "evaluate", "--architecture", architecture, "--problem", problem, "--mapping", mapping, "--json"]
    }

    private var conv1: [String] {
        evaluation(
            architecture: "\(Self.fixtures)/architectures/b_8x8pe_32x32.yaml",
            problem: "\(Self.fixtures)/layers/rn50_conv1_7x7s2.yaml",
            mapping: "\(Self.fixtures)/mappings/b_8x8pe_32x32/rn50_conv1_7x7s2/guided_edp.map.yaml")
    }

    @Test func evaluatesAReferenceMapping() throws {
        let json = try FastProcess.run(conv1).json
        #expect(json["cycles"] as? Double == 87808 && json["computeCycles"] as? Double == 87808)
        let energy = try #require(json["energyPJ"] as? Double)
        #expect(abs(energy / 1e6 - 3047.08) < 0.006)
        let edp = try #require(json["edp"] as? Double)
        #expect(abs(edp - 2.68e2) < 1)
        let levels = try #require(json["levels"] as? [[String: Any]])
        #expect(levels.compactMap { $0["name"] as? String } == ["Reg", "Col", "L1_w", "L1_in", "L1_out", "L3", "DRAM"])
        // Timeloop: 157,323 words into each of 16 instances.
        let tensors = try #require(levels[3]["tensors"] as? [[String: Any]])
        #expect(tensors[0]["name"] as? String == "Inputs" && tensors[0]["fills"] as? Double == 16 * 157_323)
        #expect(try #require(json["evaluationSeconds"] as? Double) > 0)
    }

    @Test func whatIsExportedCanBeEvaluated() throws {
        let folder = try TemporaryFolder()
        // Steps an image: 112² · 64 · 7² · 3 MACs, and 56² · 96 · 3² taps of three lane operations each.
        for (workload, name, steps) in [
            ("resnet-50-v2", "stem.conv", 118_013_952),
            ("efficientnet-b0", "stage2.block1.depthwise.conv", 3 * 2_709_504),
        ] {
            let path = folder.path(name)
            let export = try FastProcess.run([
                "timeloop", "export", "-w", workload, "-d", "tpu-v4i", "--operator", name, "--output", path, "--json",
            ])
            #expect(export.status == 0)
            let files = try #require(try export.json["files"] as? [String])
            #expect(files == ["arch.yaml", "problem.yaml", "map.yaml"].map { "\(path)/\($0)" })
            let json = try FastProcess.run(
                evaluation(architecture: files[0], problem: files[1], mapping: files[2])
            ).json
            let batch = try #require(json["computes"] as? Double) / Double(steps)
            #expect(batch == 64)
            let told = try ["scheduleCycles", "mappingCycles", "fileCycles"].map {
                try #require(try export.json[$0] as? [String: Double])
            }
            #expect(told[2]["total"] == json["cycles"] as? Double)
            #expect(told[1]["compute"] == json["computeCycles"] as? Double)
            let schedule = try FastProcess.run([
                "schedule", "-w", workload, "-d", "tpu-v4i", "--operator", name, "--json",
            ]).json
            let operators = try #require(schedule["operators"] as? [[String: Any]])
            #expect(told[0]["total"] == operators[0]["cycles"] as? Double)
            // Factors can say no more than our own loops.
            #expect(try #require(told[1]["total"]) >= #require(told[0]["total"]))
        }
    }

    @Test func refusals() throws {
        let folder = try TemporaryFolder()
        var absent = conv1
        absent[7] = folder.path("no.yaml")
        #expect(try FastProcess.run(absent).status == 66)
        var wrong = conv1
        wrong[7] = wrong[5]
        let refusal = try FastProcess.run(wrong)
        #expect(refusal.status == 65 && refusal.errors.contains("'mapping'"), "\(refusal.errors)")
        try Data().write(to: folder.url("file"))
        for (output, status) in [(folder.path("file"), 73), (folder.path("file/x"), 73), ("", 64)] {
            let export = try FastProcess.run([
                "timeloop", "export", "-w", "resnet-50-v2", "-d", "tpu-v3", "--operator", "stem.conv", "--output",
                output,
            ])
            #expect(export.status == status && export.errors.contains("--output"), "\(export.errors)")
        }
        let unknown = try FastProcess.run([
            "timeloop", "export", "-w", "resnet-50-v2", "-d", "tpu-v3", "--operator", "stem.cnv", "--output",
            folder.path("x"),
        ])
        #expect(unknown.status == 64 && unknown.errors.contains("stem.conv"), "\(unknown.errors)")
    }
}
