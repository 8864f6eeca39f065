internal import Accelerators
internal import Environments
internal import Reproduction

/// A study as a page: the paper's figures beside ours, then each experiment.
struct ReproductionPage {
    let results: StudyResults
    let fronts: [ParetoStudy]
    let figures: ReproductionFigures

    var html: String {
        Page(
            title: "The FAST paper’s experiments · FAST",
            body: .group([
                masthead,
                .element("main") {
                    headline
                    SingleSection(results: results).markup
                    SuiteSection(results: results).markup
                    SchedulingSection(results: results).markup
                    AblationSection(results: results).markup
                    pareto
                    ComponentSection(results: results).markup
                    AssumptionSection(results: results).markup
                    SearchesSection(results: results, figures: figures).markup
                },
            ])
        ).html
    }

    private var settings: StudySettings { results.settings }

    private var title: String {
        var parts: [String] = []
        if let mean = results.singleMean { parts.append("\(mean.median.ratio) for single workloads") }
        if let mean = results.suiteMean { parts.append("\(mean.median.ratio) for the suite") }
        return "The FAST paper’s experiments" + (parts.isEmpty ? "" : ": " + parts.listed)
    }

    private var masthead: Markup {
        .element("header", ["class": "masthead"]) {
            Markup.paragraph("FAST reproduction · \(settings.summary)", class: "eyebrow")
            Markup.element("h1") { title }
            Markup.paragraph(
                "Zhang et al., “A Full-Stack Search Technique for Domain Optimized Deep Learning Accelerators” (ASPLOS 2022), search the "
                    + "datapath of an inference accelerator, the schedule of every operator and the compiler’s passes together, and compare the "
                    + "designs with a \(DisplayName.baseline(results.baseline.name)) that is modelled by the same simulator at the same node. "
                    + "This page repeats the experiments with this software: \(settings.trials.grouped) trials a search"
                    + (settings.trials == StudySettings.fullTrials
                        ? ", as the paper has." : " (the paper has \(StudySettings.fullTrials.grouped)).")
                    + " Ratios are to the baseline at \(settings.technology): above 1 is better for Perf and Perf/TDP, below 1 for TDP and area.",
                class: "lede")
        }
    }

    private var headline: Markup {
        .section("headline", "The paper’s figures and ours") {
            if figures.headline.isEmpty {
                Markup.paragraph("No experiment with a published figure is finished yet.", class: "warning")
            } else {
                Table(
                    caption:
                        "Ours is the median over the seeds, with the least and the greatest where there are several",
                    columns: [
                        Table.Column(title: "Figure", isNumber: false), Table.Column(title: "Ours"),
                        Table.Column(title: "Published"), Table.Column(title: "Why they differ", isNumber: false),
                    ],
                    rows: figures.headline.map { line in
                        Table.Row(cells: [
                            .text(line.name.capitalizedFirst), .text(line.ours?.text ?? "–"),
                            .text(line.published.map { $0.ratio } ?? "–"),
                            .text(line.explanation.capitalizedFirst + "."),
                        ])
                    }, spacing: .wrapping
                ).markup
                Markup.paragraph(
                    "Published: "
                        + figures.headline.compactMap { line in
                            line.meaning.flatMap { meaning in line.source.map { "\(line.name) – “\(meaning)” (\($0))" }
                            }
                        }.joined(separator: "; ")
                        + ". These stand in the abstracts, which could be looked up; the paper’s own figures and tables could not, so that no figure of "
                        + "theirs for one workload stands here. The constants of our model are fitted to published chips, none to these ratios.",
                    class: "note")
                Markup.paragraph(
                    "How to read: Perf is inferences a second at steady state, TDP the power of everything active at once. A search proposes "
                        + "designs and keeps the best that takes no more area and TDP than the baseline; it is repeated with each seed, and "
                        + "the spread shows how much of a figure is luck. Each section says what the paper’s experiment shows, what ours does, "
                        + "and names its table of figures, a file beside this page.", class: "note")
            }
        }
    }

    private var pareto: Markup {
        guard !fronts.isEmpty else { return .group([]) }
        return .section("pareto", "Perf against TDP") {
            Markup.paragraph(
                "The paper compares designs by what they do and what they take. Here are all feasible trials of the searches for Perf/TDP and of "
                    + "searches for the most Perf within the same budgets; the line joins those that no other beats in both. A design on "
                    + "the line left of the baseline and above it is better in both. (pareto.csv)")
            for front in fronts {
                let page = ParetoPage(front)
                let name = front.workloads.map(\.name).joined(separator: "-")
                Markup.element("h3") {
                    front.workloads.map { DisplayName.workload($0.name, dimensions: $0.dimensions) }.listed
                }
                page.charts(id: "pareto-\(name)")
                Markup.paragraph(ParetoWords(front).text)
            }
        }
    }
}

/// What a front says about the baseline.
private struct ParetoWords {
    let front: ParetoStudy

    init(_ front: ParetoStudy) { self.front = front }

    var text: String {
        let (perf, watts) = (front.baseline[0], front.baseline[1])
        let name = DisplayName.baseline(front.baselineName)
        var words = "\(front.front.count) of \(front.feasible.count.grouped) feasible designs are on the front. "
        if let fast = front.front.max(by: { $0.values[0] < $1.values[0] }) {
            words +=
                "The fastest has \((fast.values[0] / perf).ratio) the Perf of the \(name) at \((fast.values[1] / watts).ratio) its TDP"
        }
        let enough = front.front.filter { $0.values[0] >= perf }
        if let frugal = enough.min(by: { $0.values[1] < $1.values[1] }) {
            words +=
                "; the least TDP that still reaches the \(name)’s Perf is \((frugal.values[1] / watts).ratio) its TDP"
        } else {
            words += "; none reaches the \(name)’s Perf"
        }
        return words + "."
    }
}

extension Spread {
    /// `1.87×`, or with several seeds `1.87× (1.80 … 1.92)`.
    var text: String {
        count == 1 ? median.ratio : "\(median.ratio) (\(least.threeDigits) … \(greatest.threeDigits))"
    }

    var range: ClosedRange<Double>? { count == 1 ? nil : least...greatest }
}
