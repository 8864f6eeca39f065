internal import Accelerators
internal import Environments
internal import Foundation
internal import Simulation
internal import Training

/// Scores a study's best designs, and its baseline, under other assumptions.
struct Rescoring {
    let singles: [StudyResults.WorkloadSearches]
    let suite: [SearchResult]
    let baseline: Design
    let technology: Technology
    let scheduling: [LadderEvaluation]
    let simulator: any DesignSimulating
    let threads: Int
    /// After it was requested nothing is complete.
    let stop: StopSignal
    /// The baseline's Perf as it is, and with depthwise convolutions on its arrays alone.
    private let baselinePerf: [String: Double]
    private let arraysPerf: [String: Double]

    /// The chip that docs/HARDWARE.md takes for the paper's larger design: 8×8 PEs of 32×32, 128 MiB, 8 channels of GDDR6. What the sources at
    /// hand don't say of it, buffers and lanes, is as there; its compiler has every pass.
    private static let paperDatapath = Datapath(
        peGrid: Extent2D(x: 8, y: 8), array: Extent2D(x: 32, y: 32), vectorMultiplier: 2,
        l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 32, outputKiB: 32), globalMemoryMiB: 128,
        dram: .gddr6(channels: 8))
    private static let everyPass = CompilerOptions(
        fusion: .tiles, padding: .searched, softmax: .online, dataflow: .best, order: .memory)
    private static let paperBatches = [1, 8, 64]
    /// Constants that are shown by themselves.
    private static let shownConstants = 8

    init(
        singles: [StudyResults.WorkloadSearches], suite: [SearchResult], baseline: Design, technology: Technology,
        scheduling: [LadderEvaluation], simulator: any DesignSimulating, threads: Int, stop: StopSignal
    ) throws {
        self.singles = singles
        self.suite = suite
        self.baseline = baseline
        self.technology = technology
        self.scheduling = scheduling
        self.simulator = simulator
        self.threads = threads
        self.stop = stop
        var onArrays = baseline
        onArrays.compiler.depthwise = .arrays
        let names = Set(
            singles.map(\.workload) + scheduling.map(\.workload)
                + (suite.first?.search.problem.workloads.map(\.name) ?? [])
        ).sorted()
        func perf(_ design: Design) throws -> [String: Double] {
            let values = try concurrentMap(names, threads: threads, stop: stop) { name in
                try simulator.evaluate(workload: name, on: design, detail: .totals).inferencesPerSecond
            }
            return Dictionary(uniqueKeysWithValues: zip(names, values ?? []))
        }
        baselinePerf = try perf(baseline)
        arraysPerf = try perf(onArrays)
    }

    /// How much faster the baseline is, by workload, for running depthwise convolutions on the better unit.
    var depthwiseGain: [String: Double] {
        baselinePerf.reduce(into: [:]) { gains, entry in
            gains[entry.key] = arraysPerf[entry.key].map { entry.value / $0 }
        }
    }

    /// What a design's figure on a workload is multiplied with under an assumption; nil where that cannot be told.
    private typealias Factor = (_ workload: String, _ best: SearchResult.Best) -> Double?

    private func mean(_ results: [(workload: String, result: SearchResult)], _ factor: Factor) -> Double? {
        let values = results.compactMap { workload, result in
            result.best.flatMap { best in
                result.ratio(of: workload).flatMap { ratio in factor(workload, best).map { ratio * $0 } }
            }
        }
        return values.count == results.count ? geometricMean(values) : nil
    }

    private func single(_ factor: Factor) -> Spread? {
        let seeds = singles.first?.results.count ?? 0
        let means = (0..<seeds).compactMap { seed in mean(singles.map { ($0.workload, $0.results[seed]) }, factor) }
        return means.count == seeds && seeds > 0 ? Spread(means) : nil
    }

    private func suite(_ factor: Factor) -> Spread? {
        let means = suite.compactMap { result in
            mean(result.search.problem.workloads.map { ($0.name, result) }, factor)
        }
        return means.count == suite.count && !suite.isEmpty ? Spread(means) : nil
    }

    private func row(_ name: String, _ change: String, keepsOptimum: Bool = true, _ factor: Factor) -> Assumption {
        Assumption(name: name, change: change, single: single(factor), suite: suite(factor), keepsOptimum: keepsOptimum)
    }

    /// The study's figures under each assumption, as they are first; those that cannot be told are left out.
    func assumptions(ownNode: HardwareTotals?) throws -> [Assumption] {
        let hardware = HardwareModel(technology: technology)
        let watts = hardware.totals(of: baseline.datapath).tdpWatts
        let depthwise: Factor = { workload, _ in ratio(baselinePerf, arraysPerf, workload) }
        let ownWatts = ownNode.map { $0.tdpWatts / watts }
        let (favouring, opposing) = extremes()
        let withoutBeyond = try perfWithoutBeyond()
        var rows = [
            row("as modelled", "nothing") { _, _ in 1 },
            row(
                "without passes beyond the paper",
                "the designs’ compilers keep tensors between regions, but fuse nothing a tile at a time, fuse no softmax and keep the "
                    + "given order", keepsOptimum: false
            ) { workload, best in withoutBeyond["\(workload) \(best.design.yamlText)"] },
            row(
                "baseline at its best batch",
                "the baseline runs each workload at the batch of 1 to 256 that suits it best, not at the one of its file"
            ) { workload, _ in gain(workload, LadderEvaluation.anyBatch).map { 1 / $0 } },
            row(
                "baseline with our compiler", "the baseline has every pass that the designs have, and its best batch"
            ) { workload, _ in gain(workload, "beyond").map { 1 / $0 } },
            row(
                "depthwise on the baseline’s arrays",
                "the baseline runs depthwise convolutions on its arrays alone, block-diagonally where that is faster, not on its vector units",
                depthwise),
        ]
        if let ownWatts {
            rows.append(
                row(
                    "baseline’s TDP at its own node",
                    "the baseline is the chip as it was built, not the one of the designs’ node: its TDP is "
                        + "\(ownWatts.ratioText) times as high"
                ) { _, _ in ownWatts })
            rows.append(
                row("both: depthwise on arrays, own node", "the last two together") { workload, best in
                    depthwise(workload, best).map { $0 * ownWatts }
                })
        }
        rows.append(
            row(
                "constants that favour the designs",
                "each uncertain constant of the hardware model at the end of its range that raises the mean",
                keepsOptimum: false
            ) { _, best in tdpFactor(best, favouring) })
        rows.append(
            row(
                "constants that favour the baseline", "each at the other end", keepsOptimum: false
            ) { _, best in tdpFactor(best, opposing) })
        rows.append(
            row(
                "both: depthwise on arrays, such constants",
                "depthwise on the arrays and the constants that favour the designs", keepsOptimum: false
            ) { workload, best in depthwise(workload, best).map { $0 * tdpFactor(best, favouring) } })
        return rows.filter { $0.single != nil || $0.suite != nil }
    }

    private func ratio(_ value: [String: Double], _ reference: [String: Double], _ workload: String) -> Double? {
        guard let value = value[workload], let reference = reference[workload] else { return nil }
        return value / reference
    }

    private func gain(_ workload: String, _ level: String) -> Double? {
        scheduling.first { $0.workload == workload }?.gain(of: level)
    }

    /// Perf/TDP over the baseline's under other constants, over what it is under those that ship.
    private func tdpFactor(_ best: SearchResult.Best, _ other: Technology) -> Double {
        let (shipped, changed) = (HardwareModel(technology: technology), HardwareModel(technology: other))
        func ratio(_ model: HardwareModel) -> Double {
            model.totals(of: baseline.datapath).tdpWatts / model.totals(of: best.design.datapath).tdpWatts
        }
        return ratio(changed) / ratio(shipped)
    }

    /// The constants at the ends of their ranges, one at a time, those with the widest effects first.
    func constantEffects() -> [ConstantEffect] {
        let effects = technology.entries.compactMap { entry -> ConstantEffect? in
            guard let range = entry.range else { return nil }
            func at(_ end: Double) -> (single: Double?, suite: Double?) {
                var changed = technology
                changed[entry] = end
                return (
                    single { _, best in tdpFactor(best, changed) }?.median,
                    suite { _, best in tdpFactor(best, changed) }?.median
                )
            }
            let (low, high) = (at(range.lowerBound), at(range.upperBound))
            guard let singleAtLow = low.single, let singleAtHigh = high.single, singleAtLow != singleAtHigh else {
                return nil
            }
            return ConstantEffect(
                constant: entry.name, unit: entry.unit, value: technology[entry], low: range.lowerBound,
                high: range.upperBound, singleAtLow: singleAtLow, singleAtHigh: singleAtHigh, suiteAtLow: low.suite,
                suiteAtHigh: high.suite)
        }
        return Array(
            effects.sorted { abs($0.singleAtHigh - $0.singleAtLow) > abs($1.singleAtHigh - $1.singleAtLow) }
                .prefix(Rescoring.shownConstants))
    }

    /// All constants at the ends of their ranges that raise the mean of single designs, or the suite's where there are none, and at those that
    /// lower it.
    private func extremes() -> (favouring: Technology, opposing: Technology) {
        var (favouring, opposing) = (technology, technology)
        for entry in technology.entries {
            guard let range = entry.range else { continue }
            func at(_ end: Double) -> Double {
                var changed = technology
                changed[entry] = end
                let factor: Factor = { _, best in tdpFactor(best, changed) }
                return (single(factor) ?? suite(factor))?.median ?? 1
            }
            let isRising = at(range.upperBound) >= at(range.lowerBound)
            favouring[entry] = isRising ? range.upperBound : range.lowerBound
            opposing[entry] = isRising ? range.lowerBound : range.upperBound
        }
        return (favouring, opposing)
    }

    /// Perf of each best design on its workloads without the passes beyond the paper, over its Perf with them.
    private func perfWithoutBeyond() throws -> [String: Double] {
        var jobs: [(workload: String, design: Design, perf: Double)] = []
        for result in singles.flatMap(\.results) + suite {
            guard let best = result.best else { continue }
            jobs += best.outcome.workloads.map { ($0.workload, best.design, $0.inferencesPerSecond) }
        }
        let factors = try concurrentMap(
            jobs.map { Job(workload: $0.workload, design: $0.design) }, threads: threads, stop: stop
        ) {
            job -> Double? in
            var design = job.design
            if design.compiler.fusion == .tiles { design.compiler.fusion = .residency }
            if design.compiler.softmax == .online { design.compiler.softmax = .twoPass }
            design.compiler.order = .given
            do {
                return try simulator.evaluate(workload: job.workload, on: design, detail: .totals).inferencesPerSecond
            } catch is UnmappableWorkload {
                return nil
            }
        }
        var found: [String: Double] = [:]
        for (job, perf) in zip(jobs, factors ?? []) {
            if let perf { found["\(job.workload) \(job.design.yamlText)"] = perf / job.perf }
        }
        return found
    }

    private struct Job: Sendable {
        var workload: String
        var design: Design
    }

    /// The searches of the study that were made under other assumptions.
    func searchedAssumptions(
        _ plan: StudyPlan, _ finished: (String, [StudySearch]) throws -> StudyResults.WorkloadSearches?
    ) throws -> [SearchedAssumption] {
        try StudySettings.workloads.flatMap { workload -> [SearchedAssumption] in
            guard let reference = singles.first(where: { $0.workload == workload })?.results else { return [] }
            let depthwise = ratio(arraysPerf, baselinePerf, workload) ?? 1
            let kinds = [
                (
                    "budgets at the baseline’s own node",
                    "designs may take the area and TDP that the baseline takes at its own node",
                    plan.ownNodeBudgets(workload), 1.0
                ),
                (
                    "depthwise on the baseline’s arrays",
                    "the search is made against the baseline that runs depthwise convolutions on its arrays alone",
                    plan.arraysBaseline(workload), depthwise
                ),
            ]
            return try kinds.compactMap { name, change, searches, factor in
                try finished(workload, searches).map {
                    SearchedAssumption(
                        name: name, change: change, workload: workload, reference: reference, results: $0.results,
                        factor: factor)
                }
            }
        }
    }

    /// A chip like the paper's larger design on each workload, at the best of a few batches.
    func paperDesign(_ hardware: HardwareModel) throws -> StudyResults.PaperDesign? {
        let cost = hardware.cost(of: Rescoring.paperDatapath)
        let baselineWatts = hardware.totals(of: baseline.datapath).tdpWatts
        let names = singles.map(\.workload)
        let jobs = names.flatMap { name in
            Rescoring.paperBatches.map { batch in
                Job(
                    workload: name,
                    design: Design(datapath: Rescoring.paperDatapath, batch: batch, compiler: Rescoring.everyPass))
            }
        }
        let perf = try concurrentMap(jobs, threads: threads, stop: stop) { job -> Double in
            do {
                return try simulator.evaluate(workload: job.workload, on: job.design, detail: .totals)
                    .inferencesPerSecond
            } catch is UnmappableWorkload {
                return 0
            }
        }
        let rows = names.compactMap { name -> StudyResults.PaperDesign.Row? in
            let best = zip(jobs, perf ?? []).filter { $0.0.workload == name }.max { $0.1 < $1.1 }
            guard let best, best.1 > 0, let reference = baselinePerf[name] else { return nil }
            let perfRatio = best.1 / reference
            return StudyResults.PaperDesign.Row(
                workload: name, batch: best.0.design.batch, perfRatio: perfRatio,
                perfPerTdpRatio: perfRatio * baselineWatts / cost.tdpWatts)
        }
        return StudyResults.PaperDesign(
            chip: StudyResults.Chip(
                name: "like the paper’s larger design",
                design: Design(datapath: Rescoring.paperDatapath, batch: 8, compiler: Rescoring.everyPass), cost: cost),
            rows: rows)
    }
}
