import Configuration
import Diagnostics
import Environments
import Foundation
import TestSupport
import Testing
import Workloads

@Suite struct ProblemTests {
    @Test func everyKeyIsRead() throws {
        let problem = try Problem(
            yaml: """
                name: my-suite
                workloads: [efficientnet-b7, {name: bert-base-1024, weight: 2}]
                objective: energy
                constraints: {areaMM2: 300, tdpWatts: baseline, latencySeconds: 0.01}
                technology: 16nm
                baseline: tpu-v4i
                economics: mine.yaml
                searchSpace: {batch: [1, 2]}
                """, file: "p.yaml")
        #expect(problem.name == "my-suite")
        #expect(problem.workloads == [.init(name: "efficientnet-b7"), .init(name: "bert-base-1024", weight: 2)])
        #expect(problem.objective == .energy)
        #expect(
            problem.constraints == .init(areaMM2: .value(300), tdpWatts: .baseline, latencySeconds: 0.01))
        #expect(problem.technology == "16nm" && problem.baseline == "tpu-v4i")
        #expect(problem.economics.hasSuffix("/mine.yaml"))
        #expect(problem.searchSpace[.batch].codes == [1, 2])
        #expect(try Problem(yaml: problem.yamlText, file: "again.yaml") == problem)
    }

    @Test func defaultsStandWhereKeysAreMissing() throws {
        let problem = try Problem(yaml: "name: a\nworkloads: resnet-50-v2\n", file: "p.yaml")
        #expect(problem == Problem(name: "a", workloads: [.init(name: "resnet-50-v2")]))
        #expect(problem.objective == .perfPerTDP && problem.constraints.areaMM2 == .baseline)
        #expect(problem.technology == "7nm" && problem.baseline == "tpu-v3" && problem.searchSpace == .full)
        #expect(try Problem(yaml: problem.yamlText, file: "again.yaml") == problem)
    }

    @Test(arguments: [
        ("name: a\nworklods: [resnet-50-v2]", 2, "did you mean 'workloads'?"),
        ("name: a", 1, "expected the key 'workloads'"),
        ("workloads: [resnet-50-v2]", 1, "expected the key 'name'"),
        ("name: a\nworkloads: []", 2, "at least one workload"),
        ("name: a\nworkloads:\n  - resnet-50-v2\n  - efficentnet-b7", 4, "did you mean 'efficientnet-b7'?"),
        ("name: a\nworkloads: [resnet-50-v2, resnet-50-v2]", 2, "every workload once"),
        ("name: a\nworkloads:\n  - {name: resnet-50-v2, weight: 0}", 3, "workloads[0].weight"),
        ("name: a\nworkloads:\n  - {nam: resnet-50-v2}", 3, "did you mean 'name'?"),
        ("name: a\nworkloads:\n  - {name: vit-b16, dimensions: {sequence: 3}}", 3, "unknown key 'sequence'"),
        ("name: a\nworkloads:\n  - {name: vit-b16, dimensions: {resolution: 0}}", 3, "from 1 to 1048576"),
        ("name: a\nworkloads:\n  - {name: x.onnx, dimensions: {x: 0}}", 3, "workloads[0].dimensions.x"),
        ("name: a\nworkloads:\n  - {name: resnet-50-v2, dimensions: [4]}", 3, "expected a mapping, found a list"),
        ("name: a/b\nworkloads: [resnet-50-v2]", 1, "a name of letters"),
        ("name: a\nworkloads: [resnet-50-v2]\nobjective: perf-per-tpd", 3, "did you mean 'perf-per-tdp'?"),
        ("name: a\nworkloads: [resnet-50-v2]\nconstraints:\n  areaMM2: -5", 4, "constraints.areaMM2"),
        ("name: a\nworkloads: [resnet-50-v2]\nconstraints:\n  tdpWatts: baselin", 4, "or 'baseline'"),
        ("name: a\nworkloads: [resnet-50-v2]\nconstraints:\n  area: 5", 4, "unknown key 'area'"),
        ("name: a\nworkloads: [resnet-50-v2]\nsearchSpace:\n  arrayX: []", 4, "searchSpace.arrayX"),
        ("name: a\nworkloads: [resnet-50-v2]\nname: b", 1, "stands here twice"),
        ("[1, 2]", 1, "expected a mapping"),
    ])
    func mistakesAreNamedWithTheirLine(yaml: String, line: Int, part: String) throws {
        let error = try #require(throws: DiagnosticError.self) { try Problem(yaml: yaml, file: "p.yaml") }
        #expect(error.location.line == line, "\(error)")
        #expect(error.location.file == "p.yaml")
        #expect(error.description.contains(part), "\(error)")
        #expect((64...78).contains(error.kind.exitCode))
    }

    /// Files are named relative to the problem's, and keep their path where the problem is written elsewhere.
    @Test func aWorkloadMayBeAFile() throws {
        let problem = try Problem(yaml: "name: a\nworkloads: [nets/a \\\"b\\\".onnx]", file: "/models/p.yaml")
        #expect(problem.workloads.map(\.name) == ["/models/nets/a \\\"b\\\".onnx"])
        #expect(try Problem(yaml: problem.yamlText, file: "/runs/configuration.yaml") == problem)
    }

    /// So do technology, baseline and economics; a name stays a name.
    @Test func pathsCountFromTheProblemsFile() throws {
        let problem = try Problem(
            yaml: """
                name: a
                workloads: vit-b16
                technology: 'nodes/a "b" \\c.yaml'
                baseline: ../chip.yml
                economics: /costs/mine
                """, file: "/models/p.yaml")
        #expect(problem.technology == "/models/nodes/a \"b\" \\c.yaml")
        #expect(problem.baseline == "/chip.yml" && problem.economics == "/costs/mine")
        #expect(try Problem(yaml: problem.yamlText, file: "/runs/configuration.yaml") == problem)
        let named = try Problem(yaml: "{name: a, workloads: vit-b16, baseline: tpu-v4i}", file: "/models/p.yaml")
        #expect(named.baseline == "tpu-v4i" && named.technology == "7nm" && named.economics == "datacenter")
    }

    @Test func dimensionsAreReadAndWritten() throws {
        let problem = try Problem(
            yaml: "name: a\nworkloads: [{name: x.onnx, dimensions: {'a \"b\"': 3, sequence: 384}}, vit-b16]",
            file: "/m/p.yaml")
        #expect(problem.workloads.map(\.title) == ["/m/x.onnx (a \"b\" 3, sequence 384)", "vit-b16"])
        #expect(problem.dimensions == ["/m/x.onnx": ["a \"b\"": 3, "sequence": 384], "vit-b16": [:]])
        #expect(try Problem(yaml: problem.yamlText, file: "/runs/configuration.yaml") == problem)
    }

    @Test func missingFilesAreMissingInput() throws {
        let error = try #require(throws: DiagnosticError.self) { try Problem(contentsOfFile: "no/such.yaml") }
        #expect(error.kind == .missingInput)
    }
}

