internal import Accelerators
internal import Environments
internal import Training

/// How the search went: the objective of every trial, the best so far, and what made designs infeasible.
struct SearchSection {
    var data: ReportData

    var markup: Markup {
        .section("search", "How the search went") {
            if data.history.trials.isEmpty {
                Markup.paragraph("There are no trials yet.")
            } else {
                Markup.paragraph(text)
                chart
                if data.history.infeasibleCount > 0 { reasons }
            }
        }
    }

    private var text: String {
        let trials = data.history.trials.count
        var text =
            "\(data.trialsText): \(data.feasibleCount.grouped) feasible "
            + "(\((Double(data.feasibleCount) / Double(trials)).percent)), \(data.history.infeasibleCount.grouped) infeasible."
        if let best = data.best {
            text += " The best was found at trial \(best.trial.grouped)"
            if let half = trialAtHalf {
                text += "; half of the gain over the first feasible design was there by trial \(half.grouped)"
            }
            text += "."
        }
        return text
    }

    /// The trial at which the best so far had come half the way from the first feasible to the best, on the logarithmic scale.
    private var trialAtHalf: Int? {
        let bests = data.history.bestSoFar
        guard let first = bests.compactMap({ $0 }).first, let last = bests.last ?? nil, last > first else { return nil }
        let half = (first * last).squareRoot()
        return bests.firstIndex { $0.map { $0 >= half } ?? false }.map { $0 + 1 }
    }

    private var chart: Markup {
        let trials = data.history.trials
        let broken = data.history.infeasibleCounts.filter { $0.count > 0 }
        let chart = TrialsChart(
            objectives: trials.map(\.outcome.objective), bestSoFar: data.history.bestSoFar,
            infeasible: broken.map { reason, _ in
                (reason.shortTitle, trials.filter { $0.outcome.infeasibility?.reason == reason }.map(\.index))
            }, objectiveName: data.objectiveText.capitalizedFirst, baselineName: data.baselineName)
        let below = trials.count { ($0.outcome.objective ?? .infinity) < chart.domain.lowerBound }
        var legend = [
            LegendEntry(mark: "trial-feasible", isLine: true, name: "feasible trial"),
            LegendEntry(mark: "best-so-far", isLine: true, name: "best so far"),
            LegendEntry(mark: "reference", isLine: true, name: "\(data.baselineName), 1×"),
        ]
        if !broken.isEmpty {
            legend.append(
                LegendEntry(mark: "trial-infeasible", isLine: true, name: "infeasible trial, by what it broke"))
        }
        return .group([
            Figure(
                id: "trials",
                title:
                    "\(data.objectiveText.capitalizedFirst) over the \(data.baselineName), trial by trial (logarithmic)",
                description: text, legend: legend
            ).markup { chart.drawing(width: $0) },
            below == 0
                ? .group([])
                : .paragraph(
                    "\(below.grouped) feasible \(below == 1 ? "trial lies" : "trials lie") below the axis and "
                        + "\(below == 1 ? "is" : "are") drawn at its lower edge.", class: "note"),
        ])
    }

    private var reasons: Markup {
        let trials = Double(data.history.trials.count)
        return Table(
            caption: "Infeasible trials by the constraint that they broke",
            columns: [
                Table.Column(title: "Constraint", isNumber: false), Table.Column(title: "Limit"),
                Table.Column(title: "Trials"), Table.Column(title: "Share of all"),
            ],
            rows: data.history.infeasibleCounts.filter { $0.count > 0 }.map { reason, count in
                Table.Row(cells: [
                    .text(reason.title), .text(limit(reason)), .text(count.grouped),
                    .text((Double(count) / trials).percent),
                ])
            }
        ).markup
    }

    private func limit(_ reason: Infeasibility.Reason) -> String {
        switch reason {
        case .area: "\(data.budget.areaMM2.threeDigits) mm²"
        case .tdp: "\(data.budget.tdpWatts.threeDigits) W"
        case .latency: data.latencyLimitSeconds?.text(in: "s") ?? "–"
        case .notMappable: "–"
        }
    }
}
