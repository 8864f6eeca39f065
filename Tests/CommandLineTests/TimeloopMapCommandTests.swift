import Foundation
import TestSupport
import Testing

/// `fast timeloop map` from the outside: what it finds can be evaluated again, and what it cannot map it says.
struct TimeloopMapCommandTests {
    private static let fixtures = Repository.fixtures.appendingPathComponent("Timeloop").path
    private static let counts = ["cycles", "computeCycles", "computes", "energyPJ", "edp", "utilization", "levels"]

    private static func architecture(_ name: String) -> String { "\(fixtures)/architectures/\(name).yaml" }
    private static func layer(_ name: String) -> String { "\(fixtures)/layers/\(name).yaml" }

    private func map(_ architecture: String, _ problem: String, _ more: String...) throws -> FastProcess {
        try FastProcess.run(["timeloop", "map", "--architecture", architecture, "--problem", problem] + more)
    }

    /// Maps with few steps, writes the mapping, evaluates it again, and returns what was found.
    private func roundTrip(_ architecture: String, _ problem: String, objective: String = "latency") throws -> [String:
        Any]
    {
        let path = try TemporaryFolder()
        let file = path.path("map.yaml")
        let found = try map(
            architecture, problem, "--objective", objective, "--steps", "500", "--output", file, "--json")
        #expect(found.status == 0, "\(found.errors)")
        let ours = try found.json
        let again = try FastProcess.run(
            "timeloop", "evaluate", "--architecture", architecture, "--problem", problem, "--mapping", file,
            "--repeat", "1", "--json")
        #expect(again.status == 0, "\(again.errors)")
        let evaluated = try again.json
        for key in Self.counts {
            #expect(
                (ours[key] as? NSObject) == (evaluated[key] as? NSObject) && ours[key] != nil,
                "\(key) of \(problem) on \(architecture)")
        }
        return ours
    }

    @Test(arguments: ["a_1x1pe_128x128", "b_8x8pe_32x32", "c_16x16pe_8x8"])
    func whatIsMappedCanBeEvaluated(architecture: String) throws {
        for (layer, objective) in [
            ("rn50_conv1_7x7s2", "latency"), ("effb0_dw3x3_144", "edp"), ("rn50_fc_2048_1000", "edp"),
            ("bert_attn_scores", "latency"),
        ] {
            let found = try roundTrip(Self.architecture(architecture), Self.layer(layer), objective: objective)
            #expect(found["objective"] as? String == objective && found["seed"] as? Int == 1)
            #expect(try #require(found["mappingSeconds"] as? Double) > 0)
            #expect((found["notes"] as? [String])?.isEmpty == true)
            let directives = try #require(found["mapping"] as? [[String: Any]])
            #expect(directives[0]["target"] as? String == "Reg" && directives[0]["keep"] as? [String] == ["Weights"])
            #expect(directives.contains { $0["type"] as? String == "spatial" && $0["split"] is Int })
        }
    }

    @Test func theSameSeedFindsTheSameMapping() throws {
        let (architecture, layer) = (Self.architecture("c_16x16pe_8x8"), Self.layer("effb0_expand_24_144"))
        func mapping(seed: String) throws -> String {
            try map(architecture, layer, "--steps", "2000", "--seed", seed).output
                .components(separatedBy: "mapping:")[1]
        }
        #expect(try mapping(seed: "7") == mapping(seed: "7"))
    }

    @Test func printsATableAndTheMapping() throws {
        let found = try map(Self.architecture("a_1x1pe_128x128"), Self.layer("bert_attn_scores"), "--steps", "0")
        #expect(found.status == 0)
        for words in ["level", "L1_out", "cycles", "mapped in", "\nmapping:\n- target: Reg\n", "permutation:"] {
            #expect(found.output.contains(words), "\(words)")
        }
    }

    // MARK: - Files of one's own

    private static let ownArchitecture = """
        arch:
          arithmetic: {name: MAC, instances: 64, meshX: 8, energy: 1}
          storage:
          - {name: Reg, entries: 1, instances: 64, meshX: 8}
          - {name: Col, entries: 16, instances: 16, meshX: 8}
          - {name: L1_w, entries: 64, instances: 4, meshX: 2, read_bandwidth: 4}
          - {name: L1_in, entries: 64, instances: 4, meshX: 2, read_bandwidth: 4}
          - {name: L1_out, entries: 64, instances: 4, meshX: 2, read_bandwidth: 4, write_bandwidth: 4}
          - {name: L3, entries: 4096, instances: 1}
          - {name: DRAM, instances: 1, vector_access_energy: 100, shared_bandwidth: 2}

        """
    private static let ownProblem = """
        problem:
          shape:
            dimensions: [R, S, P, Q, C, K, N]
            coefficients:
            - {name: stride, default: 1}
            - {name: dilation, default: 1}
            data_spaces:
            - {name: Weights, projection: [[[C]], [[K]], [[R]], [[S]]]}
            - {name: Inputs, projection: [[[N]], [[C]], [[R, dilation], [P, stride]], [[S, dilation], [Q, stride]]]}
            - {name: Outputs, projection: [[[N]], [[K]], [[Q]], [[P]]], read_write: True}
          instance: {N: 1, K: 12, C: 10, P: 9, Q: 7, R: 3, S: 3}

        """

    private func own(
        _ folder: TemporaryFolder, architecture changes: [(String, String)] = [], problem: [(String, String)] = []
    ) throws -> (String, String) {
        func edited(_ text: String, _ changes: [(String, String)]) -> String {
            changes.reduce(text) { text, change in
                #expect(text.contains(change.0), "\(change.0)")
                return text.replacingOccurrences(of: change.0, with: change.1)
            }
        }
        return (
            try folder.write(edited(Self.ownArchitecture, changes), to: "arch.yaml"),
            try folder.write(edited(Self.ownProblem, problem), to: "problem.yaml")
        )
    }

    /// Layers of every kind and size: what is left out, what is 1, and what is as large as may be.
    @Test(arguments: [
        "{N: 1, K: 12, C: 10, P: 9, Q: 7, R: 3, S: 3, stride: 2}",
        "{N: 3, K: 5, C: 7, P: 11, Q: 13, R: 5, S: 1, dilation: 3}",
        "{N: 2, K: 16, C: 16, P: 8, Q: 8, R: 1, S: 1, stride: 2}",
        "{N: 1, K: 1, C: 1, P: 1, Q: 1, R: 1, S: 1}",
        "{N: 1, K: 1, C: 1, P: 1, Q: 1099511627776, R: 1, S: 1}",
        "{N: 1, K: 1, C: 1, P: 1, Q: 9, R: 1, S: 1099511627776, stride: 1099511627776}",
    ]) func layersOfOnesOwn(instance: String) throws {
        let folder = try TemporaryFolder()
        let (architecture, problem) = try own(
            folder, problem: [("{N: 1, K: 12, C: 10, P: 9, Q: 7, R: 3, S: 3}", instance)])
        _ = try roundTrip(architecture, problem)
    }

    @Test func architecturesOfOnesOwn() throws {
        for changes in [
            // No grid of PEs, and then no L3.
            [
                ("instances: 64, meshX: 8", "instances: 16, meshX: 4"),
                ("instances: 16, meshX: 8", "instances: 4, meshX: 4"), ("instances: 4, meshX: 2", "instances: 1"),
            ],
            [("  - {name: L3, entries: 4096, instances: 1}\n", "")],
            // Without meshX everything stands along x.
            [(", meshX: 8", ""), (", meshX: 2", "")],
            // Buffers of one word, and buffers that must be filled.
            [("entries: 64", "entries: 1")],
            [("entries: 4096", "entries: 600, min_utilization: 0.5")],
        ] {
            let folder = try TemporaryFolder()
            let (architecture, problem) = try own(folder, architecture: changes)
            #expect(try roundTrip(architecture, problem)["computes"] as? Double == 68040, "\(changes)")
        }
    }

    @Test func notesInstancesThatItCannotUse() throws {
        let folder = try TemporaryFolder()
        let (architecture, problem) = try own(
            folder, architecture: [("arithmetic: {name: MAC, instances: 64", "arithmetic: {name: MAC, instances: 128")])
        let notes = try #require(try roundTrip(architecture, problem)["notes"] as? [String])
        #expect(notes.count == 1 && notes[0].contains("'Reg'"), "\(notes)")
    }

    // MARK: - Refusals

    private func expectRefusal(
        _ status: Int32, _ process: FastProcess, _ words: [String],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        #expect(process.status == status, "\(process.errors)", sourceLocation: sourceLocation)
        #expect(process.output.isEmpty, sourceLocation: sourceLocation)
        for word in words {
            #expect(process.errors.contains(word), "\(process.errors)", sourceLocation: sourceLocation)
        }
    }

    @Test func refusesOtherShapes() throws {
        let folder = try TemporaryFolder()
        func refused(architecture: [(String, String)] = [], problem: [(String, String)] = [], _ words: String...) throws
        {
            let (architecture, problem) = try own(folder, architecture: architecture, problem: problem)
            expectRefusal(65, try map(architecture, problem), words)
        }
        try refused(
            architecture: [("  - {name: Col, entries: 16, instances: 16, meshX: 8}\n", "")],
            "arch.yaml:4", "expected the levels Reg, Col, ", "found Reg, L1_w, L1_in")
        try refused(architecture: [("name: L3", "name: GLB")], "arch.yaml:4", "found", "GLB")
        try refused(architecture: [("entries: 4096", "entries: 2")], "arch.yaml:4", "at most 2 words at 'L3'")
        try refused(
            architecture: [("entries: 1,", "entries: 64, min_utilization: 0.9,")], "at 'Reg'", "min_utilization")
        try refused(
            problem: [("[R, S, P, Q, C, K, N]", "[R, S, P, Q, C, K, N, M]"), ("{N: 1,", "{M: 2, N: 1,")],
            "problem.yaml:3", "found 'M'", "grouped convolution")
        try refused(
            problem: [("name: Inputs", "name: In")], "problem.yaml:3",
            "expected the data spaces Weights, Inputs and Outputs", "In")
        try refused(problem: [("K: 12", "K: 0")], "problem.yaml", "K")
        try refused(
            architecture: [("shared_bandwidth: 2", "shared_bandwidth: 1e-320")], "arch.yaml:4", "inf cycles",
            "bandwidths")
    }

    @Test func refusesOptions() throws {
        let folder = try TemporaryFolder()
        let (architecture, layer) = (Self.architecture("a_1x1pe_128x128"), Self.layer("bert_attn_scores"))
        expectRefusal(64, try map(architecture, layer, "--objective", "delay"), ["--objective", "latency"])
        expectRefusal(64, try map(architecture, layer, "--seed", "-1"), ["--seed"])
        expectRefusal(64, try map(architecture, layer, "--steps", "-1"), ["--steps"])
        expectRefusal(66, try map(folder.path("no.yaml"), layer), ["no.yaml"])
        expectRefusal(65, try map(layer, architecture), ["'arch'"])
        for path in [folder.path("."), folder.path("no/map.yaml"), "/proc/map.yaml"] {
            expectRefusal(73, try map(architecture, layer, "--steps", "0", "--output", path, "--json"), ["writ"])
        }
    }
}
