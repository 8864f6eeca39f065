internal import Simulation

/// The regions that take longest, and all of them to unfold.
struct RegionTables {
    var data: ReportData
    var comparison: ReportData.WorkloadComparison

    /// How many regions the first table shows.
    static let shown = 25

    var markup: Markup {
        let evaluation = comparison.best ?? comparison.baseline
        let name = comparison.best == nil ? data.baselineName : "the best design"
        let order = evaluation.regions.indices.sorted { a, b in
            let (first, second) = (evaluation.regions[a].seconds, evaluation.regions[b].seconds)
            return first == second ? a < b : first > second
        }
        let longest = Array(order.prefix(RegionTables.shown))
        let share =
            longest.reduce(0) { $0 + evaluation.regions[$1].seconds }
            / max(evaluation.regions.reduce(0) { $0 + $1.seconds }, .leastNormalMagnitude)
        return .group([
            .element("h3") { "The longest regions" },
            table(
                longest, of: evaluation, isBest: comparison.best != nil,
                caption: longest.count == evaluation.regions.count
                    ? "All \(longest.count) regions on \(name), the longest first"
                    : "\(longest.count) of \(evaluation.regions.count) regions on \(name), \(share.percent) of its time"
            ),
            comparison.best.map { best in
                details(best, isBest: true, "All \(best.regions.count) regions on the best design, in execution order")
            } ?? .group([]),
            details(
                comparison.baseline, isBest: false,
                "All \(comparison.baseline.regions.count) regions on the \(data.baselineName), in execution order"),
        ])
    }

    private func details(_ evaluation: Evaluation, isBest: Bool, _ title: String) -> Markup {
        .element("details") {
            Markup.element("summary") { title }
            table(Array(evaluation.regions.indices), of: evaluation, isBest: isBest, caption: title)
        }
    }

    private func table(_ order: [Int], of evaluation: Evaluation, isBest: Bool, caption: String) -> Markup {
        let batch = Double(evaluation.batch)
        let total = evaluation.regions.reduce(0) { $0 + $1.seconds }
        // Regions of one name are the same work on both chips; where fusion differs some have no partner.
        let baseline = isBest ? secondsByName(comparison.baseline) : [:]
        let hasResidency = evaluation.hasResidency
        var titles = ["Time", "Share"]
        if hasResidency { titles.append("Before residency") }
        if isBest { titles.append(data.baselineName.unbroken) }
        titles += ["MACs", "DRAM"]
        if hasResidency { titles.append("Before residency") }
        titles.append("Utili\u{AD}sation")
        var columns =
            [Table.Column(title: "#"), Table.Column(title: "Region", isNumber: false)]
            + titles.map { Table.Column(title: $0) }
        columns += [Table.Column(title: "Bound", isNumber: false), Table.Column(title: "Unit", isNumber: false)]
        let rows = order.map { index in
            let region = evaluation.regions[index]
            var cells: [Markup] = [
                .text("\(index + 1)"),
                .element("span", ["title": region.operators.joined(separator: ", ")]) { region.name },
                .text((region.seconds / batch).text(in: "s")), .text((total > 0 ? region.seconds / total : 0).percent),
            ]
            if hasResidency { cells.append(.text((region.secondsBeforeResidency / batch).text(in: "s"))) }
            if isBest { cells.append(.text(baseline[region.name]?.text(in: "s") ?? "–")) }
            cells += [
                .text(region.macs > 0 ? (Double(region.macs) / batch).text(in: "").trimmingUnit : "–"),
                .text((Double(region.dramBytes) / batch).text(in: "B")),
            ]
            if hasResidency { cells.append(.text((Double(region.dramBytesBeforeResidency) / batch).text(in: "B"))) }
            cells += [
                .text(region.macs > 0 ? region.utilization.percent : "–"), .text(region.bound.title),
                .text((region.unit ?? "vector work") + (region.chainTile.map { ", \($0) at a time" } ?? "")),
            ]
            return Table.Row(cells: cells)
        }
        return Table(caption: caption, columns: columns, rows: rows, spacing: .dense).markup
    }

    /// Seconds of an inference in each region that has its name for itself.
    private func secondsByName(_ evaluation: Evaluation) -> [String: Double] {
        var seconds: [String: Double] = [:]
        var repeated: Set<String> = []
        for region in evaluation.regions {
            if seconds.updateValue(region.seconds / Double(evaluation.batch), forKey: region.name) != nil {
                repeated.insert(region.name)
            }
        }
        for name in repeated { seconds[name] = nil }
        return seconds
    }
}

extension String {
    /// Without the space before a unit that isn't there.
    fileprivate var trimmingUnit: String { hasSuffix(" ") ? String(dropLast()) : self }
}
