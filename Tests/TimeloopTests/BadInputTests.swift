import Diagnostics
import Testing
import Timeloop

/// What a user can get wrong: each fault is named with file, line and field.
@Suite struct BadInputTests {
    static let architecture = """
        arch:
          arithmetic: {name: MAC, instances: 8, meshX: 4, energy: 1}
          storage:
          - {name: Buffer, entries: 64, instances: 2, meshX: 2, read_bandwidth: 4}
          - {name: DRAM, instances: 1}

        """
    static let problem = """
        problem:
          shape:
            dimensions: [P, R, K]
            coefficients:
            - {name: stride, default: 2}
            data_spaces:
            - {name: In, projection: [[[P, stride], [R]]]}
            - {name: Out, projection: [[[K]], [[P]]], read_write: True}
          instance: {P: 6, R: 3, K: 4}

        """
    static let mapping = """
        mapping:
        - {target: Buffer, type: bypass, keep: [In], bypass: [Out]}
        - {target: Buffer, type: spatial, factors: "K=2 R=2,1", permutation: KR, split: 1}
        - {target: Buffer, type: temporal, factors: P3 R2, permutation: PR}
        - {target: DRAM, type: spatial, factors: P2}
        - {target: 1, type: temporal, factors: "K 2, R=1  # a comment"}

        """

    private func evaluate(
        _ architecture: String = architecture, _ problem: String = problem, _ mapping: String = mapping
    ) throws -> TimeloopEvaluation {
        let architecture = try TimeloopArchitecture(yaml: architecture, file: "arch.yaml")
        let problem = try TimeloopProblem(yaml: problem, file: "problem.yaml")
        let mapping = try TimeloopMapping(
            yaml: mapping, file: "map.yaml", architecture: architecture, problem: problem)
        return try TimeloopModel(architecture, problem).evaluate(mapping)
    }

    @Test func theFilesThatAreBrokenBelowAreSound() throws {
        let evaluation = try evaluate()
        #expect(evaluation.computeCycles == 3 * 2 * 2)
        #expect(evaluation.levels.map(\.name) == ["Buffer", "DRAM"])
    }

    private enum Place { case architecture, problem, mapping }

