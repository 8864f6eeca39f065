import Accelerators
import Configuration
import Diagnostics
import Environments
import Foundation
import Reproduction
import Simulation
import TestSupport
import Testing
import Training

/// Small studies, made for real.
@Suite(.serialized) struct StudyRunnerTests {
    private static let workloads = ["ocr-recognizer", "efficientnet-b0"]

    private func plan(_ folder: StudyFolder, _ experiments: [Experiment]) throws -> StudyPlan {
        try StudyPlan(folder.settings, experiments: experiments, workloads: Self.workloads, files: Repository.files)
    }

    /// What a search's trials came to, without the clock.
    private func figures(_ results: StudyResults) -> [String] {
        results.searches.map { result in
            let best = result.best.map { "\($0.trial) \($0.ratio) \($0.design.yamlText) \($0.outcome)" } ?? "none"
            return "\(result.search.name): \(result.trials) \(result.infeasible) \(best)"
        }
    }

    @Test func aStoppedStudyGoesOnAsIfItHadNotStopped() throws {
        let folder = try TemporaryFolder()
        let whole = try StudyFolder(at: folder.path + "/whole", Samples.request, files: Repository.files)
        let experiments: [Experiment] = [.ablations, .pareto]
        let wholePlan = try plan(whole, experiments)
        #expect(try StudyRunner(wholePlan, in: whole, threads: 2, files: Repository.files).run())
        let expected = try StudyResults(of: whole, wholePlan, threads: 1, files: Repository.files)
        // 2 workloads, 2 seeds: 6 rungs, of which the last is the single search, and the searches for Perf.
        #expect(expected.searches.count == 2 * 2 * 7 && expected.ablations.count == 2 && expected.perf.count == 2)

        // Stopped again and again, at moments that move through the study.
        let path = folder.path + "/stopped"
        var stops = 0
        var made: [String] = []
        while true {
            let study = try StudyFolder(at: path, Samples.request, files: Repository.files)
            let stop = StopSignal()
            var reports = 0
            let isFinished = try StudyRunner(plan(study, experiments), in: study, threads: 1, files: Repository.files)
                .run(
                    stop: stop,
                    report: { progress in
                        reports += 1
                        if progress.outcome != nil { made.append(progress.name) }
                        if reports == 3 + stops % 5 { stop.request() }
                    })
            if isFinished { break }
            stops += 1
            try #require(stops < 200)
        }
        #expect(stops > 5)
        // No search that was finished is made again.
        #expect(made.count == Set(made).count && made.count == 28)
        let study = try StudyFolder(at: path, Samples.request, files: Repository.files)
        let results = try StudyResults(of: study, plan(study, experiments), threads: 2, files: Repository.files)
        #expect(figures(results) == figures(expected))

        // Each rung's search keeps to its rung.
        for ablation in results.ablations {
            for (rung, searches) in zip(results.ladder, ablation.rungs) {
                for result in searches.results {
                    #expect(result.best.map { rung.admits($0.design.compiler) } ?? true, "\(result.search.name)")
                }
            }
            // The best design's own options are on the last rung: its level can't be below it.
            #expect(try #require(ablation.ratio(of: "beyond")) >= ablation.bestRatio * (1 - 1e-12))
        }
    }

