import Foundation
import TestSupport
import Testing

/// `fast hardware`, and baselines and technologies that users name.
struct HardwareCommandTests {
    static let design = """
        datapath:
          peGrid: {x: 8, y: 8}
          array: {x: 32, y: 32}
          vectorMultiplier: 2
          l1: {configuration: private, inputKiB: 32, weightKiB: 32, outputKiB: 32}
          l2: {configuration: disabled}
          globalMemoryMiB: 32
          gddr6Channels: 8
        batch: 8
        compiler: {fusion: residency, padding: array, softmax: two-pass, dataflow: best}

        """

    static let technologies = Repository.root.path + "/environments/technologies"

    @Test func sensitivityIsATornadoOfEveryQuantity() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(HardwareCommandTests.design, to: "d.yaml")
        let arguments = ["hardware", "show", path, "--sensitivity", "--workload", "efficientnet-b0", "--json"]
        let json = try FastProcess.run(arguments).json
        let sensitivity = try #require(json["sensitivity"] as? [String: Any])
        let quantities = try #require(sensitivity["quantities"] as? [[String: Any]])
        #expect(quantities.compactMap { $0["name"] as? String } == ["tdpWatts", "areaMM2", "perfPerTdpRatio"])
        #expect(quantities[0]["value"] as? Double == json["tdpWatts"] as? Double)
        for quantity in quantities {
            let effects = try #require(quantity["effects"] as? [[String: Any]])
            let widths = try effects.map {
                abs(try #require($0["atHigh"] as? Double) - (try #require($0["atLow"] as? Double)))
            }
            #expect(widths.count > 3 && widths == widths.sorted(by: >))
            let combined = try #require(quantity["combined"] as? [String: Double])
            #expect(try #require(combined["p10"]) < (try #require(combined["p90"])))
        }
        let simulated = try FastProcess.run("simulate", "-w", "efficientnet-b0", "-d", path, "--json").json
        let ratios = try #require(simulated["baseline"] as? [String: Any])
        let perfPerTdp = try #require(ratios["perfPerTdp"] as? Double)
        #expect(abs(try #require(quantities[2]["value"] as? Double) / perfPerTdp - 1) < 1e-9)
        #expect(try FastProcess.run(arguments).output == FastProcess.run(arguments).output)
    }

    @Test func calibrationShowsWhatEachChipIsWithoutItself() throws {
        let json = try FastProcess.run("hardware", "calibrate", "--json").json
        for key in ["chips", "leaveOneOut"] {
            let chips = try #require(json[key] as? [[String: Any]])
            #expect(chips.compactMap { $0["name"] as? String } == ["tpu-v1", "tpu-v2", "tpu-v3", "tpu-v4i"])
            for chip in chips {
                let predicted = try #require(chip["predictedTdpWatts"] as? Double)
                #expect(abs(predicted / (try #require(chip["publishedTdpWatts"] as? Double)) - 1) < 0.25)
            }
        }
        #expect((json["degreesOfFreedom"] as? Int).map { $0 > 0 } == true)
    }

    @Test func aTechnologysMistakeIsNamedWithItsLine() throws {
        let folder = try TemporaryFolder()
        let good = try String(contentsOfFile: HardwareCommandTests.technologies + "/7nm.yaml", encoding: .utf8)
        for (old, new, hint) in [
            ("bfloat16Multiply: {value: 0.21", "bfloat16Multiply: {value: -0.21", "found '-0.21'"),
            ("bfloat16Multiply: {value: 0.21, unit: pJ", "bfloat16Multiply: {value: 0.21, unit: J", "the unit 'pJ'"),
            ("range: [0.0020, 0.0027]", "range: [0.0024, 0.0027]", "contains the value 0.00235"),
            ("    int32Add:", "    int32Ad:", "did you mean 'int32Add'?"),
        ] {
            let line = try #require(good.range(of: old)).lowerBound
            let number = good[..<line].count { $0 == "\n" } + 1
            let path = try folder.write(good.replacingOccurrences(of: old, with: new), to: "bad.yaml")
            let result = try FastProcess.run("hardware", "show", "tpu-v3", "--technology", path)
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("bad.yaml:\(number)") && result.errors.contains(hint), "\(result.errors)")
        }
        let missing = try folder.write("node: 5nm\nconstantsFrom: 6nm\nscale: {}\n", to: "5nm.yaml")
        let result = try FastProcess.run("hardware", "show", "tpu-v3", "--technology", missing)
        #expect(result.status == 66 && result.errors.contains("6nm.yaml"), "\(result.errors)")
    }

    @Test func aProblemMayChooseAnotherBaseline() throws {
        let folder = try TemporaryFolder()
        let problem = try folder.write(
            "name: p\nworkloads: [efficientnet-b0]\nobjective: perf-per-tdp\ntechnology: 7nm\nbaseline: a100-like\n"
                + "constraints: {areaMM2: baseline, tdpWatts: baseline}\n", to: "p.yaml")
        let run = try FastProcess.run(
            "train", "-e", problem, "-a", "random", "--trials", "8", "--run", folder.path("run"), "--quiet", "--json")
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func aBaselineThatCannotServeIsRefused() throws {
        let folder = try TemporaryFolder()
        for (baseline, status, hint) in [
            ("a100", 66, "a100-like"), (HardwareCommandTests.technologies + "/chips/tpu-v1.yaml", 65, "int8"),
            (folder.path("none.yaml"), 66, "none.yaml"),
        ] as [(String, Int32, String)] {
            let problem = try folder.write(
                "name: p\nworkloads: [efficientnet-b0]\nobjective: perf-per-tdp\ntechnology: 7nm\nbaseline: \(baseline)\n",
                to: "p.yaml")
            let run = try FastProcess.run("train", "-e", problem, "-a", "random", "--run", folder.path("run"))
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errors.contains(hint) && run.output.isEmpty, "\(run.errors)")
        }
    }
}
