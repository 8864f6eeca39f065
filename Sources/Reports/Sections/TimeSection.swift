internal import Simulation

/// Where an inference's time goes: by bound, by kind, and in order, before and after residency.
struct TimeSection {
    var data: ReportData
    var comparison: ReportData.WorkloadComparison
    /// What its anchors begin with.
    var prefix: String

    private var baseline: Evaluation { comparison.baseline }

    var markup: Markup {
        .section(
            "\(prefix)-time",
            (data.workloads.count == 1 ? "" : "\(comparison.displayName): ") + "Where the time goes"
        ) {
            Markup.paragraph(
                "A region is a tensor operator with the element-wise work fused into it; it takes as long as its busiest resource, which is "
                    + "its bound. Residency keeps tensors in Global Memory between regions: “before” is the same schedule with every "
                    + "tensor in DRAM. All times and bytes are per inference, a pass divided by its batch"
                    + (comparison.best.map {
                        " (\($0.batch) on the best design, \(baseline.batch) on the \(data.baselineName))."
                    }
                        ?? " (\(baseline.batch))."))
            byBound
            byKind
            kindTable
            timeline
            RegionTables(data: data, comparison: comparison).markup
        }
    }

    // MARK: By bound

    private var byBound: Markup {
        var rows: [(name: String, seconds: [(bound: RegionEvaluation.Bound, seconds: Double)])] = []
        if let best = comparison.best {
            if best.hasResidency {
                rows.append(("Best, before residency", RegionTotals.secondsByBoundBeforeResidency(best)))
                rows.append(("Best, after residency", RegionTotals.secondsByBound(best)))
            } else {
                rows.append(("Best design", RegionTotals.secondsByBound(best)))
            }
        }
        rows.append((data.baselineName, RegionTotals.secondsByBound(baseline)))
        let bars = rows.map { name, seconds in
            let total = seconds.reduce(0) { $0 + $1.seconds }
            return StackedBars.Bar(
                name: name, total: total.text(in: "s"),
                parts: RegionEvaluation.Bound.inOrder.map { bound in
                    let value = seconds.first { $0.bound == bound }?.seconds ?? 0
                    return StackedBars.Part(
                        name: bound.title, value: value, text: (total > 0 ? value / total : 0).percent, mark: bound.mark
                    )
                })
        }
        let longest = rows.map { $0.seconds.reduce(0) { $0 + $1.seconds } }.max() ?? 0
        let unit = TimeUnit(for: longest)
        let scaled = bars.map { bar in
            var bar = bar
            for index in bar.parts.indices { bar.parts[index].value /= unit.seconds }
            return bar
        }
        return Figure(
            id: "\(prefix)-bound", title: "\(unit.name) of an inference, by what its regions are bound by",
            description: describe(bars), legend: boundLegend
        ).markup { width in
            StackedBars(bars: scaled, largest: longest / unit.seconds, tickText: { $0.tickText }).drawing(width: width)
        }
    }

    private var boundLegend: [LegendEntry] {
        RegionEvaluation.Bound.inOrder.map { LegendEntry(mark: $0.mark, name: $0.title) }
    }

    private func describe(_ bars: [StackedBars.Bar]) -> String {
        bars.map { bar in
            "\(bar.name), \(bar.total): "
                + bar.parts.filter { $0.value > 0 }.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        }.joined(separator: ". ") + "."
    }

    // MARK: By kind

    private var evaluations: [(name: String, evaluation: Evaluation)] {
        (comparison.best.map { [("best design", $0)] } ?? []) + [(data.baselineName, baseline)]
    }

