internal import Foundation
public import Reproduction

/// A figure of the paper with ours beside it, and why they differ.
public struct StudyHeadline: Encodable, Sendable {
    public let name: String
    /// nil where the study doesn't have it yet.
    public let ours: Spread?
    /// As the sources that could be looked up have it.
    public let published: Double?
    public let meaning: String?
    public let source: String?
    /// What our experiments say about the difference.
    public let explanation: String

    private init(_ name: String, _ ours: Spread?, _ figure: PublishedFigure?, _ explanation: String) {
        self.name = name
        self.ours = ours
        published = figure?.value
        meaning = figure?.meaning
        source = figure?.source
        self.explanation = explanation
    }

    /// The figures that a study has.
    static func all(_ results: StudyResults) -> [StudyHeadline] {
        var headlines: [StudyHeadline] = []
        if let mean = results.singleMean {
            let count = results.singles.count
            headlines.append(
                StudyHeadline(
                    "single workloads", mean, .single,
                    "geometric mean of \(count) \(count == 1 ? "design" : "designs"), one a workload"
                        + budget(results) + "; " + split(results.singles.compactMap(\.best))
                        + difference(results, \.single)))
            if let best = results.singles.filter({ $0.ratio != nil }).max(by: {
                ($0.ratio?.median ?? 0) < ($1.ratio?.median ?? 0)
            }),
                count > 1
            {
                headlines.append(
                    StudyHeadline(
                        "best single workload", best.ratio, .best,
                        "\(DisplayName.workload(best.workload)); the published case is over 6, of an earlier version of the paper"
                    ))
            }
        }
        if let mean = results.suiteMean {
            let single = results.singleMeanOfSuite.map {
                "; designs for each of its workloads alone come to \($0.median.ratio) on these"
            }
            headlines.append(
                StudyHeadline(
                    "suite", mean, .suite,
                    "geometric mean over the \(results.suiteWorkloads.count) workloads of one design; "
                        + split(results.suite.max { ($0.best?.ratio ?? 0) < ($1.best?.ratio ?? 0) }.map { [$0] } ?? [])
                        + (single ?? "") + difference(results, \.suite)))
        }
        if !results.scheduling.isEmpty, let all = results.schedulingGain(of: "residency"),
            let batch = results.schedulingGain(of: LadderEvaluation.anyBatch),
            let beyond = results.schedulingGain(of: "beyond")
        {
            let scheduling = all / batch
            let overArrays = results.schedulingGainOverArrays(of: "residency").map {
                "; over a baseline that ran depthwise convolutions on its arrays alone it would be \($0.ratio)"
            }
            headlines.append(
                StudyHeadline(
                    "scheduling on the \(DisplayName.baseline(results.baseline.name)) itself", Spread([all]),
                    .scheduling,
                    "the paper’s stack on the baseline’s own datapath: \(batch.ratio) is the choice of batch, \(scheduling.ratio) "
                        + "scheduling, padding, softmax and residency; \(beyond.ratio) with the passes beyond the paper. Our baseline "
                        + "starts from the best tiles and loop orders that our mapper finds, which leaves less to gain"
                        + (overArrays ?? "")))
        }
        return headlines
    }

    /// Where searches have less than the paper's budget, that they do.
    private static func budget(_ results: StudyResults) -> String {
        results.settings.trials < StudySettings.fullTrials
            ? ", with \(results.settings.trials.grouped) of the paper’s \(StudySettings.fullTrials.grouped) trials a search"
            : ""
    }

    /// Perf and TDP, of which a ratio is made.
    private static func split(_ results: [SearchResult]) -> String {
        guard let perf = geometricMean(results.compactMap(\.perfRatio)),
            let tdp = geometricMean(results.compactMap(\.tdpRatio))
        else { return "no design" }
        return "\(perf.ratio) the Perf at \(tdp.ratio) the TDP"
    }

    /// What single assumptions do to a mean.
    private static func difference(_ results: StudyResults, _ value: KeyPath<Assumption, Spread?>) -> String {
        guard let modelled = results.assumptions.first?[keyPath: value]?.median else { return "" }
        let others = results.assumptions.dropFirst().filter { !$0.name.hasPrefix("both") }
            .compactMap { row in row[keyPath: value].map { (row.name, $0.median) } }
        guard let up = others.max(by: { $0.1 < $1.1 }), let down = others.min(by: { $0.1 < $1.1 }), up.1 > modelled
        else {
            return ""
        }
        let ups = others.filter { $0.1 > modelled * 1.05 }.sorted { $0.1 > $1.1 }.map { "\($0.1.ratio) (\($0.0))" }
        return ". Other assumptions raise it to \(ups.isEmpty ? "\(up.1.ratio) (\(up.0))" : ups.listed)"
            + (down.1 < modelled ? ", and lower it to \(down.1.ratio) (\(down.0))" : "")
    }
}
