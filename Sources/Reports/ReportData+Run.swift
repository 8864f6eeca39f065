package import Accelerators
public import Configuration
internal import Diagnostics
package import Economics
package import Environments
internal import Foundation
internal import Simulation
public import Training

extension ReportData {
    /// What a run found: its best design and the baseline, evaluated anew so that every region can be shown.
    ///
    /// - Throws: `DiagnosticError` where the trials are missing or damaged, or a file that the problem names is missing.
    public init(run folder: RunFolder, files: InstalledFiles = .standard) throws {
        let configuration = folder.configuration
        func text(_ role: String) throws -> (text: String, file: String) {
            (try configuration.document(role).text, "\(folder.configurationPath), \(role)")
        }
        let problemText = try text("problem")
        let problem = try Problem(yaml: problemText.text, file: problemText.file)
        let baselineText = try text("baseline")
        let baseline = try Design(yaml: baselineText.text, file: baselineText.file)
        let technologyText = try text("technology")
        // A node whose constants stand in another file can't be read without it: then the installed one is taken, and the page
        // says so if its results differ.
        let technology =
            try (try? Technology(yaml: technologyText.text, file: technologyText.file))
            ?? Technology(named: problem.technology, in: files)
        let simulator = Simulator(hardware: HardwareModel(technology: technology))
        try self.init(
            folder, problem: problem, hardware: simulator.hardware,
            simulator: ZooSimulator(simulator, dimensions: problem.dimensions),
            baseline: baseline, costs: try configuration.costModel(for: problem, node: technology.name), files: files)
    }

    /// The same with another simulator and baseline.
    package init(
        _ folder: RunFolder, problem: Problem, hardware: HardwareModel, simulator: some DesignSimulating,
        baseline: Design, costs: CostModel? = nil, files: InstalledFiles = .standard
    ) throws {
        let store = try TrialStore(opening: folder.trialsPath)
        let history = TrialHistory(try store.trials())
        let evaluator = try ProblemEvaluator(
            problem, simulator: simulator, baseline: baseline, costs: costs)
        let best = try history.best.map { trial in
            try ReportData.best(trial, in: store, evaluator: evaluator, hardware: hardware)
        }
        self.init(
            run: try RunDescription(folder, store, files: files), objective: problem.objective,
            technology: problem.technology,
            budget: evaluator.budget, latencyLimitSeconds: problem.constraints.latencySeconds,
            baseline: Chip(
                name: problem.baseline, design: baseline, cost: hardware.cost(of: baseline.datapath),
                ownershipUSD: evaluator.ownershipUSD(of: baseline)),
            best: best,
            workloads: try zip(problem.workloads, evaluator.baselineEvaluations).map { workload, reference in
                WorkloadComparison(
                    name: workload.name, dimensions: workload.dimensions, weight: workload.weight, baseline: reference,
                    best: try best.map { try simulator.evaluate(workload: workload.name, on: $0.chip.design) },
                    passEffects: try best.map {
                        try simulator.passEffects(workload: workload.name, on: $0.chip.design)
                    } ?? [])
            }, history: history)
    }

    private static func best(
        _ trial: Trial, in store: TrialStore, evaluator: ProblemEvaluator, hardware: HardwareModel
    ) throws -> BestDesign {
        let location = SourceLocation(file: store.path, field: "trial \(trial.index)")
        let design = try store.design(ofTrial: trial.index)
        guard let objective = try evaluator.outcome(of: design).objective, let recorded = trial.outcome.objective else {
            throw DiagnosticError(
                .configuration, "the best design was feasible when the trial was made, and isn't any more",
                at: location,
                remedy: "technology, baseline or program have changed since: make the run again with `fast train`")
        }
        return BestDesign(
            chip: Chip(
                name: "Best design", design: design, cost: hardware.cost(of: design.datapath),
                ownershipUSD: evaluator.ownershipUSD(of: design)),
            trial: trial.index, objectiveRatio: objective, recordedObjectiveRatio: recorded)
    }
}

extension RunDescription {
    fileprivate init(_ folder: RunFolder, _ store: TrialStore, files: InstalledFiles) throws {
        let configuration = folder.configuration
        self.init(
            path: folder.path, problem: try configuration.document("problem").name,
            agent: try configuration.document("agent").name, arguments: try configuration.arguments(files: files),
            seed: configuration.seed, budget: configuration.trials,
            hash: configuration.hash, configurationText: configuration.yamlText,
            secondsByActivity: try store.secondsByActivity().map { ($0.activity.rawValue, $0.seconds) })
    }
}
