public import Accelerators
internal import Agents
public import Configuration
public import Environments

/// A search of a study: an ordinary run of an agent on a problem, in a run folder of its own.
public struct StudySearch: Hashable, Sendable {
    public let experiment: Experiment
    /// The run's folder below the study's runs, e.g. `single/efficientnet-b7-ppo-1`.
    public let name: String
    public let problem: Problem
    public let seed: UInt64
}

/// Which searches the experiments of a study are made of.
///
///     let plan = try StudyPlan(settings, experiments: [.single], workloads: ["efficientnet-b7"])
///     plan.searches.map(\.name)       // ["single/efficientnet-b7-ppo-1"]
public struct StudyPlan: Sendable {
    public let settings: StudySettings
    /// What was asked for, with all that it needs.
    public let experiments: [Experiment]
    /// The workloads of single searches.
    public let workloads: [String]
    /// The workloads of ablations, fronts and assumptions that take searches of their own.
    public let ablationWorkloads: [String]
    public let focus: [String]
    /// The compiler of the baseline, and what is added to it.
    public let ladder: [CompilerRung]
    private let agent: String
    private let singles: [String: Problem]
    private let suiteProblem: Problem
    /// The baseline's area and TDP at its own node, where that is published and another than the study's.
    public let ownNode: HardwareTotals?

    /// The baseline whose compiler runs depthwise convolutions on the arrays alone, by the name of the baseline.
    private static let arraysBaselines = ["tpu-v3": "tpu-v3-arrays"]

    /// - Parameters:
    ///   - experiments: what is asked for.
    ///   - workloads: of the paper's; all by default, of which the ablations take the settings'.
    /// - Throws: `DiagnosticError` where a file is missing or wrong.
    public init(
        _ settings: StudySettings, experiments: [Experiment] = Experiment.allCases, workloads: [String]? = nil,
        files: InstalledFiles = .standard
    ) throws {
        self.settings = settings
        let needed = Set(experiments.flatMap(\.needed))
        self.experiments = Experiment.allCases.filter(needed.contains)
        self.workloads = workloads ?? StudySettings.workloads
        ablationWorkloads = workloads ?? settings.ablationWorkloads
        focus = workloads ?? StudySettings.focus
        agent = try settings.recipe(files: files).name
        let baseline = try Design(named: settings.baseline, in: files)
        ladder = CompilerRung.ladder(from: baseline.compiler)
        func problem(_ name: String) throws -> Problem {
            var problem = try Problem(named: name, in: files)
            problem.technology = settings.technology
            problem.baseline = settings.baseline
            return problem
        }
        singles = try Dictionary(uniqueKeysWithValues: StudySettings.workloads.map { ($0, try problem($0)) })
        suiteProblem = try problem(StudySettings.suite)
        // A baseline that is no published chip has no node of its own.
        let subject = try? HardwareCalibration.Subject(named: settings.baseline, in: files)
        ownNode = subject.flatMap { subject in
            subject.technology.name == settings.technology
                ? nil : HardwareModel(technology: subject.technology).totals(of: baseline.datapath)
        }
    }

    /// The workloads of the suite.
    public var suiteWorkloads: [String] { suiteProblem.workloads.map(\.name) }

    /// The searches for one workload by itself, one a seed.
    public func singles(_ workload: String) -> [StudySearch] {
        searches(.single, workload) { _ in }
    }

    /// The searches for the suite.
    public var suite: [StudySearch] {
        settings.allSeeds.map { seed in
            StudySearch(
                experiment: .suite, name: "suite/\(suiteProblem.name)-\(agent)-\(seed)", problem: suiteProblem,
                seed: seed)
        }
    }

    /// The searches for one workload in which the compiler is held to a rung of the ladder. On the last one all is free: these are the
    /// single searches.
    public func ablation(_ workload: String, rung position: Int) -> [StudySearch] {
        guard position < ladder.count - 1 else { return singles(workload) }
        let rung = ladder[position]
        return searches(.ablations, workload, "\(position)-\(rung.name)") { $0.searchSpace = rung.searchSpace }
    }

    /// The searches for the most Perf within the budgets, which fill the end of the front that the single ones leave.
    public func perf(_ workload: String) -> [StudySearch] {
        searches(.pareto, workload, "perf") { $0.objective = .perf }
    }

    /// The searches within the area and TDP of the baseline at its own node.
    public func ownNodeBudgets(_ workload: String) -> [StudySearch] {
        guard let ownNode else { return [] }
        return searches(.assumptions, workload, "own-node-budgets") { problem in
            problem.constraints.areaMM2 = .value(ownNode.areaMM2)
            problem.constraints.tdpWatts = .value(ownNode.tdpWatts)
        }
    }

    /// The searches against the baseline that runs depthwise convolutions on its arrays alone.
    public func arraysBaseline(_ workload: String) -> [StudySearch] {
        guard let baseline = StudyPlan.arraysBaselines[settings.baseline] else { return [] }
        return searches(.assumptions, workload, "depthwise-on-arrays") { $0.baseline = baseline }
    }

    /// A search a seed for a workload, its problem changed, and named for the change.
    private func searches(
        _ experiment: Experiment, _ workload: String, _ suffix: String? = nil, _ change: (inout Problem) -> Void
    ) -> [StudySearch] {
        guard var problem = singles[workload] else { return [] }
        change(&problem)
        if let suffix { problem.name += "-\(suffix)" }
        return settings.allSeeds.map { seed in
            StudySearch(
                experiment: experiment, name: "\(experiment.rawValue)/\(problem.name)-\(agent)-\(seed)",
                problem: problem, seed: seed)
        }
    }

    /// Every search of the experiments, each once, in the order in which they are made.
    public var searches: [StudySearch] {
        var seen: Set<String> = []
        return experiments.flatMap { experiment -> [StudySearch] in
            switch experiment {
            case .single: workloads.flatMap(singles)
            case .suite: suite
            case .ablations:
                ablationWorkloads.flatMap { workload in
                    ladder.indices.flatMap { ablation(workload, rung: $0) }
                }
            case .pareto: focus.flatMap { singles($0) + perf($0) }
            case .assumptions:
                focus.flatMap(ownNodeBudgets) + focus.filter { $0.hasPrefix("efficientnet") }.flatMap(arraysBaseline)
            case .scheduling, .components: []
            }
        }.filter { seen.insert($0.name).inserted }
    }

    /// The workloads whose compiler options are enumerated on the baseline's datapath.
    public var scheduledWorkloads: [String] {
        guard experiments.contains(.scheduling) else { return [] }
        return experiments.contains(.suite) ? workloads + suiteWorkloads.filter { !workloads.contains($0) } : workloads
    }

    /// Finds out, before anything is written, that each problem can be searched: that no file is missing, that the baseline runs the
    /// workloads, and that some design keeps to the budgets.
    ///
    /// - Throws: `DiagnosticError` where one can't.
    public func check(files: InstalledFiles = .standard) throws {
        var problems: [Problem] = []
        if experiments.contains(.single) { problems += workloads.compactMap { singles[$0] } }
        if experiments.contains(.suite) { problems.append(suiteProblem) }
        if experiments.contains(.scheduling) { problems += scheduledWorkloads.compactMap { singles[$0] } }
        var seen: Set<Problem> = []
        for problem in problems where seen.insert(problem).inserted {
            _ = try ProblemEvaluator(problem, files: files)
        }
    }
}
