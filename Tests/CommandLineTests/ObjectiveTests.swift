import Foundation
import TestSupport
import Testing

/// Every objective of a problem file, against what `fast simulate` says of the design and the baseline.
@Suite struct ObjectiveTests {
    private static let weights = ["efficientnet-b0": 3.0, "mobilenet-v2": 1]

    private struct Figures {
        var perf: Double
        var energy: Double
        var latency: Double
        var tdp: Double
        var area: Double

        init(_ workload: String, on design: String) throws {
            let json = try FastProcess.run("simulate", "-w", workload, "-d", design, "--json").json
            func number(_ key: String) throws -> Double { try #require(json[key] as? Double, "\(key)") }
            perf = try number("inferencesPerSecond")
            energy = try number("energyJoules")
            latency = try number("latencySeconds")
            tdp = try number("tdpWatts")
            area = try number("areaMM2")
        }
    }

    private func train(_ objective: String, _ constraints: String, in folder: TemporaryFolder) throws -> [String: Any] {
        let problem = try folder.write(
            """
            name: test
            workloads: [{name: efficientnet-b0, weight: 3}, mobilenet-v2]
            objective: \(objective)
            constraints: \(constraints)
            """, to: "\(objective).yaml")
        let result = try FastProcess.run(
            "train", "-e", problem, "-a", "random", "--trials", "12", "--seed", "4", "--run", folder.path("run"),
            "--quiet", "--json")
        #expect(result.status == 0, "\(result.errors)")
        return try result.json
    }

    @Test(arguments: ["perf-per-tdp", "perf", "energy", "perf-per-tco"])
    func theBestIsWhatItsFiguresSay(objective: String) throws {
        let folder = try TemporaryFolder()
        let best = try #require(train(objective, "{areaMM2: 250, tdpWatts: 150}", in: folder)["best"] as? [String: Any])
        // JSON is YAML.
        let design = try folder.write(
            String(decoding: JSONSerialization.data(withJSONObject: try #require(best["design"])), as: UTF8.self),
            to: "design.yaml")
        var log = 0.0
        for (workload, weight) in Self.weights {
            let (mine, its) = (try Figures(workload, on: design), try Figures(workload, on: "tpu-v3"))
            #expect(mine.area <= 250 && mine.tdp <= 150)
            let ratio: Double
            switch objective {
            case "perf": ratio = mine.perf / its.perf
            case "perf-per-tdp": ratio = mine.perf / mine.tdp / (its.perf / its.tdp)
            case "energy": ratio = its.energy / mine.energy
            default:
                let roi = try FastProcess.run("roi", "-d", design, "-w", workload, "--json").json
                let total = { (key: String) in (roi[key] as? [String: Any])?["totalUSD"] as? Double ?? .nan }
                ratio = mine.perf / total("designTco") / (its.perf / total("baselineTco"))
            }
            log += weight / 4 * Foundation.log(ratio)
        }
        let found = try #require(best["objective"] as? Double)
        #expect(abs(found / exp(log) - 1) < 1e-9, "\(found) \(exp(log))")
    }

    /// Latency-bounded throughput: the best keeps to the limit on every workload, and a limit that none keeps to is diagnosed.
    @Test func latencyBoundsThroughput() throws {
        let folder = try TemporaryFolder()
        let limit = 0.02
        let best = try #require(train("perf", "{latencySeconds: \(limit)}", in: folder)["best"] as? [String: Any])
        let workloads = try #require(best["workloads"] as? [[String: Any]])
        #expect(workloads.count == 2)
        #expect(workloads.allSatisfy { ($0["latencySeconds"] as? Double ?? .infinity) <= limit })
        let other = try TemporaryFolder()
        let none = try train("perf", "{latencySeconds: 1e-9}", in: other)
        #expect(none["best"] is NSNull && none["infeasible"] as? Int == 12)
    }

    /// The costs of a run are those that it began with.
    @Test func aRunKeepsItsCosts() throws {
        let folder = try TemporaryFolder()
        let shipped = Repository.root.appendingPathComponent("environments/economics/datacenter.yaml")
        let text = try String(contentsOf: shipped, encoding: .utf8)
        let costs = try folder.write(text, to: "costs.yaml")
        let problem = try folder.write(
            "name: test\nworkloads: [mobilenet-v2]\nobjective: perf-per-tco\neconomics: \(costs)\n", to: "p.yaml")
        let run = folder.path("run")
        let first = try FastProcess.run(
            "train", "-e", problem, "-a", "random", "--trials", "3", "--run", run, "--quiet", "--json")
        #expect(first.status == 0, "\(first.errors)")
        _ = try folder.write(text.replacing("card: {value: 100", with: "card: {value: 240"), to: "costs.yaml")
        let more = try FastProcess.run("resume", run, "--trials", "20", "--quiet", "--json")
        #expect(more.status == 0, "\(more.errors)")
        let whole = try FastProcess.run(
            "train", "-e", problem, "-a", "random", "--trials", "20", "--run", folder.path("other"), "--quiet", "--json"
        )
        func objective(_ result: FastProcess) throws -> Double {
            try #require((try result.json["best"] as? [String: Any])?["objective"] as? Double)
        }
        #expect(try objective(more) != objective(whole))
        try FileManager.default.removeItem(at: folder.url("costs.yaml"))
        #expect(try FastProcess.run("roi", "--run", run, "--json").status == 0)
        #expect(try FastProcess.run("report", run).status == 0)
        #expect(try FastProcess.run("train", "-e", problem, "-a", "random", "--run", folder.path("new")).status == 66)
    }
}
