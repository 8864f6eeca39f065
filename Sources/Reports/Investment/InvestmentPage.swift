internal import Economics

/// Return on investment as a page: costs of ownership, the curve over the volume, and what the answer depends on.
public struct InvestmentPage: Sendable {
    public let study: InvestmentStudy

    /// The inputs that matter most are drawn; the table has all.
    private static let drawnInputs = 12

    public init(_ study: InvestmentStudy) {
        self.study = study
    }

    /// The page. It refers to nothing outside itself and runs no script.
    public var html: String {
        Page(
            title: "Return on investment: \(study.designName) · FAST",
            body: .group([
                .element("header", ["class": "masthead"]) {
                    Markup.paragraph("FAST return on investment · \(study.designName)", class: "eyebrow")
                    Markup.element("h1") { study.summary }
                    Markup.paragraph(
                        "Return on investment is what deployed chips save over serving the same throughput with "
                            + "\(baselineName), in total cost of ownership, divided by what designing the chip costs once: "
                            + "\(investment.designCost.totalUSD.dollars). Costs are those of ‘\(study.economicsName)’ "
                            + "at \(investment.costs.node)\(purchase).", class: "lede")
                },
                .element("main") {
                    ownership
                    curve
                    sensitivity
                    designCost
                },
            ])
        ).html
    }

    private var investment: ReturnOnInvestment { study.investment }

    /// What is paid for the baseline beyond what it costs to make.
    private var purchase: String {
        let markup = investment.costs[.baselineMarkup]
        return markup == 1 ? "" : "; the \(baselineName) is bought at \(markup.ratio) what it costs to make"
    }

    private var baselineName: String { DisplayName.baseline(study.baselineName) }

    private var ownership: Markup {
        let (own, other) = (investment.designOwnership, investment.baselineOwnership)
        let years = investment.costs[.serviceYears].threeDigits
        let rows = zip(own.parts, other.parts).map { mine, its in
            Table.Row(cells: [
                .text(mine.name.capitalizedFirst), .text(mine.usd.threeDigits), .text(its.usd.threeDigits),
                .text((its.usd * investment.replaced).threeDigits),
            ])
        }
        let sum = Table.Row(
            cells: [
                "Total", .text(own.totalUSD.threeDigits), .text(other.totalUSD.threeDigits),
                .text((other.totalUSD * investment.replaced).threeDigits),
            ], isSum: true)
        let bars = [
            bar("Design", own, times: 1),
            bar("\(investment.replaced.threeDigits) \(baselineName)", other, times: investment.replaced),
        ]
        return .section("ownership", "What serving the same costs") {
            Markup.paragraph(
                "Over \(years) years of service a chip costs \(own.totalUSD.dollars), and the "
                    + "\(investment.replaced.threeDigits) \(baselineName) that it replaces "
                    + "\((other.totalUSD * investment.replaced).dollars): a chip "
                    + (investment.savingPerChipUSD >= 0 ? "saves " : "costs ")
                    + "\(abs(investment.savingPerChipUSD).dollars)"
                    + (investment.savingPerChipUSD >= 0 ? "." : " more."))
            Figure(
                id: "tco", title: "Total cost of ownership of the same throughput, USD",
                description: bars.map { "\($0.name): \($0.total)" }.joined(separator: ", ") + "."
            ).markup { width in
                StackedBars(
                    bars: bars, largest: max(own.totalUSD, other.totalUSD * investment.replaced),
                    tickText: { $0.tickText }
                ).drawing(width: width)
            }
            Table(
                caption: "Total cost of ownership by part, USD",
                columns: [Table.Column(title: "Part", isNumber: false)]
                    + ["Design", baselineName, "\(investment.replaced.threeDigits) \(baselineName)"].map {
                        Table.Column(title: $0)
                    }, rows: rows + [sum]
            ).markup
            if study.workloads.count > 1 {
                Table(
                    caption: "Throughput by workload",
                    columns: [
                        Table.Column(title: "Workload", isNumber: false), Table.Column(title: "Share of chips"),
                        Table.Column(title: "Perf over \(baselineName)"),
                    ],
                    rows: study.workloads.map {
                        Table.Row(cells: [
                            .text(DisplayName.workload($0.name, dimensions: $0.dimensions)), .text($0.share.percent),
                            .text($0.perfRatio.ratio),
                        ])
                    }
                ).markup
            }
        }
    }

