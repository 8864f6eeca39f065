import Accelerators
import Diagnostics
import Economics
import Environments
import Foundation
import Simulation
import Synchronization
import Testing

@Suite struct ProblemEvaluatorTests {
    private static let ample = Problem.Constraints(areaMM2: .value(1000), tdpWatts: .value(1000))

    @Test(arguments: Objective.allCases)
    func theBaselineScoresExactlyOne(objective: Objective) throws {
        for workloads in [["efficientnet-b0"], ["efficientnet-b0", "bert-base-128", "resnet-50-v2"]] {
            let evaluator = try ProblemEvaluator.fake(
                workloads: workloads.enumerated().map { .init(name: $1, weight: Double($0) + 0.3) },
                objective: objective)
            let outcome = try evaluator.baselineOutcome()
            #expect(outcome.objective == 1 && outcome.reward == 0 && outcome.isFeasible)
            #expect(outcome.workloads.map(\.objectiveRatio) == workloads.map { _ in 1 })
        }
    }

    @Test func theBaselineScoresOneEvenBeyondTheBudget() throws {
        let evaluator = try ProblemEvaluator.fake(constraints: .init(areaMM2: .value(4), tdpWatts: .value(8)))
        #expect(try evaluator.baselineOutcome().objective == 1)
        #expect(try !evaluator.outcome(of: .example).isFeasible)
    }

    @Test func objectivesAreRatiosOfTheirQuantities() throws {
        let simulator = FakeSimulator()
        let costs = try CostModel.datacenter()
        func perfPerTCO(_ evaluation: Evaluation, _ design: Design) -> Double {
            let chip = ChipProfile(
                areaMM2: evaluation.areaMM2, tdpWatts: evaluation.tdpWatts, dram: design.datapath.dram)
            return evaluation.inferencesPerSecond / costs.ownership(of: chip).totalUSD
        }
        for entry in enumerateSmallSpace().prefix(50) {
            let design = try simulator.evaluate(workload: "efficientnet-b0", on: entry.design)
            let baseline = try simulator.evaluate(workload: "efficientnet-b0", on: .example)
            let expected: [Objective: Double] = [
                .perf: design.inferencesPerSecond / baseline.inferencesPerSecond,
                .perfPerTDP: design.inferencesPerSecond / design.tdpWatts
                    / (baseline.inferencesPerSecond / baseline.tdpWatts),
                .energy: baseline.energyJoules / design.energyJoules,
                .perfPerTCO: perfPerTCO(design, entry.design) / perfPerTCO(baseline, .example),
            ]
            try #require(expected.count == Objective.allCases.count)
            for (objective, ratio) in expected {
                let evaluator = try ProblemEvaluator.fake(objective: objective, constraints: Self.ample)
                let outcome = try evaluator.outcome(of: entry.decisions)
                #expect(abs((outcome.objective ?? 0) / ratio - 1) < 1e-12)
                #expect(abs(outcome.reward - log(ratio)) < 1e-12)
                guard objective == .perfPerTCO else {
                    #expect(evaluator.ownershipUSD(of: entry.design) == nil)
                    continue
                }
                let own = try #require(evaluator.ownershipUSD(of: entry.design))
                #expect(abs(design.inferencesPerSecond / own / perfPerTCO(design, entry.design) - 1) < 1e-12)
            }
        }
    }

    @Test func aSuiteTakesTheWeightedGeometricMean() throws {
        // Ratios 4 and 1/2 on everything but the baseline.
        let simulator = FakeSimulator { design, evaluation in
            evaluation.inferencesPerSecond = 10
            if design != .example {
                evaluation.inferencesPerSecond *= evaluation.workload == "efficientnet-b0" ? 4 : 0.5
            }
        }
        let evaluator = try ProblemEvaluator.fake(
            workloads: [.init(name: "efficientnet-b0", weight: 3), .init(name: "resnet-50-v2", weight: 1)],
            objective: .perf, constraints: Self.ample, simulator: simulator)
        let outcome = try evaluator.outcome(of: enumerateSmallSpace()[0].decisions)
        #expect(abs((outcome.objective ?? 0) - pow(pow(4, 3) * 0.5, 0.25)) < 1e-12)
        #expect(outcome.workloads.map(\.workload) == ["efficientnet-b0", "resnet-50-v2"])
        for (metrics, ratio) in zip(outcome.workloads, [4, 0.5]) {
            #expect(abs(metrics.objectiveRatio - ratio) < 1e-12)
        }
    }

