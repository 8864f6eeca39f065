internal import Accelerators
internal import Environments
internal import Reproduction

/// A design for each workload by itself.
struct SingleSection {
    let results: StudyResults

    var markup: Markup {
        guard !results.singles.isEmpty else { return .group([]) }
        return .section("single", "A design for each workload") {
            Markup.paragraph(
                "The paper searches a design for each workload by itself and reports Perf/TDP over the "
                    + "\(DisplayName.baseline(results.baseline.name)): 3.7× on average. Ours: \(results.singleMean?.text ?? "–") as the geometric mean"
                    + groups + ". What separates the two is looked into under the assumptions below. (single.csv)")
            chart
            table
        }
    }

    /// The means of convolutional networks with depthwise convolutions, and of the others.
    private var groups: String {
        func mean(_ isWanted: (String) -> Bool) -> String? {
            let found = results.singles.filter { isWanted($0.workload) }
            return found.count > 1 ? geometricMean(found.compactMap { $0.ratio?.median })?.ratio : nil
        }
        let isEfficientNet = { (name: String) in name.hasPrefix("efficientnet") }
        guard let efficient = mean(isEfficientNet), let others = mean({ !isEfficientNet($0) }) else { return "" }
        return ", \(efficient) over the EfficientNets and \(others) over the others"
    }

    private var chart: Markup {
        let rows = results.singles.compactMap { searches in
            searches.ratio.map {
                RatioBars.Row(name: DisplayName.workload(searches.workload), value: $0.median, spread: $0.range)
            }
        }
        var bars = rows
        if let mean = results.singleMean, rows.count > 1 {
            bars.append(
                RatioBars.Row(name: "Geometric mean", value: mean.median, spread: mean.range, mark: "factor-gain"))
        }
        return Figure(
            id: "single-chart",
            title: "Perf/TDP over the \(DisplayName.baseline(results.baseline.name)), a design a workload",
            description: bars.map { "\($0.name) \($0.value.ratio)" }.joined(separator: ", ") + "."
        ).markup { width in
            RatioBars(
                rows: bars,
                references: [(1, "baseline"), (PublishedFigure.single.value, "published mean 3.7×")]
            ).drawing(width: width)
        }
    }

    private var table: Markup {
        Table(
            caption:
                "The best design of each workload; Perf/TDP is Perf over TDP. With several seeds the median, and the best one’s design",
            columns: [Table.Column(title: "Workload", isNumber: false)]
                + ["Perf/TDP", "Perf", "TDP", "Area"].map { Table.Column(title: $0) } + [
                    Table.Column(title: "Design", isNumber: false)
                ],
            rows: results.singles.map { searches in
                let best = searches.best
                return Table.Row(cells: [
                    .text(DisplayName.workload(searches.workload)), .text(searches.ratio?.text ?? "–"),
                    .text(best?.perfRatio?.ratio ?? "–"), .text(best?.tdpRatio?.ratio ?? "–"),
                    .text(best?.areaRatio?.ratio ?? "–"), .text(best?.best?.design.summary ?? "no feasible design"),
                ])
            }, spacing: .dense
        ).markup
    }
}

/// One design for all workloads of the suite.
struct SuiteSection {
    let results: StudyResults

    var markup: Markup {
        guard let best = results.suite.max(by: { ($0.best?.ratio ?? 0) < ($1.best?.ratio ?? 0) }), let found = best.best
        else {
            return .group([])
        }
        return .section("suite", "One design for a suite") {
            Markup.paragraph(
                "The paper’s second result is one design that serves a suite of workloads: 2.4× on average, less than designs of their own "
                    + "reach. Ours: \(results.suiteMean?.text ?? "–") as the geometric mean of the \(found.outcome.workloads.count) workloads, by "
                    + "\(found.design.summary), with \(best.tdpRatio?.ratio ?? "–") the TDP and \(best.areaRatio?.ratio ?? "–") the area of the baseline. "
                    + "The tick on each bar is what the workload’s own design reaches; a bar that passes its tick shows how far the single search was "
                    + "from the best. (suite.csv)")
            chart(found)
        }
    }

    private func chart(_ found: SearchResult.Best) -> Markup {
        var rows = found.outcome.workloads.map { metrics in
            RatioBars.Row(
                name: DisplayName.workload(metrics.workload), value: metrics.objectiveRatio,
                other: results.singles.first { $0.workload == metrics.workload }?.ratio?.median)
        }
        if let mean = results.suiteMean {
            rows.append(
                RatioBars.Row(
                    name: "Geometric mean", value: mean.median, spread: mean.range, mark: "factor-gain",
                    other: results.singleMeanOfSuite?.median))
        }
        return Figure(
            id: "suite-chart",
            title: "Perf/TDP over the \(DisplayName.baseline(results.baseline.name)), one design for all",
            description: rows.map { "\($0.name) \($0.value.ratio)" }.joined(separator: ", ") + ".",
            legend: [
                LegendEntry(mark: "factor-product", name: "the suite’s design"),
                LegendEntry(mark: "roof-best", isLine: true, name: "the workload’s own design"),
            ]
        ).markup { width in
            RatioBars(
                rows: rows, references: [(1, "baseline"), (PublishedFigure.suite.value, "published mean 2.4×")]
            ).drawing(width: width)
        }
    }
}
