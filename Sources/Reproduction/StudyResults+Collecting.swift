internal import Accelerators
public import Configuration
internal import Environments
internal import Foundation
internal import Simulation
public import Training

extension StudyResults {
    /// What a study's folder holds, finished searches alone, with what is worked out from it.
    ///
    /// - Parameters:
    ///   - plan: what was asked for; other experiments are shown too as far as the folder has them.
    ///   - threads: on which designs are evaluated.
    ///   - stop: ends the evaluations early; the results are then of no use.
    /// - Throws: `DiagnosticError` where something in the folder is damaged.
    public init(
        of folder: StudyFolder, _ plan: StudyPlan, threads: Int, stop: StopSignal = StopSignal(),
        files: InstalledFiles = .standard
    ) throws {
        let settings = folder.settings
        let design = try Design(named: settings.baseline, in: files)
        let technology = try Technology(named: settings.technology, in: files)
        let hardware = HardwareModel(technology: technology)
        let simulator = try folder.makeSimulator(files: files)
        func finished(_ workload: String, _ searches: [StudySearch]) throws -> WorkloadSearches? {
            let results = try searches.compactMap { try folder.result(of: $0, files: files) }
            return results.isEmpty || results.count < searches.count
                ? nil : WorkloadSearches(workload: workload, results: results)
        }
        let baseline = Chip(name: settings.baseline, design: design, cost: hardware.cost(of: design.datapath))
        let singles = try StudySettings.workloads.compactMap { try finished($0, plan.singles($0)) }
        let suite = try finished(StudySettings.suite, plan.suite)?.results ?? []
        let scheduling = try StudySettings.workloads.compactMap { try folder.ladder(of: $0) }

        self.settings = settings
        experiments = plan.experiments
        self.baseline = baseline
        ownNode = plan.ownNode
        self.singles = singles
        self.suite = suite
        self.scheduling = scheduling
        ladder = plan.ladder
        perf = try StudySettings.workloads.compactMap { try finished($0, plan.perf($0)) }
        ablations = try StudySettings.workloads.compactMap { workload in
            let rungs = try plan.ladder.indices.compactMap { try finished(workload, plan.ablation(workload, rung: $0)) }
            guard rungs.count == plan.ladder.count else { return nil }
            return try Ablation(
                of: workload, rungs, baseline: design, simulator: simulator, threads: threads, stop: stop)
        }
        func chip(_ name: String, _ result: SearchResult?) -> Chip? {
            result?.best.map { Chip(name: name, design: $0.design, cost: hardware.cost(of: $0.design.datapath)) }
        }
        let bestOfSuite = suite.max { ($0.best?.ratio ?? 0) < ($1.best?.ratio ?? 0) }
        let designs = ([chip(StudySettings.suite, bestOfSuite)] + singles.map { chip($0.workload, $0.best) }).compactMap
        { $0 }
        chips = designs.isEmpty ? [] : [baseline] + designs

        let rescoring = try Rescoring(
            singles: singles, suite: suite, baseline: design, technology: technology, scheduling: scheduling,
            simulator: simulator, threads: threads, stop: stop)
        // They explain the figures of the other experiments, and take seconds.
        let areOfUse = !singles.isEmpty || !suite.isEmpty
        depthwiseGain = rescoring.depthwiseGain
        assumptions = areOfUse ? try rescoring.assumptions(ownNode: plan.ownNode) : []
        constants = areOfUse ? rescoring.constantEffects() : []
        searchedAssumptions = try rescoring.searchedAssumptions(plan) { try finished($0, $1) }
        paperDesign = areOfUse ? try rescoring.paperDesign(hardware) : nil
    }
}

extension StudyResults.Ablation {
    /// nil where no rung found a feasible design.
    init?(
        of workload: String, _ rungs: [StudyResults.WorkloadSearches], baseline: Design, simulator: ZooSimulator,
        threads: Int,
        stop: StopSignal
    ) throws {
        guard let best = rungs.compactMap(\.best).max(by: { ($0.best?.ratio ?? 0) < ($1.best?.ratio ?? 0) }),
            let found = best.best
        else { return nil }
        var start = found.design
        start.compiler = baseline.compiler
        guard
            let ladder = try LadderEvaluation(
                of: workload, on: start, batches: [], simulator: simulator, threads: threads, stop: stop)
        else { return nil }
        self.workload = workload
        self.rungs = rungs
        self.best = best
        onBestDesign = ladder
        bestRatio = found.ratio
        secondsOfBest = found.outcome.workloads.first?.latencySeconds ?? 0
        passEffects = try simulator.passEffects(workload: workload, on: found.design)
    }
}