    private var byKind: Markup {
        func bar(_ name: String, _ evaluation: Evaluation, _ value: (RegionTotals) -> Double) -> StackedBars.Bar {
            let totals = RegionTotals.byKind(evaluation)
            let sum = totals.reduce(0) { $0 + value($1.totals) }
            return StackedBars.Bar(
                name: name, total: "",
                parts: totals.map { kind, totals in
                    let share = sum > 0 ? value(totals) / sum : 0
                    return StackedBars.Part(name: kind.title, value: share, text: share.percent, mark: kind.mark)
                })
        }
        let bars =
            [bar("Share of MACs", evaluations[0].evaluation, \.macs)]
            + evaluations.map { bar("Time, \($0.name)", $0.evaluation, \.seconds) }
        let present = RegionKind.allCases.filter { kind in
            evaluations.contains { $0.evaluation.regions.contains { RegionKind($0) == kind } }
        }
        return Figure(
            id: "\(prefix)-kind", title: "Share of the work and share of the time, by kind of region",
            description: describe(bars), legend: present.map { LegendEntry(mark: $0.mark, name: $0.title) }
        ).markup { width in
            StackedBars(bars: bars, largest: 1, tickText: { $0.percent }).drawing(width: width)
        }
    }

    private var kindTable: Markup {
        let best = comparison.best.map(RegionTotals.byKind)
        let hasResidency = comparison.best?.hasResidency ?? false
        let reference = RegionTotals.byKind(baseline)
        let macs = reference.reduce(0) { $0 + $1.totals.macs }
        let bestSeconds = best?.reduce(0) { $0 + $1.totals.seconds } ?? 0
        let referenceSeconds = reference.reduce(0) { $0 + $1.totals.seconds }
        func share(_ value: Double, _ sum: Double) -> Markup { .text(sum > 0 ? (value / sum).percent : "–") }
        var rows: [Table.Row] = []
        for (index, (kind, totals)) in reference.enumerated() {
            let mine = best?[index].totals
            guard totals.regions > 0 || (mine?.regions ?? 0) > 0 else { continue }
            var cells: [Markup] = [.text(kind.title), share(totals.macs, macs)]
            if let mine {
                cells += [.text(mine.seconds.text(in: "s")), share(mine.seconds, bestSeconds)]
                if hasResidency { cells.append(.text(mine.secondsBeforeResidency.text(in: "s"))) }
                cells.append(.text(mine.dramBytes.text(in: "B")))
                if hasResidency { cells.append(.text(mine.dramBytesBeforeResidency.text(in: "B"))) }
            }
            cells += [
                .text(totals.seconds.text(in: "s")), share(totals.seconds, referenceSeconds),
                .text(totals.dramBytes.text(in: "B")),
            ]
            rows.append(Table.Row(cells: cells))
        }
        let before = hasResidency ? ["Before residency"] : []
        let bestTitles = ["Time, best", "Share"] + before + ["DRAM, best"] + before
        let titles =
            ["Share of MACs"] + (best == nil ? [] : bestTitles)
            + ["Time, \(data.baselineName.unbroken)", "Share", "DRAM, \(data.baselineName.unbroken)"]
        return Table(
            caption: "An inference by kind of region",
            columns: [Table.Column(title: "Kind", isNumber: false)] + titles.map { Table.Column(title: $0) }, rows: rows
        ).markup
    }

    // MARK: In order

    private var timeline: Markup {
        func strip(
            _ name: String, _ evaluation: Evaluation, _ seconds: (RegionEvaluation) -> Double,
            _ bound: (RegionEvaluation) -> RegionEvaluation.Bound
        ) -> Timeline.Strip {
            let blocks = evaluation.regions.map {
                Timeline.Block(name: $0.name, seconds: seconds($0) / Double(evaluation.batch), bound: bound($0))
            }
            return Timeline.Strip(
                name: name, total: blocks.reduce(0) { $0 + $1.seconds }.text(in: "s"), blocks: blocks)
        }
        var strips: [Timeline.Strip] = []
        if let best = comparison.best {
            if best.hasResidency {
                strips.append(
                    strip("Best, before residency", best, \.secondsBeforeResidency, \.boundBeforeResidency))
            }
            strips.append(strip(best.hasResidency ? "Best, after residency" : "Best design", best, \.seconds, \.bound))
        }
        strips.append(strip(data.baselineName, baseline, \.seconds, \.bound))
        return Figure(
            id: "\(prefix)-timeline", title: "All regions in execution order, each in the lane of its bound",
            description: strips.map { "\($0.name): \($0.blocks.count) regions, \($0.total)" }.joined(separator: ". ")
                + "."
        ).markup { Timeline(strips: strips).drawing(width: $0) }
    }
}
