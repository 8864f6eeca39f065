import Accelerators
import Configuration
import Environments
import Foundation
import Reports
import Simulation
import TestSupport
import Training

extension Design {
    static func sample(side: Int, batch: Int, globalMemoryMiB: Int = 64, channels: Int = 4) -> Design {
        Design(
            datapath: Datapath(
                peGrid: Extent2D(x: 2, y: 2), array: Extent2D(x: side, y: side), vectorMultiplier: 2,
                l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 32, outputKiB: 32),
                globalMemoryMiB: globalMemoryMiB, dram: .gddr6(channels: channels)),
            batch: batch,
            compiler: CompilerOptions(fusion: .residency, padding: .array, softmax: .twoPass, dataflow: .best))
    }
}

extension RegionEvaluation {
    static func sample(
        _ name: String, kind: String = "convolution", microseconds: Double, before: Double? = nil,
        bound: Bound = .compute, boundBefore: Bound? = nil, macs: Int = 1_000_000, dramBytes: Int = 10_000,
        dramBytesBefore: Int? = nil
    ) -> RegionEvaluation {
        RegionEvaluation(
            name: name, kind: kind, operators: [name, name + ".swish"], seconds: microseconds * 1e-6, bound: bound,
            macs: macs, vectorOperations: 1000, dramBytes: dramBytes,
            secondsBeforeResidency: (before ?? microseconds) * 1e-6,
            dramBytesBeforeResidency: dramBytesBefore ?? dramBytes,
            boundBeforeResidency: boundBefore, globalMemoryBytes: 20_000, energyJoules: 1e-5,
            unit: macs > 0 ? "array weight-stationary" : nil, utilization: 0.25)
    }
}

extension Evaluation {
    /// An evaluation that agrees with itself: time is that of the regions, utilisation that of their multiply–accumulates.
    static func sample(
        _ workload: String, on design: Design, tdpWatts: Double, regions: [RegionEvaluation]
    ) -> Evaluation {
        let seconds = regions.reduce(0) { $0 + $1.seconds }
        let macs = Double(regions.reduce(0) { $0 + $1.macs })
        let available = Double(design.datapath.macUnits) * design.datapath.clockGHz * 1e9 * seconds
        return Evaluation(
            workload: workload, batch: design.batch, inferencesPerSecond: Double(design.batch) / seconds,
            latencySeconds: seconds, energyJoules: 0.002 * tdpWatts, utilization: macs / available,
            areaMM2: 2 * tdpWatts,
            tdpWatts: tdpWatts, regions: regions)
    }
}

/// Regions of every kind and bound, twice the work at batch 2.
func sampleRegions(scale: Double, batch: Int, hasResidency: Bool) -> [RegionEvaluation] {
    [
        .sample(
            "stem", microseconds: 40 * scale, before: hasResidency ? 90 * scale : nil, bound: .compute,
            boundBefore: hasResidency ? .dram : nil, macs: 9_000_000 * batch, dramBytes: hasResidency ? 0 : 90_000,
            dramBytesBefore: 90_000),
        .sample(
            "block1.depthwise", kind: "depthwise", microseconds: 120 * scale, bound: .vector, macs: 600_000 * batch),
        .sample("block1.project", microseconds: 30 * scale, bound: .dram, macs: 5_000_000 * batch),
        .sample("head", kind: "linear", microseconds: 10 * scale, bound: .globalMemory, macs: 400_000 * batch),
        .sample("probabilities", kind: "softmax", microseconds: 5 * scale, bound: .vector, macs: 0),
    ]
}

func trial(_ index: Int, objective: Double?, reason: Infeasibility.Reason = .area) -> Trial {
    Trial(
        index: index, decisions: [index],
        outcome: Outcome(
            objective: objective, reward: objective.map { log($0) } ?? -10,
            infeasibility: objective == nil ? Infeasibility(reason: reason, excess: 1.5) : nil, areaMM2: 100,
            tdpWatts: 50,
            workloads: []))
}

/// Data of a report without a simulator behind it.
struct SampleReport: Sendable {
    var workloads = ["efficientnet-b7"]
    var objectives: [Double?] = [nil, 0.02, nil, 0.9, 2.5, nil, 1.7]
    var path = "runs/sample"
    var agent = "ppo"
    var configurationText = "seed: 7\n"
    var regions: @Sendable (_ isBest: Bool) -> [RegionEvaluation] = { isBest in
        sampleRegions(scale: isBest ? 0.5 : 1, batch: isBest ? 2 : 4, hasResidency: isBest)
    }

    func data() throws -> ReportData {
        let hardware = HardwareModel(technology: try Technology(named: "7nm", in: Repository.files))
        let designs = (best: Design.sample(side: 16, batch: 2), baseline: Design.sample(side: 64, batch: 4))
        let costs = (
            best: hardware.cost(of: designs.best.datapath), baseline: hardware.cost(of: designs.baseline.datapath)
        )
        let history = TrialHistory(
            [trial(0, objective: 1)]
                + objectives.enumerated().map {
                    trial($0.offset + 1, objective: $0.element, reason: $0.offset % 2 == 0 ? .area : .tdp)
                })
        let best = history.best.map { trial in
            ReportData.BestDesign(
                chip: ReportData.Chip(name: "Best design", design: designs.best, cost: costs.best), trial: trial.index,
                objectiveRatio: trial.outcome.objective ?? 0, recordedObjectiveRatio: trial.outcome.objective ?? 0)
        }
        return ReportData(
            run: RunDescription(
                path: path, problem: "efficientnet-b7", agent: agent, arguments: ("efficientnet-b7", agent), seed: 7,
                budget: 10, hash: "00ff", configurationText: configurationText,
                secondsByActivity: [("evaluating", 75), ("learning", 25)]),
            objective: .perfPerTDP, technology: "7nm", budget: Budget(areaMM2: 300, tdpWatts: 200),
            baseline: ReportData.Chip(name: "tpu-v3", design: designs.baseline, cost: costs.baseline), best: best,
            workloads: workloads.map { name in
                ReportData.WorkloadComparison(
                    name: name,
                    baseline: .sample(
                        name, on: designs.baseline, tdpWatts: costs.baseline.tdpWatts, regions: regions(false)),
                    best: best == nil
                        ? nil
                        : .sample(name, on: designs.best, tdpWatts: costs.best.tdpWatts, regions: regions(true)))
            }, history: history)
    }
}
