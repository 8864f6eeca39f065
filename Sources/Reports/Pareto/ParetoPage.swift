internal import Accelerators
internal import Configuration
internal import Environments

/// A front as a page: a chart a pair of metrics, and a table of the designs.
public struct ParetoPage: Sendable {
    public let study: ParetoStudy

    public init(_ study: ParetoStudy) {
        self.study = study
    }

    /// What was found, in a sentence.
    public var summary: String {
        let designs = study.front.count == 1 ? "1 design" : "\(study.front.count.grouped) designs"
        let trials = study.feasible.count == 1 ? "1 feasible trial" : "\(study.feasible.count.grouped) feasible trials"
        return "For \(workloadsText) \(designs) of \(trials) \(study.front.count == 1 ? "is" : "are") on the front of "
            + study.metrics.map { DisplayName.metric($0) }.listed
    }

    /// The page. It refers to nothing outside itself and runs no script.
    public var html: String {
        Page(
            title: "\(workloadsText): \(study.metrics.map { DisplayName.metric($0) }.joined(separator: ", ")) · FAST",
            body: .group([
                .element("header", ["class": "masthead"]) {
                    Markup.paragraph("FAST Pareto front · \(runs.listed)", class: "eyebrow")
                    Markup.element("h1") { summary }
                    Markup.paragraph(
                        "A design is on the front if no other trial is at least as good in every metric and better in one. "
                            + "Area, power and energy are at \(InstalledFiles.title(of: study.technology))."
                            + (study.workloads.count == 1
                                ? ""
                                : " Perf and energy are weighted geometric means over the workloads, latency is the "
                                    + "slowest workload’s."),
                        class: "lede")
                },
                .element("main") {
                    Markup.section("front", "The front") {
                        charts()
                        table
                    }
                },
            ])
        ).html
    }

    private var workloadsText: String {
        study.workloads.map { DisplayName.workload($0.name, dimensions: $0.dimensions) }.listed
    }

    private var runs: [String] {
        var seen: Set<String> = []
        return study.feasible.map(\.run).filter { seen.insert($0).inserted }
    }

    private var baselineName: String { DisplayName.baseline(study.baselineName) }

    /// Horizontal and vertical metric of each chart: later ones, which are mostly what is paid, across.
    private var pairs: [(across: Int, up: Int)] {
        study.metrics.indices.flatMap { up in
            study.metrics.indices.filter { $0 > up }.map { (across: $0, up: up) }
        }
    }

    /// A chart a pair of metrics.
    ///
    /// - Parameter id: what the ids of the charts begin with: no two of a page may be equal.
    func charts(id: String = "pareto") -> [Markup] { pairs.map { figure($0, id: id) } }

    private func figure(_ pair: (across: Int, up: Int), id: String) -> Markup {
        let (horizontal, vertical) = (study.metrics[pair.across], study.metrics[pair.up])
        let chart = ParetoChart(
            horizontal: horizontal, vertical: vertical,
            cloud: study.feasible.map { ($0.values[pair.across], $0.values[pair.up]) },
            front: study.front.map { member in
                ParetoChart.Point(
                    x: member.values[pair.across], y: member.values[pair.up],
                    tooltip: "\(member.candidate.run), trial \(member.candidate.trial): "
                        + zip(study.metrics, member.values).map { "\($0.title) \($1.threeDigits)" }
                        .joined(separator: "; "))
            }.sorted { ($0.x, $0.y) < ($1.x, $1.y) },
            baseline: (study.baseline[pair.across], study.baseline[pair.up]), baselineName: baselineName,
            hasStaircase: study.metrics.count == 2)
        return Figure(
            id: "\(id)-\(vertical.rawValue)-\(horizontal.rawValue)",
            title: "\(vertical.title) by \(horizontal.title) (logarithmic)", description: summary + ".",
            legend: [
                LegendEntry(mark: "front", isCircle: true, name: "on the front"),
                LegendEntry(mark: "trial-feasible", isLine: true, name: "feasible trial"),
                LegendEntry(mark: "point-before", isCircle: true, name: baselineName),
            ]
        ).markup { chart.drawing(width: $0) }
    }

    private var table: Markup {
        let columns = [
            Table.Column(title: "Trial"), Table.Column(title: "Run", isNumber: false),
        ]
        let rows = study.front.map { member in
            Table.Row(
                cells: [.text("\(member.candidate.trial)"), .text(member.candidate.run)]
                    + member.values.map { .text($0.threeDigits) } + [.text(member.design.summary)])
        }
        let baseline = Table.Row(
            cells: ["–", .text(baselineName)] + study.baseline.map { .text($0.threeDigits) } + ["–"], isSum: true)
        return Table(
            caption: "The designs of the front, and the \(baselineName)",
            columns: columns + study.metrics.map { Table.Column(title: $0.title) }
                + [Table.Column(title: "Design", isNumber: false)],
            rows: rows + [baseline], spacing: .dense
        ).markup
    }
}

extension DisplayName {
    static func metric(_ metric: ParetoMetric) -> String {
        switch metric {
        case .perf: "Perf"
        case .perfPerTdp: "Perf/TDP"
        case .tdp: "TDP"
        case .area: "area"
        case .energy: "energy"
        case .latency: "latency"
        case .tco: "TCO"
        }
    }
}
