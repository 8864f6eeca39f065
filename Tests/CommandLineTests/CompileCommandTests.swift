import Foundation
import MILP
import TestSupport
import Testing

/// `fast compile`: two solvers of one problem, and the problem as a file for a third.
struct CompileCommandTests {
    private static let design = """
        datapath:
          peGrid: {x: 4, y: 4}
          array: {x: 32, y: 32}
          vectorMultiplier: 2
          l1: {configuration: private, inputKiB: 32, weightKiB: 32, outputKiB: 32}
          l2: {configuration: disabled}
          globalMemoryMiB: GLOBAL
          gddr6Channels: 4
        batch: 2
        compiler: {fusion: residency, padding: array, softmax: two-pass, dataflow: best}
        """

    private static func design(globalMemoryMiB: Int, in folder: TemporaryFolder) throws -> String {
        try folder.write(design.replacing("GLOBAL", with: String(globalMemoryMiB)), to: "design.yaml")
    }

    private static func residency(_ process: FastProcess) throws -> [String: Any] {
        #expect(process.status == 0, "\(process.errors)")
        return try #require(try process.json["residency"] as? [String: Any])
    }

    @Test func bothSolversAndTheFileAgree() throws {
        let folder = try TemporaryFolder()
        let pair = [
            "compile", "-w", "efficientnet-b0", "-d", try Self.design(globalMemoryMiB: 2, in: folder), "--json",
        ]
        let mps = folder.path("residency.mps")
        let fast = try Self.residency(FastProcess.run(pair + ["--mps", mps]))
        let milp = try Self.residency(FastProcess.run(pair + ["--solver", "milp"]))
        #expect(fast["solver"] as? String == "fast" && milp["solver"] as? String == "milp")
        let ours = try #require(fast["objectiveSeconds"] as? Double)
        let optimum = try #require(milp["objectiveSeconds"] as? Double)
        #expect(milp["provenOptimal"] as? Bool == true)
        #expect(optimum <= ours * (1 + 1e-12) && ours <= optimum * 1.001)
        let bound = try #require(fast["lowerBoundSeconds"] as? Double)
        #expect(bound <= optimum * (1 + 1e-9))
        let gap = try #require(fast["gap"] as? Double)
        #expect(abs(gap - (ours - bound) / ours) <= 1e-9)
        for key in ["peakBytes", "capacityBytes", "solveSeconds", "objectiveCycles", "lowerBoundCycles"] {
            #expect(fast[key] is NSNumber, "\(key)")
        }
        let solved = try HighsSolver().solve(mpsFile: mps)
        let microseconds = try #require(solved.objective)
        #expect(abs(microseconds - optimum * 1e6) <= 1e-4 * microseconds)
    }

    @Test func timeOutWarns() throws {
        let folder = try TemporaryFolder()
        let design = try Self.design(globalMemoryMiB: 16, in: folder)
        let process = try FastProcess.run(
            "compile", "-w", "efficientnet-b7", "-d", design, "--solver", "milp", "--time-limit", "0", "--json")
        let residency = try Self.residency(process)
        #expect(process.errors.contains("time limit") == (residency["provenOptimal"] as? Bool == false))
    }

    @Test func aMissingSolverIsNamed() throws {
        let folder = try TemporaryFolder()
        let design = try Self.design(globalMemoryMiB: 2, in: folder)
        let process = try FastProcess.run(
            ["compile", "-w", "efficientnet-b0", "-d", design, "--solver", "milp"],
            environment: ["FAST_HIGHS": "/no/such/libhighs.so"])
        #expect(process.status == 69)
        #expect(process.errors.contains("scripts/setup"))
    }

    @Test func withoutGlobalMemoryNothingIsKept() throws {
        let folder = try TemporaryFolder()
        let design = try Self.design(globalMemoryMiB: 0, in: folder)
        for solver in ["fast", "milp"] {
            let mps = folder.path("\(solver).mps")
            let residency = try Self.residency(
                FastProcess.run(
                    "compile", "-w", "efficientnet-b0", "-d", design, "--solver", solver, "--mps", mps, "--json"))
            #expect((residency["residentTensors"] as? [String])?.isEmpty == true)
            #expect((residency["pinnedWeights"] as? [String])?.isEmpty == true)
            #expect(residency["peakBytes"] as? Int == 0 && residency["provenOptimal"] as? Bool == true)
            #expect(FileManager.default.fileExists(atPath: mps))
        }
    }

    /// Chains are told by the tile of each region, and the pass can be left out; the MILP solver decides around them.
    @Test func chainsShowTheirTiles() throws {
        let folder = try TemporaryFolder()
        let text = Self.design.replacing("GLOBAL", with: "4").replacing("residency", with: "tiles")
            .replacing("batch: 2", with: "batch: 8")
        let design = try folder.write(text, to: "design.yaml")
        func compile(_ arguments: String...) throws -> [String: Any] {
            let process = try FastProcess.run(
                ["compile", "-w", "efficientnet-b0", "-d", design, "--json"] + arguments)
            #expect(process.status == 0, "\(process.errors)")
            return try process.json
        }
        func tiles(_ regions: Any?) throws -> [[String: Int]] {
            try #require(regions as? [[String: Any]]).compactMap { $0["chainTile"] as? [String: Int] }
        }
        let chained = try compile()
        let separate = try compile("--without", "chains")
        #expect(try tiles(chained["regions"]).contains { $0["images"] != nil })
        #expect(try tiles(separate["regions"]).isEmpty)
        let seconds = try #require(chained["totalSeconds"] as? Double)
        let secondsWithout = try #require(separate["totalSeconds"] as? Double)
        #expect(seconds < secondsWithout)
        let effects = try #require(chained["withoutPass"] as? [[String: Any]])
        let effect = try #require(effects.first { $0["name"] as? String == "chains" })
        #expect(effect["totalSeconds"] as? Double == secondsWithout)
        let simulated = try FastProcess.run("simulate", "-w", "efficientnet-b0", "-d", design, "--json").json
        #expect(try tiles(simulated["regions"]) == tiles(chained["regions"]))
        let milp = try compile("--solver", "milp", "--time-limit", "20")
        #expect(try #require(milp["totalSeconds"] as? Double) <= seconds * (1 + 1e-9))
    }
}