/// The problem files that come with the project.
@Suite struct InstalledProblemTests {
    static let files = Repository.files

    @Test func thereIsOneForEachWorkloadAndASuite() throws {
        #expect(Set(Problem.names(in: Self.files)).isSuperset(of: WorkloadZoo.names + ["suite"]))
    }

    /// Problems whose space is narrow enough to evaluate all of it.
    private static let enumerablePrefix = "enumerable-"

    @Test(arguments: Problem.names(in: files))
    func eachHasItsFilesNameAndThePapersSpace(name: String) throws {
        let problem = try Problem(named: name, in: Self.files)
        #expect(problem.name == name)
        #expect(problem.objective == .perfPerTDP)
        let isEnumerable = name.hasPrefix(Self.enumerablePrefix)
        if isEnumerable {
            #expect((1e5...1e6).contains(problem.searchSpace.size))
        } else {
            #expect(problem.searchSpace == .full)
        }
        let workload = isEnumerable ? String(name.dropFirst(Self.enumerablePrefix.count)) : name
        if name != "suite" { #expect(problem.workloads == [.init(name: workload)]) }
    }

    @Test func unknownNamesAreCorrected() throws {
        let error = try #require(throws: DiagnosticError.self) {
            try Problem(named: "efficientnet-b77", in: Self.files)
        }
        #expect(error.kind == .missingInput && error.description.contains("did you mean 'efficientnet-b7'?"))
        let problem = Problem(name: "a", workloads: [.init(name: "resnet-50-v2")], baseline: "tpu-v33")
        let baseline = try #require(throws: DiagnosticError.self) { try ProblemEvaluator(problem, files: Self.files) }
        #expect(baseline.description.contains("baseline of problem 'a'"))
        #expect(baseline.description.contains("did you mean 'tpu-v3'?"), "\(baseline)")
    }
}
