internal import Reproduction

/// Every search with its trials and seconds, and how to make the study again.
struct SearchesSection {
    let results: StudyResults
    let figures: ReproductionFigures

    var markup: Markup {
        let searches = results.searches
        guard !searches.isEmpty else { return .group([]) }
        let seconds = searches.map(\.seconds)
        let slow = searches.filter { $0.seconds > ReproductionTables.secondsLimit }
        return .section("searches", "The searches") {
            Markup.paragraph(
                "\(searches.count) searches, \(searches.reduce(0) { $0 + $1.trials }.grouped) trials, \(seconds.reduce(0, +).duration) in all; the longest "
                    + "took \((seconds.max() ?? 0).duration). "
                    + (slow.isEmpty
                        ? "None took more than 2 minutes."
                        : "\(slow.count) took more than 2 minutes: \(slow.map(\.search.name).listed).")
                    + " Each is a run of its own: fast report shows its best design, fast pareto its trials. (searches.csv)"
            )
            Markup.element("details") {
                Markup.element("summary") { "All searches" }
                Table(
                    caption:
                        "Trials, seconds and the best of each search; its objective is Perf/TDP unless its name says another",
                    columns: [Table.Column(title: "Search", isNumber: false)]
                        + ["Trials", "Infeasible", "Seconds", "Best"].map { Table.Column(title: $0) },
                    rows: searches.map { result in
                        Table.Row(cells: [
                            .text(result.search.name), .text(result.trials.grouped),
                            .text((Double(result.infeasible) / Double(max(1, result.trials))).percent),
                            .text(result.seconds.threeDigits), .text(result.best?.ratio.ratio ?? "–"),
                        ])
                    }, spacing: .dense
                ).markup
            }
            Markup.element("h3") { "Make it again" }
            Markup.element("pre") { command }
            Markup.paragraph(
                "The same settings give the same figures, on any number of threads of one kind of processor, also after a stop. "
                    + "Tables beside this page: "
                    + figures.tables.map { "\($0.name).csv" }.listed + "; summary.json has all of them.", class: "note")
        }
    }

    private var command: String {
        let settings = results.settings
        var command =
            "fast reproduce --trials \(settings.trials) --seeds \(settings.seeds) --seed \(settings.firstSeed) --agent \(shellQuoted(settings.agent)) "
            + "--technology \(shellQuoted(settings.technology)) --baseline \(shellQuoted(settings.baseline))"
        if settings.ablationWorkloads != StudySettings.focus { command += " --full" }
        return command
    }
}