    @Test func assumptionsAreWhatEvaluatorsSay() throws {
        let folder = try TemporaryFolder()
        let study = try StudyFolder(at: folder.path + "/study", Samples.request, files: Repository.files)
        #expect(try StudyRunner(plan(study, [.single]), in: study, threads: 2, files: Repository.files).run())
        // What isn't there yet, the suite and the baseline's scheduling, is left out.
        let results = try StudyResults(of: study, plan(study, [.assumptions]), threads: 1, files: Repository.files)
        func row(_ name: String) -> Assumption? { results.assumptions.first { $0.name == name } }
        #expect(results.assumptions.first?.single == results.singleMean)
        #expect(row("baseline at its best batch") == nil && results.suiteMean == nil)

        func expected(_ ratio: (Problem, Design) throws -> Double) throws -> Spread {
            Spread(
                try (0..<2).map { seed in
                    let ratios = try results.singles.map { single in
                        let result = single.results[seed]
                        return try ratio(result.search.problem, #require(result.best).design)
                    }
                    return try #require(geometricMean(ratios))
                })
        }
        func expectClose(_ found: Spread?, _ wanted: Spread, _ comment: Comment) throws {
            let found = try #require(found, comment)
            for key in [\Spread.median, \.least, \.greatest] {
                #expect(abs(found[keyPath: key] / wanted[keyPath: key] - 1) < 1e-9, comment)
            }
        }
        try expectClose(
            row("depthwise on the baseline’s arrays")?.single,
            expected { problem, design in
                var problem = problem
                problem.baseline = "tpu-v3-arrays"
                return try #require(ProblemEvaluator(problem, files: Repository.files).outcome(of: design).objective)
            }, "depthwise")
        try expectClose(
            row("without passes beyond the paper")?.single,
            expected { problem, design in
                var design = design
                if design.compiler.fusion == .tiles { design.compiler.fusion = .residency }
                if design.compiler.softmax == .online { design.compiler.softmax = .twoPass }
                design.compiler.order = .given
                return try #require(ProblemEvaluator(problem, files: Repository.files).outcome(of: design).objective)
            }, "beyond")
        let baseline = try Samples.design("tpu-v3").datapath
        func watts(_ node: String) throws -> Double {
            HardwareModel(technology: try Technology(named: node, in: Repository.files)).totals(of: baseline).tdpWatts
        }
        let modelled = try #require(results.singleMean).median
        let atOwnNode = try #require(row("baseline’s TDP at its own node")?.single).median
        #expect(abs(atOwnNode / modelled - (try watts("16nm") / watts("7nm"))) < 1e-9)

        // Constants: the technology's file with the number written over, read anew.
        let effect = try #require(results.constants.first { $0.constant == "vector.laneOperation" })
        var technology = try Technology(named: "7nm", in: Repository.files)
        let entry = try #require(technology.entries.first { $0.name == effect.constant })
        technology[entry] = effect.low
        let changed = HardwareModel(technology: technology)
        let shipped = HardwareModel(technology: try Technology(named: "7nm", in: Repository.files))
        let byConstant = try expected { problem, design in
            let evaluator = try ProblemEvaluator(problem, files: Repository.files)
            let ratio = try #require(evaluator.outcome(of: design).objective)
            let perf = ratio * shipped.totals(of: design.datapath).tdpWatts / shipped.totals(of: baseline).tdpWatts
            return perf * changed.totals(of: baseline).tdpWatts / changed.totals(of: design.datapath).tdpWatts
        }
        #expect(abs(effect.singleAtLow / byConstant.median - 1) < 1e-9)
        for row in results.constants {
            let favouring = try #require(
                results.assumptions.first { $0.name == "constants that favour the designs" }?.single)
            #expect(favouring.median >= max(row.singleAtLow, row.singleAtHigh) * 0.98, "\(row.constant)")
        }
    }

    @Test func aForeignRunInTheStudyIsNamed() throws {
        let folder = try TemporaryFolder()
        let study = try StudyFolder(at: folder.path + "/study", Samples.request, files: Repository.files)
        let plan = try StudyPlan(
            study.settings, experiments: [.single], workloads: ["efficientnet-b0"], files: Repository.files)
        let search = plan.searches[0]
        let other = try RunConfiguration(
            environment: "efficientnet-b1", agent: "random", seed: 1, trials: 3, threads: 1, files: Repository.files)
        do { _ = try RunFolder.create(at: study.runPath(of: search), configuration: other) }
        let error = DiagnosticError.thrown {
            _ = try StudyRunner(plan, in: study, threads: 1, files: Repository.files).run()
        }
        #expect(error?.kind == .configuration && error?.message.contains("efficientnet-b1") == true)
    }

    @Test func aDamagedEvaluationIsNamed() throws {
        let folder = try TemporaryFolder()
        let study = try StudyFolder(at: folder.path + "/study", Samples.request, files: Repository.files)
        let plan = try StudyPlan(
            study.settings, experiments: [.scheduling], workloads: ["ocr-recognizer"], files: Repository.files)
        try study.write("{\"workload\": ", to: "evaluations/scheduling-ocr-recognizer.json")
        let error = DiagnosticError.thrown {
            _ = try StudyRunner(plan, in: study, threads: 1, files: Repository.files).run()
        }
        #expect(error?.kind == .badData && error?.location.file?.hasSuffix("scheduling-ocr-recognizer.json") == true)
    }

    @Test func thePlanHasWhatItNeedsOnceEach() throws {
        let settings = try StudySettings(StudySettings.Request(), files: Repository.files)
        let plan = try StudyPlan(settings, files: Repository.files)
        let names = plan.searches.map(\.name)
        // 13 singles, the suite, 5 rungs and a search for Perf and one for budgets on two workloads, and one against the arrays' baseline.
        #expect(names.count == 13 + 1 + 2 * 5 + 2 + 2 + 1 && Set(names).count == names.count)
        #expect(plan.scheduledWorkloads == StudySettings.workloads)
        #expect(plan.ablation("efficientnet-b7", rung: 5) == plan.singles("efficientnet-b7"))
        let own = try #require(plan.ownNode)
        // The TPU-v3 is a 16 nm chip below 700 mm² and at 450 W, which the model meets within 20%.
        #expect(abs(own.tdpWatts / 450 - 1) < 0.2 && abs(own.areaMM2 / 700 - 1) < 0.2)
        let pareto = try StudyPlan(settings, experiments: [.pareto], files: Repository.files)
        #expect(pareto.experiments == [.single, .pareto])
        try StudyPlan(settings, experiments: [.single], workloads: ["ocr-recognizer"], files: Repository.files).check(
            files: Repository.files)
    }
}
