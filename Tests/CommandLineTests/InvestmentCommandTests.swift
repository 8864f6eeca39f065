import Foundation
import TestSupport
import Testing

@Suite struct InvestmentCommandTests {
    private static let shipped = Repository.root.appendingPathComponent("environments/economics/datacenter.yaml")

    private func number(_ json: [String: Any], _ keys: String...) throws -> Double {
        var value: Any = json
        for key in keys { value = try #require((value as? [String: Any])?[key], "\(key)") }
        return try #require(value as? Double)
    }

    /// The figures agree with one another and with `fast simulate`.
    @Test func figuresAddUp() throws {
        let folder = try TemporaryFolder()
        let csv = folder.path("curve.csv")
        let json = try FastProcess.run(
            "roi", "-d", "tpu-v4i", "-w", "resnet-50-v2", "--volume", "1000", "10", "--csv", csv, "--json"
        ).json
        let simulated = try FastProcess.run("simulate", "-d", "tpu-v4i", "-w", "resnet-50-v2", "--json").json
        let replaced = try number(json, "chipsReplaced")
        #expect(abs(replaced / (try number(simulated, "baseline", "perf")) - 1) < 1e-9)
        let own = try number(json, "designTco", "totalUSD")
        let parts = try #require((json["designTco"] as? [String: Any])?["parts"] as? [String: Double])
        #expect(abs(parts.values.reduce(0, +) / own - 1) < 1e-9)
        let saving = try replaced * number(json, "baselineTco", "totalUSD") - own
        #expect(abs(saving - (try number(json, "savingPerChipUSD"))) < 1e-6)
        let cost = try number(json, "designCost", "totalUSD")
        let curve = try #require(json["curve"] as? [[String: Any]])
        #expect(curve.compactMap { $0["volume"] as? Int } == [10, 1000])
        #expect(abs(try number(curve[1], "roi") - 1000 * saving / cost) < 1e-9)
        for row in try #require(json["breakEven"] as? [[String: Any]]) {
            let multiple = try number(row, "roi")
            if saving > 0 {
                let volume = (multiple * cost / saving).rounded(.up)
                #expect(try number(row, "volume") == volume && number(row, "baselineChips") == volume * replaced)
            } else {
                #expect(row["volume"] is NSNull)
            }
        }
        #expect(try String(contentsOfFile: csv, encoding: .utf8).hasPrefix("volume,savedUSD,designCostUSD,roi\n10,"))
    }

    /// A baseline that is bought dearly makes what never pays pay, and shows in the page.
    @Test func costsAreInputs() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Self.shipped, encoding: .utf8)
        let dear = try folder.write(
            text.replacing(
                "baselineMarkup: {value: 1, unit: x, range: [1, 5]",
                with: "baselineMarkup: {value: 20, unit: x, range: [1, 50]"),
            to: "dear.yaml")
        let arguments = ["roi", "-d", "tpu-v4i", "-w", "efficientnet-b7"]
        let own = try FastProcess.run(arguments)
        #expect(own.status == 0 && own.output.contains("designing it never pays"))
        let page = folder.path("roi.html")
        let bought = try FastProcess.run(arguments + ["--economics", dear, "-o", page])
        #expect(bought.status == 0 && bought.output.contains("designing it pays from"), "\(bought)")
        #expect(bought.output.contains("purchase.baselineMarkup"))
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains("</html>"))
    }

    @Test func badInputIsAnExitCode() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Self.shipped, encoding: .utf8)
        let negative = try folder.write(text.replacing("card: {value: 100", with: "card: {value: -100"), to: "n.yaml")
        let nodes = try folder.write(text.replacing("  7nm:", with: "  3nm:"), to: "nodes.yaml")
        let memory = try folder.write(text.replacing("  hbm2:", with: "  hbm3:"), to: "memory.yaml")
        let pair = ["-d", "tpu-v4i", "-w", "mobilenet-v2"]
        for (arguments, status, part) in [
            (pair + ["--volume", "0"], 64, "--volume: expected"), (pair + ["--volume", "-5"], 64, "Missing value"),
            (pair + ["--economics", negative], 65, "board.card.value"),
            (pair + ["--economics", nodes], 78, "node '7nm'"),
            (pair + ["--economics", memory], 65, "memory"),
            (pair + ["--economics", folder.path("gone.yaml")], 66, "gone"),
            (["-d", "tpu-v4i"], 64, "--workload or --environment"),
            (["-w", "mobilenet-v2"], 64, "either --design or --run"),
            (pair + ["-e", "suite"], 64, "found both"), (pair + ["--run", "x"], 64, "found both"),
            (["-d", "tpu-v4i", "-e", "suite", "--baseline", "tpu-v3"], 64, "--workload with --baseline"),
            (["-d", "tpu-v5", "-w", "mobilenet-v2"], 66, "tpu-v4i"),
            (["-d", "tpu-v4i", "-w", "mobilnet-v2"], 66, "mobilenet-v2"),
            (["--run", folder.path("gone")], 66, "no such run"),
            (pair + ["-o", folder.path("no/roi.html")], 73, "written"),
        ] as [([String], Int32, String)] {
            let result = try FastProcess.run(["roi"] + arguments)
            #expect(result.status == status && result.errors.contains(part), "\(arguments): \(result)")
            #expect(result.output.isEmpty)
        }
    }
}