    @Test func designsBeyondABudgetAreNotSimulated() throws {
        let simulator = FakeSimulator { design, _ in
            if design != .example { Issue.record("A design beyond the budget was simulated.") }
        }
        for (area, tdp, reason, excess) in [
            (0.25, 2.0, Infeasibility.Reason.area, 4.0), (2.0, 0.4, .tdp, 2.5), (0.5, 0.4, .tdp, 2.5),
        ] {
            var design = Design.example
            design.batch = 8
            let totals = simulator.totals(of: design.datapath)
            let evaluator = try ProblemEvaluator.fake(
                constraints: .init(areaMM2: .value(area * totals.areaMM2), tdpWatts: .value(tdp * totals.tdpWatts)),
                simulator: simulator)
            let outcome = try evaluator.outcome(of: design)
            #expect(outcome.infeasibility?.reason == reason)
            #expect(abs((outcome.infeasibility?.excess ?? 0) - excess) < 1e-12)
            #expect(outcome.objective == nil && outcome.workloads.isEmpty)
            #expect(outcome.reward < RewardRule.floor)
        }
    }

    /// No die is larger than the reticle, whatever the area budget; without the objective's costs there is no such limit.
    @Test func theReticleLimitsTheAreaWhereCostsAreReckoned() throws {
        var costs = try CostModel.datacenter()
        costs[.reticleArea] = 40
        for (objective, area) in [(Objective.perfPerTCO, 40.0), (.perf, 1000)] {
            let evaluator = try ProblemEvaluator.fake(objective: objective, constraints: Self.ample, costs: costs)
            #expect(evaluator.budget == Budget(areaMM2: area, tdpWatts: 1000))
        }
        costs[.reticleArea] = 5
        let error = try #require(throws: DiagnosticError.self) {
            try ProblemEvaluator.fake(objective: .perfPerTCO, constraints: Self.ample, costs: costs)
        }
        #expect(error.kind == .configuration && error.message.contains("the reticle's area"))
    }

    /// With the reticle as the limit a sequential episode reaches exactly the designs that an enumeration finds.
    @Test func masksAreExactUnderTheReticle() throws {
        var costs = try CostModel.datacenter()
        costs[.reticleArea] = 16
        let evaluator = try ProblemEvaluator.fake(objective: .perfPerTCO, constraints: Self.ample, costs: costs)
        let feasible = enumerateSmallSpace().filter {
            FakeSimulator().totals(of: $0.design.datapath).areaMM2 <= 16
        }.map(\.decisions)
        #expect(feasible.count > 100 && feasible.count < enumerateSmallSpace().count)
        var reached: Set<[Int?]> = []
        func explore(_ episode: DesignEpisode) throws {
            guard let mask = episode.mask else {
                reached.insert(episode.decisions)
                return
            }
            for choice in mask.choices {
                var next = episode
                try next.apply(choice)
                try explore(next)
            }
        }
        try explore(evaluator.episode())
        #expect(reached == Set(feasible))
        for decisions in feasible.prefix(40) { #expect(try evaluator.outcome(of: decisions).isFeasible) }
    }

    @Test func costsThatAreAskedForMustBeThere() throws {
        let problem = Problem(
            name: "test", workloads: [.init(name: "efficientnet-b0")], objective: .perfPerTCO, searchSpace: .small)
        let error = try #require(throws: DiagnosticError.self) {
            try ProblemEvaluator(problem, simulator: FakeSimulator(), baseline: .example)
        }
        #expect(error.kind == .configuration && error.message.contains("asks for costs"))
    }

    @Test func theBudgetIsTheBaselinesByDefaultAndItMeetsItself() throws {
        let evaluator = try ProblemEvaluator.fake()
        #expect(evaluator.budget == FakeSimulator().totals(of: Design.example.datapath))
        #expect(try evaluator.outcome(of: .example).isFeasible)
    }

    @Test func slowDesignsBreakTheLatencyLimit() throws {
        let slow = try FakeSimulator().evaluate(workload: "efficientnet-b0", on: .example).latencySeconds
        let evaluator = try ProblemEvaluator.fake(constraints: .init(latencySeconds: slow / 2))
        let outcome = try evaluator.outcome(of: .example)
        #expect(outcome.infeasibility == Infeasibility(reason: .latency, excess: 2))
        #expect(outcome.workloads.count == 1)
        #expect(try ProblemEvaluator.fake(constraints: .init(latencySeconds: slow)).outcome(of: .example).isFeasible)
    }

    @Test func whatCannotBeMappedIsInfeasible() throws {
        let simulator = FakeSimulator { design, evaluation in
            if design != .example { throw UnmappableWorkload(workload: evaluation.workload, excess: 3) }
        }
        let evaluator = try ProblemEvaluator.fake(constraints: Self.ample, simulator: simulator)
        let outcome = try evaluator.outcome(of: enumerateSmallSpace()[0].decisions)
        #expect(outcome.infeasibility == Infeasibility(reason: .notMappable, excess: 3))
        #expect(outcome.reward == RewardRule.reward(of: Infeasibility(reason: .notMappable, excess: 3)))
        let useless = FakeSimulator { _, evaluation in
            throw UnmappableWorkload(workload: evaluation.workload, excess: 3)
        }
        let error = try #require(throws: DiagnosticError.self) { try ProblemEvaluator.fake(simulator: useless) }
        #expect(error.kind == .configuration && error.message.contains("cannot run 'efficientnet-b0'"))
    }

    @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-12, 1e12, 1e300, Double.greatestFiniteMagnitude])
    func extremeSpeedsGiveFiniteBoundedRewards(speed: Double) throws {
        for objective in Objective.allCases {
            let simulator = FakeSimulator { design, evaluation in
                guard design != .example else { return }
                evaluation.inferencesPerSecond = speed
                evaluation.energyJoules = max(1 / speed, .leastNormalMagnitude)
            }
            let evaluator = try ProblemEvaluator.fake(
                workloads: [.init(name: "efficientnet-b0"), .init(name: "resnet-50-v2")], objective: objective,
                constraints: Self.ample, simulator: simulator)
            guard 1 / speed < .infinity else { continue }
            let outcome = try evaluator.outcome(of: enumerateSmallSpace()[0].decisions)
            #expect((RewardRule.floor...RewardRule.ceiling).contains(outcome.reward))
            #expect(outcome.objective.map { $0.isFinite && $0 > 0 } == true)
            #expect(outcome.workloads.allSatisfy { $0.objectiveRatio.isFinite })
        }
    }

    @Test(arguments: [Double.nan, .infinity, 0, -1])
    func impossibleMetricsAreAnError(value: Double) throws {
        let distortions: [@Sendable (inout Evaluation) -> Void] = [
            { $0.inferencesPerSecond = value }, { $0.latencySeconds = value }, { $0.energyJoules = value },
            { $0.tdpWatts = value },
        ]
        for distortion in distortions {
            let simulator = FakeSimulator { design, evaluation in
                if design != .example { distortion(&evaluation) }
            }
            let evaluator = try ProblemEvaluator.fake(constraints: Self.ample, simulator: simulator)
            let error = try #require(throws: DiagnosticError.self) {
                try evaluator.outcome(of: enumerateSmallSpace()[0].decisions)
            }
            #expect(error.location.field == "efficientnet-b0")
        }
    }

    @Test func workloadsComeWithTheirFeatures() throws {
        let evaluator = try ProblemEvaluator.fake(
            workloads: [.init(name: "efficientnet-b0"), .init(name: "bert-base-128")])
        #expect(evaluator.workloadFeatures.count == 2)
        #expect(evaluator.workloadFeatures[0] != evaluator.workloadFeatures[1])
    }
}
