import Accelerators
import Foundation
import Reports
import Simulation
import TestSupport
import Testing

@Suite struct ReportPageTests {
    static let samples: [(name: String, sample: SampleReport)] = [
        ("one workload", SampleReport()),
        ("several workloads", SampleReport(workloads: ["efficientnet-b7", "bert-base-1024", "resnet-50-v2"])),
        ("one trial", SampleReport(objectives: [1.2])),
        ("one infeasible trial", SampleReport(objectives: [nil])),
        ("no trials", SampleReport(workloads: ["bert-base-128", "resnet-50-v2"], objectives: [])),
        ("equal trials", SampleReport(objectives: [1, 1, 1])),
        ("far apart", SampleReport(objectives: [1e-12, nil, 3e5, .leastNormalMagnitude])),
        ("no regions", SampleReport(regions: { _ in [] })),
        ("one region", SampleReport(regions: { _ in [.sample("all", microseconds: 1)] })),
        (
            "vector work alone",
            SampleReport(regions: { _ in [.sample("s", kind: "softmax", microseconds: 3, bound: .vector, macs: 0)] })
        ),
        ("nothing from DRAM", SampleReport(regions: { _ in [.sample("a", microseconds: 3, dramBytes: 0)] })),
    ]

    /// A page is well-formed, refers to nothing outside, and holds together: unique ids, and references to ids that are there.
    @Test(arguments: samples.indices)
    func pagesAreSound(index: Int) throws {
        let html = Report(try ReportPageTests.samples[index].sample.data()).html
        let isHTML5 = html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">")
        #expect(isHTML5)
        let page = try PageElement.parse(html)
        for forbidden in [
            "http://", "https://", "src=", "<script", "@import", "<link", "javascript:", "NaN", "nan", ">inf", "-inf<",
        ] {
            let isFound = html.contains(forbidden)
            #expect(!isFound, "\(forbidden) in \(ReportPageTests.samples[index].name)")
        }
        let ids = page.all.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        var references = page.all("a").compactMap { $0.attributes["href"] }.map { String($0.dropFirst()) }
        references += page.all.compactMap { $0.attributes["aria-labelledby"] }.flatMap {
            $0.split(separator: " ").map(String.init)
        }
        #expect(references.allSatisfy(ids.contains))
        #expect(page.all("h1").count == 1)
        #expect(
            page.all("svg").filter { $0.attributes["role"] == "img" }.allSatisfy {
                $0.children.map(\.name).starts(with: ["title", "desc"])
            })
    }

    /// Every mark of every chart lies within its drawing, and every table's rows are as wide as its head.
    @Test(arguments: samples.indices)
    func chartsStayWithinTheirFramesAndTablesAreRectangular(index: Int) throws {
        let page = try PageElement.parse(Report(try ReportPageTests.samples[index].sample.data()).html)
        for svg in page.all("svg") {
            guard let box = svg.attributes["viewBox"]?.split(separator: " ").compactMap({ Double($0) }), box.count == 4
            else { continue }
            let (width, height) = (box[2], box[3])
            for shape in svg.all("rect") {
                #expect(shape.number("x") >= -0.1 && shape.number("x") + shape.number("width") <= width + 0.5)
                #expect(shape.number("y") >= 0 && shape.number("y") + shape.number("height") <= height + 0.1)
            }
            for shape in svg.all("circle") {
                #expect((0...width).contains(shape.number("cx")) && (0...height).contains(shape.number("cy")))
            }
            for label in svg.all("text") where label.attributes["transform"] == nil {
                // A label of the widest common font, from where it is anchored.
                let length = 6.2 * Double(label.text.count)
                let x = label.number("x")
                let start =
                    switch label.attributes["text-anchor"] {
                    case "end": x - length
                    case "middle": x - length / 2
                    default: x
                    }
                #expect(start >= -6 && start + length <= width + 6, "'\(label.text)' at \(start) of \(width)")
            }
        }
        for table in page.all("table") {
            let columns = table.all("thead")[0].all("th").count
            for row in table.all("tbody")[0].all("tr") {
                let cells = row.children.reduce(0) { $0 + (Int($1.attributes["colspan"] ?? "1") ?? 1) }
                #expect(cells == columns)
            }
        }
    }

    @Test func headlineSaysWhatWasFound() throws {
        var page = try PageElement.parse(Report(try SampleReport().data()).html)
        #expect(
            page.all("h1")[0].text == "For EfficientNet-B7 the search found a design with 2.50× the TPU-v3’s Perf/TDP")
        page = try PageElement.parse(Report(try SampleReport(objectives: [nil, nil]).data()).html)
        #expect(page.all("h1")[0].text == "For EfficientNet-B7 no feasible design was found in 2 trials")
        #expect(page.text.contains("1 over the area budget (by 1.50x at least), 1 over the TDP budget"))
        page = try PageElement.parse(Report(try SampleReport(workloads: ["a", "b"], objectives: []).data()).html)
        #expect(page.all("h1")[0].text == "For 2 workloads no design has been tried yet")
    }

    /// Names from a run folder can't become markup.
    /// BERT-1024 at another sequence is not called by the name's, and a file's name stays whole.
    @Test(arguments: [
        ("bert-base-1024", "BERT-base (sequence 384)"), ("vit-b16", "ViT-B/16 (sequence 384)"),
        ("/m/a (1).onnx", "/m/a (1).onnx (sequence 384)"),
    ])
    func sizesOfTheInputStandInTheTitle(name: String, title: String) throws {
        var data = try SampleReport(workloads: [name]).data()
        data.workloads[0].dimensions = ["sequence": 384]
        let page = try PageElement.parse(Report(data).html)
        #expect(page.all("h1")[0].text.hasPrefix("For \(title) the search found"))
    }

    @Test func hostileNamesStayText() throws {
        let hostile = "</title><script>alert('x')</script>\"><img src=x onerror=alert(1)>&lt;\u{0}"
        var sample = SampleReport(
            workloads: [hostile], path: hostile, agent: hostile, configurationText: "</pre>" + hostile)
        sample.regions = { _ in [.sample(hostile, kind: hostile, microseconds: 2)] }
        let html = Report(try sample.data()).html
        let hasMarkup = html.contains("<script") || html.contains("<img")
        #expect(!hasMarkup)
        let page = try PageElement.parse(html)
        #expect(page.all("h1")[0].text.contains("<script>alert('x')</script>"))
        #expect(page.all("script").isEmpty && page.all("img").isEmpty)
        #expect(page.all("pre").contains { $0.text.contains("--agent '</title><script>alert('\\''x'\\'')") })
    }

    /// A bar's parts are as long as the components' TDP says.
    @Test func barsAreProportionalToComponents() throws {
        let data = try SampleReport().data()
        let page = try PageElement.parse(Report(data).html)
        let title = try #require(page.element(id: "tdp-wide-title"))
        let svg = try #require(page.all("svg").first { $0.children.first === title })
        let components = data.baseline.cost.components.filter { $0.tdpWatts > 0 }
        let widths = components.compactMap { component in
            svg.all("rect").last { $0.attributes["class"] == "component-\(component.name.rawValue)" }?.number("width")
        }
        try #require(widths.count == components.count)
        // A pixel between parts is left out.
        let perWatt = (widths.reduce(0, +) + Double(widths.count)) / data.baseline.cost.tdpWatts
        for (width, component) in zip(widths, components) {
            #expect(abs(width - component.tdpWatts * perWatt) < 1.5)
        }
    }

    /// On the logarithmic axis of factors the lengths add up as the factors multiply.
    @Test func factorsStepFromOneToTheProduct() throws {
        let data = try SampleReport().data()
        let page = try PageElement.parse(Report(data).html)
        let factors = try #require(data.factors(of: data.workloads[0]))
        let title = try #require(page.element(id: "workload-efficientnet-b7-factors-wide-title"))
        let svg = try #require(page.all("svg").first { $0.children.first === title })
        let bars = svg.all("rect")
        try #require(bars.count == 5)
        let ratios = [factors.peak, factors.utilization, factors.perf, factors.inverseTDP, factors.perfPerTDP]
        let perUnit = bars[0].number("width") / abs(log(ratios[0]))
        for (bar, ratio) in zip(bars, ratios) {
            #expect(abs(bar.number("width") - abs(log(ratio)) * perUnit) < 1.6)
        }
    }

    /// Region by region and added up, times are those of the evaluation.
    @Test func timesByBoundAndKindAddUp() throws {
        let data = try SampleReport().data()
        for evaluation in [data.workloads[0].baseline, try #require(data.workloads[0].best)] {
            let perInference = evaluation.latencySeconds / Double(evaluation.batch)
            let byBound = RegionTotals.secondsByBound(evaluation).reduce(0) { $0 + $1.seconds }
            let byKind = RegionTotals.byKind(evaluation).reduce(0) { $0 + $1.totals.seconds }
            #expect(abs(byBound / perInference - 1) < 1e-12 && abs(byKind / perInference - 1) < 1e-12)
        }
        let best = try #require(data.workloads[0].best)
        // The stem, 90 µs of a pass of 2 before residency and then bound by DRAM, as is the 15 µs of block1.project.
        let before = RegionTotals.secondsByBoundBeforeResidency(best)
        #expect(abs((before.first { $0.bound == .dram }?.seconds ?? 0) - (45e-6 + 15e-6) / 2) < 1e-12)
        let after = RegionTotals.secondsByBound(best)
        #expect(abs((after.first { $0.bound == .compute }?.seconds ?? 0) - 20e-6 / 2) < 1e-12)
        let depthwise = RegionTotals.byKind(best).first { $0.kind == .depthwise }?.totals
        #expect(depthwise?.macs == 600_000 && depthwise?.regions == 1)
    }

    @Test func aDriftOfTheSimulatorIsTold() throws {
        var data = try SampleReport().data()
        func warns() -> Bool { Report(data).html.contains("class=\"warning\"") }
        #expect(!warns())
        data.best?.recordedObjectiveRatio = 2.4
        #expect(warns())
        data.best?.recordedObjectiveRatio = .nan
        #expect(data.best?.hasDrifted == true)
    }
}
