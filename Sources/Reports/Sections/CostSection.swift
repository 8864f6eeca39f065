internal import Accelerators

/// Area and TDP by component, of both chips.
struct CostSection {
    var data: ReportData

    var markup: Markup {
        .section("cost", "Where area and power go") {
            Markup.paragraph(
                "TDP is the power of full activity: every MAC, lane and port busy in every cycle, DRAM at its full bandwidth, with "
                    + "clocks and leakage. Budgets: \(data.budget.areaMM2.threeDigits) mm² and "
                    + "\(data.budget.tdpWatts.threeDigits) W.")
            figure(
                "tdp", "TDP by component, W", unit: "W", largest: chips.map(\.cost.tdpWatts).max() ?? 0,
                total: \.tdpWatts, of: \.tdpWatts)
            figure(
                "area", "Area by component, mm²", unit: "mm²", largest: chips.map(\.cost.areaMM2).max() ?? 0,
                total: \.areaMM2, of: \.areaMM2)
            table
        }
    }

    /// The best design, where there is one, before the baseline.
    private var chips: [(name: String, cost: HardwareCost)] {
        (data.best.map { [($0.chip.name, $0.chip.cost)] } ?? []) + [(data.baselineName, data.baseline.cost)]
    }

    private func figure(
        _ id: String, _ title: String, unit: String, largest: Double, total: KeyPath<HardwareCost, Double>,
        of value: KeyPath<ComponentCost, Double>
    ) -> Markup {
        let bars = chips.map { name, cost in
            StackedBars.Bar(
                name: name, total: "\(cost[keyPath: total].threeDigits) \(unit)",
                parts: cost.components.map { component in
                    StackedBars.Part(
                        name: component.name.title, value: component[keyPath: value],
                        text: component[keyPath: value].threeDigits, mark: component.name.mark)
                })
        }
        let description = bars.map { bar in
            "\(bar.name), \(bar.total): " + bar.parts.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        }.joined(separator: ". ")
        return Figure(id: id, title: title, description: description + ".").markup { width in
            StackedBars(bars: bars, largest: largest, tickText: { $0.tickText }).drawing(width: width)
        }
    }

    private var table: Markup {
        let isCompared = data.best != nil
        let baseline = data.baseline.cost
        var columns = [Table.Column(title: "Component", isNumber: false)]
        for quantity in ["TDP, W", "Area, mm²"] {
            if isCompared { columns.append(Table.Column(title: "\(quantity), best")) }
            columns.append(Table.Column(title: "\(quantity), \(data.baselineName.unbroken)"))
            if isCompared { columns.append(Table.Column(title: "Ratio")) }
        }
        func cells(_ best: Double?, _ baseline: Double) -> [Markup] {
            guard let best else { return [.text(baseline.threeDigits)] }
            return [
                .text(best.threeDigits), .text(baseline.threeDigits),
                .text(best > 0 && baseline > 0 ? (best / baseline).ratio : "–"),
            ]
        }
        var rows = baseline.components.map { reference in
            let best = data.best?.chip.cost.components.first { $0.name == reference.name }
            return Table.Row(
                cells: [swatch(reference.name)] + cells(best?.tdpWatts, reference.tdpWatts)
                    + cells(best?.areaMM2, reference.areaMM2))
        }
        rows.append(
            Table.Row(
                cells: ["Total"] + cells(data.best?.chip.cost.tdpWatts, baseline.tdpWatts)
                    + cells(data.best?.chip.cost.areaMM2, baseline.areaMM2), isSum: true))
        return Table(caption: "Power and area by component, at \(data.technologyName)", columns: columns, rows: rows)
            .markup
    }

    /// A component's name with its colour in the charts above.
    private func swatch(_ component: HardwareComponent) -> Markup {
        .group([
            .element("svg", ["class": "swatch", "viewBox": "0 0 18 12", "aria-hidden": "true"]) {
                Markup.element(
                    "rect", ["class": component.mark, "x": "1", "y": "0.5", "width": "16", "height": "11"])
            }, .text(component.title),
        ])
    }
}
