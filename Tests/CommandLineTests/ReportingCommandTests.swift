import Foundation
import Testing

/// What the reporting commands print, against figures that others published.
struct ReportingCommandTests {
    @Test func showsAWorkloadAsPublished() throws {
        let result = try FastProcess.run("workload", "show", "efficientnet-b0", "--batch", "8", "--json")
        #expect(result.status == 0 && result.errors.isEmpty)
        let json = try result.json
        // Row efficientnet_b0_batch8 of the reference data.
        #expect(json["parameters"] as? Int == 5_288_548)
        #expect(json["macs"] as? Int == 3_086_518_016)
        let kinds = try #require(json["macsByKind"] as? [String: Int])
        #expect(kinds["depthwise"] == 276_256_512 && kinds["linear"] == 10_240_000)
        let operators = try #require(json["operators"] as? [[String: Any]])
        #expect(operators.compactMap { $0["macs"] as? Int }.reduce(0, +) == 3_086_518_016)
    }

    @Test func theBaselineIsItsOwnMeasure() throws {
        let json = try FastProcess.run("simulate", "-w", "resnet-50-v2", "-d", "tpu-v3", "--json").json
        let ratios = try #require(json["baseline"] as? [String: Any])
        #expect(ratios["perf"] as? Double == 1 && ratios["perfPerTdp"] as? Double == 1)
        #expect(json["feasible"] as? Bool == true)
        let regions = try #require(json["regions"] as? [[String: Any]])
        let seconds = regions.compactMap { $0["seconds"] as? Double }.reduce(0, +)
        let latency = try #require(json["latencySeconds"] as? Double)
        #expect(abs(seconds / latency - 1) < 1e-9)
        #expect(regions.compactMap { $0["macs"] as? Int }.reduce(0, +) == 64 * 4_089_184_256)
    }

    @Test func componentsAddUp() throws {
        let json = try FastProcess.run("hardware", "show", "tpu-v3", "--json").json
        let components = try #require(json["components"] as? [[String: Any]])
        for key in ["areaMM2", "tdpWatts"] {
            let sum = components.compactMap { $0[key] as? Double }.reduce(0, +)
            let total = try #require(json[key] as? Double)
            #expect(abs(sum / total - 1) < 1e-9)
        }
        // 4 arrays of 128×128, two operations a MAC, 0.94 GHz.
        let peak = try #require(json["peakTFLOPS"] as? Double)
        #expect(abs(peak - 4 * 128 * 128 * 2 * 0.94 / 1000) < 1e-9)
    }

    @Test func oneArrayTakesScaleSimsCycles() throws {
        // SCALE-Sim reports 1,910,031 for this row, one less than its closed form.
        let json = try FastProcess.run(
            "schedule", "array", "--rows", "8", "--columns", "8", "--dataflow", "weight-stationary", "--gemm",
            "12544,64,147", "--json"
        ).json
        #expect(json["computeCycles"] as? Int == 1_910_032)
    }

    @Test func schedulesAndCompilesEveryTensorOperator() throws {
        let schedule = try FastProcess.run("schedule", "-w", "bert-base-128", "-d", "tpu-v4i", "--json").json
        let operators = try #require(schedule["operators"] as? [[String: Any]])
        #expect(operators.count == 73 + 24)
        for row in operators {
            let cycles = try #require(row["cycles"] as? Double)
            let bound = try #require(row["lowerBoundCycles"] as? Double)
            #expect(cycles >= bound * (1 - 1e-12))
        }
        let compiled = try FastProcess.run("compile", "-w", "bert-base-128", "-d", "tpu-v4i", "--json").json
        let residency = try #require(compiled["residency"] as? [String: Any])
        let peak = try #require(residency["peakBytes"] as? Int)
        let capacity = try #require(residency["capacityBytes"] as? Int)
        #expect(peak <= capacity)
    }

    @Test func listsProblemsAndChecksOne() throws {
        let listed = try FastProcess.run("environment", "list", "--json").json
        let names = try #require(listed["environments"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        #expect(Set(names).isSuperset(of: ["efficientnet-b7", "bert-base-1024", "resnet-50-v2", "suite"]))
        let checked = try FastProcess.run("environment", "check", "efficientnet-b0", "--json")
        #expect(checked.status == 0)
        let checks = try #require(try checked.json["checks"] as? [[String: Any]])
        #expect(checks.count > 10 && checks.allSatisfy { $0["passed"] as? Bool == true })
    }
}