    private func expectFault(
        _ place: Place, _ old: String, _ new: String, line: Int?, _ words: [String],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) {
        func edited(_ text: String, _ isPlace: Bool) -> String {
            isPlace ? text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new) : text
        }
        let file: String
        let text: String
        switch place {
        case .architecture: (file, text) = ("arch.yaml", Self.architecture)
        case .problem: (file, text) = ("problem.yaml", Self.problem)
        case .mapping: (file, text) = ("map.yaml", Self.mapping)
        }
        #expect(text.contains(old), sourceLocation: sourceLocation)
        do {
            _ = try evaluate(
                edited(Self.architecture, place == .architecture), edited(Self.problem, place == .problem),
                edited(Self.mapping, place == .mapping))
            Issue.record("no fault", sourceLocation: sourceLocation)
        } catch let error as DiagnosticError {
            #expect((64...78).contains(error.kind.exitCode), sourceLocation: sourceLocation)
            #expect(error.location.file == file, "\(error)", sourceLocation: sourceLocation)
            if let line { #expect(error.location.line == line, "\(error)", sourceLocation: sourceLocation) }
            for word in words { #expect("\(error)".contains(word), "\(error)", sourceLocation: sourceLocation) }
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
    }

    @Test func mappingsThatDoNotFitTheProblem() {
        expectFault(.mapping, "P3 R2", "P2 R2", line: 5, ["factors of P", "make up 6", "found 4"])
        expectFault(.mapping, "P3 R2", "P3 R2 K2", line: 6, ["factors of K", "make up 4", "found 8"])
        expectFault(.mapping, "R=2,1", "R=2,2", line: 4, ["factors of R", "make up 3", "found 4"])
        expectFault(.mapping, "R=2,1", "R=2,3", line: 3, ["residual of R", "from 1 to its factor 2"])
        expectFault(.mapping, "P3 R2", "X3 R2", line: 4, ["'X3' is none", "P, R, K"])
        expectFault(.mapping, "P3 R2", "P3 P2", line: 4, ["each dimension once"])
        expectFault(.mapping, "P3 R2", "P R2", line: 4, ["factor of P"])
        expectFault(.mapping, "P3 R2", "P99999999999999999999 R2", line: 4, ["factor of P"])
        expectFault(.mapping, "permutation: PR}", "permutation: PX}", line: 4, ["'X' is none"])
        expectFault(.mapping, "permutation: PR}", "permutation: PP}", line: 4, ["each dimension once"])
        expectFault(.mapping, "keep: [In]", "keep: [Inn]", line: 2, ["did you mean 'In'"])
        expectFault(.mapping, "keep: [In]", "keep: In", line: 2, ["expected a list"])
        expectFault(.mapping, "permutation: PR", "permutaton: PR", line: 4, ["did you mean 'permutation'"])
    }

    @Test func mappingsThatDoNotFitTheArchitecture() {
        expectFault(.mapping, "target: DRAM", "target: DRUM", line: 5, ["did you mean 'DRAM'"])
        expectFault(.mapping, "target: 1", "target: 7", line: 6, ["storage level"])
        expectFault(.mapping, "split: 1", "split: 0", line: 3, ["at most 2 along Y", "'Buffer'", "found 4"])
        expectFault(.mapping, "split: 1", "split: 9", line: 3, ["from 0 to 3"])
        expectFault(
            .mapping, "DRAM, type: spatial, factors: P2", "DRAM, type: spatial, factors: P3", line: 5,
            ["at most 2 along X"])
        expectFault(.mapping, "type: bypass", "type: skew", line: 2, ["temporal, spatial, datatype, bypass"])
        expectFault(
            .mapping, "- {target: 1,", "- {target: DRAM, type: bypass, bypass: [Out]}\n- {target: 1,", line: nil,
            ["keeps 'Out'"])
        expectFault(
            .mapping, "type: temporal, factors: P3", "no_temporal_reuse: [In], type: temporal, factors: P3", line: 4,
            ["not supported"])
    }

    @Test func overflowsNameLevelTensorAndWords() {
        do {
            _ = try evaluate(Self.architecture.replacing("entries: 64", with: "entries: 6"))
            Issue.record("no fault")
        } catch {
            let text = "\(error)"
            #expect(text.contains("at most 6 words at 'Buffer'") && text.contains("found 7: In 7"), "\(text)")
            #expect(text.hasPrefix("map.yaml:4:"), "\(text)")
        }
    }

    @Test func architecturesThatAreNoHierarchy() {
        expectFault(.architecture, "instances: 8", "instances: 9", line: nil, ["multiple of meshX"])
        expectFault(
            .architecture, "instances: 8, meshX: 4", "instances: 6, meshX: 3", line: 4, ["mesh of 'MAC'", "'Buffer'"])
        expectFault(.architecture, "instances: 8, meshX: 4, ", "", line: 2, ["'instances'"])
        expectFault(.architecture, "instances: 8", "instances: 0", line: 2, ["arch.arithmetic.instances"])
        expectFault(.architecture, "entries: 64", "entries: many", line: 4, ["entries", "whole number"])
        expectFault(.architecture, "read_bandwidth: 4", "read_bandwidth: 0", line: 4, ["read_bandwidth"])
        expectFault(.architecture, "name: DRAM", "name: Buffer", line: 5, ["name of its own"])
        expectFault(.architecture, "arch:", "architecture:", line: nil, ["'arch'", "architecture"])
        expectFault(.architecture, "  storage:", "  memory:", line: nil, ["'storage'"])
    }

    @Test func problemsThatMakeNoSense() {
        expectFault(.problem, "P: 6", "P: 0", line: 9, ["problem.instance.P"])
        expectFault(.problem, "P: 6", "P: -3", line: 9, ["problem.instance.P"])
        expectFault(.problem, "P: 6", "P: six", line: 9, ["whole number"])
        expectFault(.problem, "P: 6, ", "", line: 9, ["size of the dimension 'P'"])
        expectFault(.problem, "default: 2", "default: 0", line: 5, ["whole number"])
        expectFault(.problem, ", default: 2", "", line: 5, ["'stride'"])
        expectFault(.problem, "[P, stride]", "[P, strid]", line: 7, ["did you mean 'stride'"])
        expectFault(.problem, "[[K]]", "[[C]]", line: 8, ["dimension of the shape"])
        expectFault(.problem, "[[K]]", "[K]", line: 8, ["expected a list"])
        expectFault(.problem, "read_write: True", "read_write: perhaps", line: 8, ["true or false"])
        expectFault(.problem, "dimensions: [P, R, K]", "dimensions: [P, P, K]", line: 3, ["each dimension once"])
        expectFault(.problem, "    dimensions: [P, R, K]\n", "", line: nil, ["'dimensions'"])
        expectFault(.problem, "name: Out", "name: In", line: 8, ["name of its own"])
    }

    /// Every prefix of a file is either refused or, where it ends after all that counts, read.
    @Test func truncatedFiles() {
        for place in 0..<3 {
            var texts = [Self.architecture, Self.problem, Self.mapping]
            let whole = texts[place]
            for length in 0..<whole.count {
                texts[place] = String(whole.prefix(length))
                do {
                    _ = try evaluate(texts[0], texts[1], texts[2])
                } catch {
                    #expect(error is DiagnosticError, "\(error)")
                }
            }
        }
    }

    /// 2⁴⁰ in each of three dimensions: 2¹²⁰ products, all of them powers of 2 and so exact.
    @Test func hugeSizes() throws {
        let size = 1 << 40
        let evaluation = try evaluate(
            Self.architecture.replacing("entries: 64", with: "entries: \(1 << 40)"),
            Self.problem.replacing("P: 6, R: 3, K: 4", with: "P: \(size), R: \(size), K: \(size)"),
            """
            mapping:
            - {target: Buffer, type: temporal, factors: P=0}
            - {target: Buffer, type: bypass, bypass: [In]}
            - {target: DRAM, type: temporal, factors: K=0 R=0, permutation: RK}
            """)
        #expect(evaluation.cycles == 0x1p120)
        #expect(evaluation.computes == 0x1p120)
        let output = try #require(evaluation.levels[1].tensors.last)
        #expect(output.updates == 0x1p80)
        #expect(evaluation.levels[0].tensors.first?.tileWords == 0x1p40)
    }
}
