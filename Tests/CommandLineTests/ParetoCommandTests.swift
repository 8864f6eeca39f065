import Foundation
import TestSupport
import Testing

@Suite struct ParetoCommandTests {
    @Test func frontsOfRunsAreShownInEveryForm() throws {
        let folder = try TemporaryFolder()
        for seed in ["1", "2"] {
            let run = try FastProcess.run(
                "train", "-e", "efficientnet-b0", "-a", "random", "--trials", "25", "--seed", seed, "--run",
                folder.path(seed), "--quiet")
            #expect(run.status == 0, "\(run.errors)")
        }
        let (csv, page) = (folder.path("front.csv"), folder.path("front.html"))
        let result = try FastProcess.run(
            "pareto", folder.path("1"), folder.path("2"), "--metrics", "perf,tdp,area", "--csv", csv, "-o", page,
            "--json")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let json = try result.json
        let designs = try #require(json["designs"] as? [[String: Any]])
        let points = try designs.map { design in
            let values = try #require(design["values"] as? [String: Double])
            return try [
                -#require(values["inferencesPerSecond"]), #require(values["tdpWatts"]), #require(values["areaMM2"]),
            ]
        }
        #expect(json["files"] as? [String] == [csv, page])
        #expect(!points.isEmpty && json["feasibleTrials"] as? Int ?? 0 >= points.count)
        for (index, one) in points.enumerated() {
            for (position, other) in points.enumerated() where position != index {
                #expect(!(zip(one, other).allSatisfy(<=) && one != other))
            }
        }
        #expect(try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n").count == points.count + 1)
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("</html>"))
        let text = try FastProcess.run("pareto", folder.path("1"), "--metrics", "energy,tco")
        #expect(text.status == 0 && text.output.contains("on the front of energy and TCO"))
    }

    @Test func badInputIsAnExitCode() throws {
        let folder = try TemporaryFolder()
        let run = folder.path("run")
        func train(_ problem: String, _ path: String) throws {
            let result = try FastProcess.run(
                "train", "-e", problem, "-a", "random", "--trials", "3", "--run", path, "--quiet")
            #expect(result.status == 0, "\(result.errors)")
        }
        try train("mobilenet-v2", run)
        try train("efficientnet-b0", folder.path("other"))
        let impossible = try folder.write(
            "name: p\nworkloads: [mobilenet-v2]\nconstraints: {latencySeconds: 1e-9}\n", to: "p.yaml")
        try train(impossible, folder.path("none"))
        for (arguments, status, part) in [
            ([run, "--metrics", "perf,speed"], 64, "known: perf"), ([run, "--metrics", "perf"], 64, "two or three"),
            ([folder.path("nowhere")], 66, "no such run"), ([run, folder.path("other")], 78, "expected the workloads"),
            ([folder.path("none")], 65, "0 feasible designs"),
            ([run, "--csv", folder.path("no/where.csv")], 73, "written"),
            ([run, "--metrics", "perf,tco", "--economics", "nowhere"], 66, "datacenter"), ([], 64, "Missing"),
        ] as [([String], Int32, String)] {
            let result = try FastProcess.run(["pareto"] + arguments)
            #expect(result.status == status && result.errors.contains(part), "\(arguments): \(result)")
            #expect(result.output.isEmpty)
        }
        try Data("not a database".utf8).write(to: URL(fileURLWithPath: run + "/trials.sqlite"))
        #expect(try FastProcess.run("pareto", run).status == 65)
    }
}