    private func bar(_ name: String, _ cost: Ownership, times count: Double) -> StackedBars.Bar {
        StackedBars.Bar(
            name: name, total: (count * cost.totalUSD).threeDigits,
            parts: cost.parts.map { part in
                StackedBars.Part(
                    name: part.name, value: count * part.usd, text: (count * part.usd).threeDigits,
                    mark: "cost-\(part.name)")
            })
    }

    private var curve: Markup {
        .section("curve", "Return by volume") {
            if investment.savingPerChipUSD > 0 {
                let breakEven = ReturnOnInvestment.multiples.compactMap { multiple in
                    investment.breakEvenVolume(multiple).map { (multiple: multiple, volume: $0) }
                }
                Figure(
                    id: "roi", title: "Return on investment by chips deployed (logarithmic)",
                    description: breakEven.map { "\($0.multiple.ratio) from \($0.volume.volumeText) chips" }.listed
                        + "."
                ).markup { width in
                    VolumeChart(
                        volumes: study.volumes, ratioPerChip: investment.ratio(volume: 1), breakEven: breakEven
                    ).drawing(width: width)
                }
            } else {
                Markup.paragraph(
                    "A chip saves nothing, so that no volume pays for its design.", class: "warning")
            }
            Table(
                caption: "Savings and return by volume",
                columns: ["Chips", "Saved, USD", "Return"].map { Table.Column(title: $0) },
                rows: study.curve.map { point in
                    Table.Row(cells: [
                        .text(point.volume.grouped), .text(point.savedUSD.threeDigits),
                        .text(point.roi.ratio),
                    ])
                }
            ).markup
        }
    }

    private var sensitivity: Markup {
        let rows = investment.sensitivities
        return .section("sensitivity", "What the answer depends on") {
            Markup.paragraph(
                "The volume at which savings come to the one-off cost, with each input in turn at the ends of its range and all "
                    + "others as they are. The widest come first.")
            if !rows.isEmpty {
                let drawn = rows.prefix(InvestmentPage.drawnInputs).map { row in
                    TornadoChart.Row(
                        name: row.input.path,
                        low: ("\(row.entry.range.lowerBound.threeDigits) \(row.input.unit)", row.volumeAtLow),
                        high: ("\(row.entry.range.upperBound.threeDigits) \(row.input.unit)", row.volumeAtHigh))
                }
                Figure(
                    id: "tornado", title: "Break-even volume over the range of each input (logarithmic)",
                    description: drawn.map {
                        "\($0.name): \($0.low.volume.volumeText) to \($0.high.volume.volumeText)"
                    }.joined(separator: "; ") + ".",
                    legend: [
                        LegendEntry(mark: "swing-low", name: "towards the least value"),
                        LegendEntry(mark: "swing-high", name: "towards the greatest value"),
                        LegendEntry(mark: "never", name: "never breaks even"),
                    ]
                ).markup { width in
                    TornadoChart(rows: drawn, volume: investment.breakEvenVolume(1)).drawing(width: width)
                }
                Table(
                    caption: "Break-even volume, now \(investment.breakEvenVolume(1).volumeText), by input",
                    columns: [
                        Table.Column(title: "Input", isNumber: false), Table.Column(title: "Unit", isNumber: false),
                    ]
                        + ["Value", "Least", "Greatest", "Volume at least", "Volume at greatest"].map {
                            Table.Column(title: $0)
                        } + [Table.Column(title: "Source", isNumber: false)],
                    rows: rows.map { row in
                        Table.Row(
                            cells: [.text(row.input.path), .text(row.input.unit)]
                                + [row.entry.value, row.entry.range.lowerBound, row.entry.range.upperBound].map {
                                    .text($0.threeDigits)
                                }
                                + [
                                    .text(row.volumeAtLow.volumeText), .text(row.volumeAtHigh.volumeText),
                                    .text(row.entry.source),
                                ])
                    }
                ).markup
            } else {
                Markup.paragraph("No input changes the answer within its range.")
            }
        }
    }

    private var designCost: Markup {
        .section("design-cost", "What designing it costs once") {
            Table(
                caption: "One-off cost, million USD",
                columns: [Table.Column(title: "Part", isNumber: false), Table.Column(title: "Million USD")],
                rows: investment.designCost.parts.map { part in
                    Table.Row(cells: [.text(part.name.capitalizedFirst), .text((part.usd / 1e6).threeDigits)])
                } + [
                    Table.Row(
                        cells: ["Total", .text((investment.designCost.totalUSD / 1e6).threeDigits)], isSum: true)
                ]
            ).markup
        }
    }
}

extension Double {
    fileprivate var dollars: String { "\(threeDigits) USD" }
}
