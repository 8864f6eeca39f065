internal import Accelerators
internal import Environments
internal import Reproduction

/// What separates our figures from the published ones.
struct AssumptionSection {
    let results: StudyResults

    var markup: Markup {
        guard !results.assumptions.isEmpty else { return .group([]) }
        return .section("assumptions", "What separates us from the paper: assumptions") {
            Markup.paragraph(
                "The designs that were found, and the baseline, scored anew under other assumptions; nothing is tuned, and the first row "
                    + "is what the rest of the page shows. A baseline that is slower or hungrier is so for all designs of a workload alike: a search "
                    + "would end with the same design, so that scoring anew is exact. Where the table says “lower bound”, a search under the "
                    + "assumption could find better designs. (assumptions.csv)")
            chart
            table
            Markup.paragraph(
                conclusion
                    + " We do not know which of these the paper’s simulator makes; a row that comes near is a candidate, no proof."
            )
            constants
            searched
            paperDesign
        }
    }

    /// Which rows come up to the published mean.
    private var conclusion: String {
        func reaching(_ isWanted: (Assumption) -> Bool) -> [String] {
            results.assumptions.filter { isWanted($0) && ($0.single?.median ?? 0) >= PublishedFigure.single.value }.map
            {
                "“\($0.name)”"
            }
        }
        let alone = reaching { !$0.name.hasPrefix("both") }
        let together = reaching { $0.name.hasPrefix("both") }
        return
            (alone.isEmpty
            ? "None of them alone reaches the published 3.7×" : "\(alone.listed) alone reaches the published 3.7×")
            + (together.isEmpty ? "." : "; \(together.listed) \(together.count == 1 ? "does" : "do").")
    }

    private var chart: Markup {
        let rows = results.assumptions.compactMap { row in
            row.single.map { single in
                RatioBars.Row(
                    name: row.name.capitalizedFirst, value: single.median, spread: single.range,
                    mark: row.name == results.assumptions[0].name ? "factor-gain" : "factor-product",
                    other: row.suite?.median)
            }
        }
        return Figure(
            id: "assumptions-chart", title: "Geometric mean of Perf/TDP under each assumption",
            description: rows.map { "\($0.name) \($0.value.ratio)" }.joined(separator: ", ") + ".",
            legend: [
                LegendEntry(mark: "factor-product", name: "single workloads"),
                LegendEntry(mark: "roof-best", isLine: true, name: "suite"),
            ]
        ).markup { width in
            RatioBars(
                rows: rows,
                references: [(PublishedFigure.single.value, "published 3.7×"), (PublishedFigure.suite.value, "2.4×")]
            ).drawing(width: width)
        }
    }

    private var table: Markup {
        Table(
            caption: "Published: 3.7× for single workloads, 2.4× for a suite",
            columns: [
                Table.Column(title: "Assumption", isNumber: false),
                Table.Column(title: "What changes", isNumber: false),
                Table.Column(title: "Single"), Table.Column(title: "Suite"),
                Table.Column(title: "Exact?", isNumber: false),
            ],
            rows: results.assumptions.map { row in
                Table.Row(cells: [
                    .text(row.name.capitalizedFirst), .text(row.change), .text(row.single?.median.ratio ?? "–"),
                    .text(row.suite?.median.ratio ?? "–"), .text(row.keepsOptimum ? "exact" : "lower bound"),
                ])
            }, spacing: .wrapping
        ).markup
    }

    private var constants: Markup {
        guard !results.constants.isEmpty else { return .group([]) }
        return .group([
            .element("h3") { "The hardware model’s uncertain constants" },
            .paragraph(
                "Each constant alone at the ends of the range that its source leaves, the widest effects first; baseline and designs stand under "
                    + "the same constants, so that most of an effect cancels. (constants.csv)"),
            Table(
                caption:
                    "Geometric mean of single workloads, and the suite, with the constant at its low and its high end",
                columns: [Table.Column(title: "Constant", isNumber: false)]
                    + ["From", "To", "Single at low", "at high", "Suite at low", "at high"].map {
                        Table.Column(title: $0)
                    },
                rows: results.constants.map { row in
                    Table.Row(cells: [
                        .text(row.constant), .text("\(row.low.threeDigits) \(row.unit)"),
                        .text("\(row.high.threeDigits) \(row.unit)"), .text(row.singleAtLow.ratio),
                        .text(row.singleAtHigh.ratio), .text(row.suiteAtLow?.ratio ?? "–"),
                        .text(row.suiteAtHigh?.ratio ?? "–"),
                    ])
                }, spacing: .dense
            ).markup,
        ])
    }

