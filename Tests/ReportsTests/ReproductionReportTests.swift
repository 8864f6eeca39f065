import Configuration
import Foundation
import Reports
import Reproduction
import TestSupport
import Testing

/// The page and the tables of a small study.
@Suite struct ReproductionReportTests {
    @Test func pageAndTablesSayTheSame() throws {
        let files = Repository.files
        let temporary = try TemporaryFolder()
        let path = temporary.path("study")
        var request = StudySettings.Request()
        (request.trials, request.seeds, request.agent) = (10, 2, "random")
        let folder = try StudyFolder(at: path, request, files: files)
        func plan(_ experiments: [Experiment]) throws -> StudyPlan {
            try StudyPlan(
                folder.settings, experiments: experiments, workloads: ["ocr-recognizer", "efficientnet-b0"],
                files: files)
        }
        let made = try plan([.single, .ablations, .pareto])
        #expect(try StudyRunner(made, in: folder, threads: 2, files: files).run())
        let results = try StudyResults(of: folder, plan([.ablations, .pareto, .assumptions]), threads: 2, files: files)
        let report = try ReproductionReport(results, in: folder)
        try report.write()

        // Every file that is named is there; the tables are rectangles, and rows are as many as searches.
        #expect(report.figures.files.allSatisfy { FileManager.default.fileExists(atPath: $0) })
        func rows(_ name: String) throws -> [[String]] {
            try String(contentsOfFile: "\(path)/\(name).csv", encoding: .utf8).split(separator: "\n").map { line in
                var (cells, isQuoted) = ([""], false)
                for character in line {
                    switch character {
                    case "\"": isQuoted.toggle()
                    case "," where !isQuoted: cells.append("")
                    default: cells[cells.count - 1].append(character)
                    }
                }
                return cells
            }
        }
        for table in report.figures.tables {
            let rows = try rows(table.name)
            #expect(
                rows.count == table.rows.count + 1 && rows.allSatisfy { $0.count == table.columns.count },
                "\(table.name)")
        }
        #expect(try rows("single").count == 1 + 4 && rows("searches").count == 1 + 28)

        // The headline is the mean of the table's column, a seed at a time.
        let single = try rows("single")
        let (seed, ratio) = try (
            #require(single[0].firstIndex(of: "seed")), #require(single[0].firstIndex(of: "perfPerTdpRatio"))
        )
        let means = ["1", "2"].map { wanted in
            let ratios = single.dropFirst().filter { $0[seed] == wanted }.compactMap { Double($0[ratio]) }
            return pow(ratios.reduce(1, *), 1 / Double(ratios.count))
        }
        let headline = try #require(report.figures.headline.first)
        let ours = try #require(headline.ours)
        #expect(abs(ours.median / (means[0] * means[1]).squareRoot() - 1) < 1e-9)
        #expect(abs(ours.least / (means.min() ?? 0) - 1) < 1e-9 && ours.count == 2 && headline.published == 3.7)

        // The summary is what --json prints, and has every table.
        let text = try String(contentsOfFile: "\(path)/summary.json", encoding: .utf8)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for table in report.figures.tables { #expect((json[table.name] as? [Any])?.count == table.rows.count) }

        // The page is well-formed, stands by itself, and names no element twice.
        let html = report.html
        let page = try PageElement.parse(html.replacingOccurrences(of: "<!DOCTYPE html>\n", with: ""))
        let ids = page.all.compactMap { $0.attributes["id"] }
        #expect(ids.count == Set(ids).count)
        for id in ["headline", "single", "ablations", "pareto", "components", "assumptions", "searches"] {
            #expect(page.element(id: id)?.name == "section", "\(id)")
        }
        #expect(page.element(id: "suite") == nil && page.all("script").isEmpty)
        #expect(
            !html.contains("http://") && !html.contains("https://") && !html.contains("url(\"")
                && !html.contains("src="))
        #expect(page.all("h1").first?.text.contains(ours.median.ratio) == true)
        // A bar is as long as its ratio says: against the baseline's line at 1.
        let chart = try #require(
            page.all("svg").first { $0.attributes["aria-labelledby"]?.hasPrefix("single-chart-wide") == true })
        let bars = chart.all("rect").filter { $0.attributes["class"] == "factor-product" }
        let line = try #require(chart.all("line").first { $0.attributes["class"] == "reference" })
        #expect(bars.count == 2)
        for (bar, workload) in zip(bars, ["efficientnet-b0", "ocr-recognizer"]) {
            let ratios = single.dropFirst().filter { $0[0] == workload }.compactMap { Double($0[ratio]) }
            let median = (ratios[0] * ratios[1]).squareRoot()
            #expect(abs(bar.number("width") - median * (line.number("x1") - bar.number("x"))) < 0.5, "\(workload)")
        }
    }
}
