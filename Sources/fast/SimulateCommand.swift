import Accelerators
import ArgumentParser
import Diagnostics
import Simulation
import Workloads

/// Simulates a workload on a design.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Show how fast a network runs on a design, at what energy, and where the time goes.",
        discussion: """
            The design is also compared with a baseline, simulated at the same technology node with its own compiler options and batch. \
            A design is feasible where its area and TDP are within the baseline's.
            """)

    @OptionGroup var pair: PairOptions

    @Option(help: "The design to compare with.")
    var baseline = "tpu-v3"

    @OptionGroup var output: OutputOptions

    private struct Summary: Encodable {
        struct Ratios: Encodable {
            var name: String
            var perf: Double
            var perfPerTdp: Double
        }
        var workload: String
        var batch: Int
        var inferencesPerSecond: Double
        var latencySeconds: Double
        var energyJoules: Double
        var utilization: Double
        var areaMM2: Double
        var tdpWatts: Double
        var perfPerTdp: Double
        var feasible: Bool
        var infeasibleBecause: [String]
        var baseline: Ratios
        var evaluationSeconds: Double
        var regions: [RegionEvaluation]
    }

    func run() throws {
        let simulator = Simulator(hardware: try pair.technology.hardwareModel())
        let (workload, design) = try pair.load()
        let clock = ContinuousClock()
        let start = clock.now
        let evaluation = try simulator.evaluate(workload, on: design)
        let seconds = (clock.now - start) / .seconds(1)

        let (referenceWorkload, other) = try pair.load(onto: Design(named: baseline), batch: nil)
        let reference = try simulator.evaluate(referenceWorkload, on: other)
        var broken: [String] = []
        if evaluation.areaMM2 > reference.areaMM2 { broken.append("area") }
        if evaluation.tdpWatts > reference.tdpWatts { broken.append("tdp") }
        let summary = Summary(
            workload: evaluation.workload, batch: evaluation.batch,
            inferencesPerSecond: evaluation.inferencesPerSecond, latencySeconds: evaluation.latencySeconds,
            energyJoules: evaluation.energyJoules, utilization: evaluation.utilization, areaMM2: evaluation.areaMM2,
            tdpWatts: evaluation.tdpWatts, perfPerTdp: evaluation.perfPerTdp, feasible: broken.isEmpty,
            infeasibleBecause: broken,
            baseline: Summary.Ratios(
                name: baseline, perf: evaluation.inferencesPerSecond / reference.inferencesPerSecond,
                perfPerTdp: evaluation.perfPerTdp / reference.perfPerTdp),
            evaluationSeconds: seconds, regions: evaluation.regions)
        output.json ? try StandardOutput.writeJSON(summary) : StandardOutput.write(text(summary))
    }

    private func text(_ summary: Summary) -> String {
        let feasible =
            summary.feasible
            ? "within the area and TDP of \(baseline)"
            : "more than \(baseline)'s " + summary.infeasibleBecause.joined(separator: " and ")
        var text = """
            \(summary.workload) on \(pair.design), batch \(summary.batch), at \(pair.technology.technology)
              throughput   \(NumberFormat.digits(summary.inferencesPerSecond)) inferences/s, \
            \(NumberFormat.digits(summary.baseline.perf))x \(baseline)
              latency      \(NumberFormat.short(summary.latencySeconds, unit: "s")) a batch
              energy       \(NumberFormat.short(summary.energyJoules, unit: "J")) an inference
              utilisation  \(NumberFormat.percent(summary.utilization)) of \
            the arrays' multiply–accumulates
              area         \(NumberFormat.digits(summary.areaMM2)) mm²
              TDP          \(NumberFormat.digits(summary.tdpWatts)) W
              Perf/TDP     \(NumberFormat.digits(summary.perfPerTdp)) inferences/s/W, \
            \(NumberFormat.digits(summary.baseline.perfPerTdp))x \(baseline)
              feasible     \(summary.feasible ? "yes" : "no"): \(feasible)
              evaluated in \(NumberFormat.short(summary.evaluationSeconds, unit: "s"))

            Time by kind, unit and bound:


            """
        text += kindTable(summary).text
        text += "\nThe regions that take longest:\n\n"
        var table = TextTable(["region", "kind", "time", "share", "bound", "MACs", "DRAM", "utilisation", "unit"])
        for region in summary.regions.sorted(by: { $0.seconds > $1.seconds }).prefix(15) {
            table.append([
                region.name, region.kind, NumberFormat.short(region.seconds, unit: "s"),
                NumberFormat.percent(region.seconds / summary.latencySeconds), region.bound.rawValue,
                NumberFormat.short(Double(region.macs)), NumberFormat.bytes(region.dramBytes),
                NumberFormat.percent(region.utilization), region.unit ?? "vector",
            ])
        }
        return text + table.text
    }

    private func kindTable(_ summary: Summary) -> TextTable {
        struct Group: Hashable {
            var kind: String
            var unit: String
            var bound: String
        }
        var order: [Group] = []
        var sums: [Group: (seconds: Double, regions: Int, macs: Int)] = [:]
        for region in summary.regions {
            let group = Group(kind: region.kind, unit: region.unit ?? "vector", bound: region.bound.rawValue)
            if sums[group] == nil { order.append(group) }
            let sum = sums[group, default: (0, 0, 0)]
            sums[group] = (sum.seconds + region.seconds, sum.regions + 1, sum.macs + region.macs)
        }
        let macs = max(1, summary.regions.reduce(0) { $0 + $1.macs })
        var table = TextTable(["kind", "unit", "bound", "regions", "time", "MACs"])
        let rows = order.map { ($0, sums[$0, default: (0, 0, 0)]) }.sorted { $0.1.seconds > $1.1.seconds }
        for (group, sum) in rows {
            table.append([
                group.kind, group.unit, group.bound, String(sum.regions),
                NumberFormat.percent(sum.seconds / summary.latencySeconds),
                NumberFormat.percent(Double(sum.macs) / Double(macs)),
            ])
        }
        return table
    }
}

extension PairOptions {
    /// The workload at the design's batch, or at the one given.
    func load() throws -> (Workload, Design) {
        try load(onto: Design(named: design), batch: batch)
    }

    /// The same on another design.
    func load(onto design: Design, batch: Int?) throws -> (Workload, Design) {
        try network.load(workload, onto: design, batch: batch)
    }
}

extension NetworkOptions {
    /// The workload at a design's batch, at the one given, or at the one that its file fixes, and the design at that batch.
    func load(_ name: String, onto design: Design, batch: Int?) throws -> (Workload, Design) {
        var design = design
        let batch = try batch.map { try inRange($0, 1...65_536, option: "--batch") }
        let workload = try workload(named: name, batch: batch, defaultBatch: design.batch)
        design.batch = try inRange(workload.batch, 1...65_536, option: "batch of '\(name)'")
        return (workload, design)
    }
}