    private var searched: Markup {
        guard !results.searchedAssumptions.isEmpty else { return .group([]) }
        return .group([
            .element("h3") { "Searched anew" },
            .paragraph(
                "Searches of their own under assumptions that could lead elsewhere, or to check that scoring anew is right: against the weaker baseline a "
                    + "search should find a design that is as good over our baseline as ours is, up to its noise. (assumptions-searched.csv)"
            ),
            Table(
                caption: "Perf/TDP over the baseline, best of the seeds",
                columns: [
                    Table.Column(title: "Assumption", isNumber: false),
                    Table.Column(title: "Workload", isNumber: false),
                    Table.Column(title: "Searched under it"), Table.Column(title: "The same design over our baseline"),
                    Table.Column(title: "Our search"),
                ],
                rows: results.searchedAssumptions.map { row in
                    let best = row.results.compactMap { $0.best?.ratio }.max()
                    return Table.Row(cells: [
                        .text(row.name.capitalizedFirst), .text(DisplayName.workload(row.workload)),
                        .text(best?.ratio ?? "–"),
                        .text(best.map { ($0 * row.factor).ratio } ?? "–"),
                        .text(row.reference.compactMap { $0.best?.ratio }.max()?.ratio ?? "–"),
                    ])
                }, spacing: .wrapping
            ).markup,
        ])
    }

    private var paperDesign: Markup {
        guard let paper = results.paperDesign, !paper.rows.isEmpty else { return .group([]) }
        let budget = results.baseline.cost
        let mean = geometricMean(paper.rows.map(\.perfPerTdpRatio)) ?? 1
        let perf = geometricMean(paper.rows.map(\.perfRatio)) ?? 1
        return .group([
            .element("h3") { "A chip like the paper’s larger design, in our model" },
            .paragraph(
                "\(paper.chip.design.summary), with every pass: \(perf.ratio) the Perf and \(mean.ratio) the Perf/TDP of the baseline as geometric means over "
                    + "\(paper.rows.count) workloads, the best of batches 1, 8 and 64 each. In our model it takes "
                    + "\(paper.chip.cost.areaMM2.threeDigits) mm² and \(paper.chip.cost.tdpWatts.threeDigits) W, and the baseline "
                    + "\(budget.areaMM2.threeDigits) mm² and \(budget.tdpWatts.threeDigits) W. "
                    + (paper.chip.cost.tdpWatts > budget.tdpWatts
                        ? "A chip of that kind is no efficient one here because its TDP is above the baseline’s: the models of area and power differ, not only the schedules. "
                        : "")
                    + "Its grid, arrays, Global Memory and channels are as this project knows them from the paper; its buffers and lanes are ours. (paper-design.csv)"
            ),
        ])
    }
}

/// Area and TDP by component.
struct ComponentSection {
    let results: StudyResults

    var markup: Markup {
        guard results.chips.count > 1 else { return .group([]) }
        return .section("components", "Where area and power go") {
            Markup.paragraph(
                "TDP and area of the baseline and of the best designs by component, at \(results.settings.technology). The budgets of all searches are the "
                    + "baseline’s totals. What a workload does not need is left out of its design: that is what Perf/TDP rewards. (components.csv)"
            )
            figure("components-tdp", "TDP by component, W", unit: "W", \.tdpWatts, \.tdpWatts)
            figure("components-area", "Area by component, mm²", unit: "mm²", \.areaMM2, \.areaMM2)
        }
    }

    private func name(_ chip: StudyResults.Chip) -> String {
        if chip.name == results.baseline.name { return DisplayName.baseline(chip.name) }
        return chip.name == StudySettings.suite ? "Suite" : DisplayName.workload(chip.name)
    }

    private func figure(
        _ id: String, _ title: String, unit: String, _ total: KeyPath<HardwareCost, Double>,
        _ part: KeyPath<ComponentCost, Double>
    ) -> Markup {
        let bars = results.chips.map { chip in
            StackedBars.Bar(
                name: name(chip), total: "\(chip.cost[keyPath: total].threeDigits) \(unit)",
                parts: chip.cost.components.map { component in
                    StackedBars.Part(
                        name: component.name.title, value: component[keyPath: part],
                        text: component[keyPath: part].threeDigits, mark: component.name.mark)
                })
        }
        return Figure(
            id: id, title: title, description: bars.map { "\($0.name) \($0.total)" }.joined(separator: ", ") + ".",
            legend: HardwareComponent.allCases.map { LegendEntry(mark: $0.mark, name: $0.title) }
        ).markup { width in
            StackedBars(
                bars: bars, largest: results.chips.map { $0.cost[keyPath: total] }.max() ?? 0, tickText: { $0.tickText }
            ).drawing(width: width)
        }
    }
}
