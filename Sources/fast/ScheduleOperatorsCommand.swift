import Accelerators
import ArgumentParser
import Diagnostics
import Scheduling
import Workloads

/// Maps the tensor operators of a network on a design, or evaluates a user's mapping of one.
struct ScheduleOperatorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operators",
        abstract:
            "Map every tensor operator of a network, each by itself, on a design; or evaluate a mapping of your own.",
        discussion: """
            With --operator the mapping is printed as its loop nest, from DRAM in to the array, with what every resource takes.

            A mapping's file has the keys of `mapping` in what --json prints, in YAML or JSON:

              unit: {name: array weight-stationary}
              gridX: {dimension: K, factor: 2}     # PEs along x that share K
              gridY: {dimension: P, factor: 4}
              l1Tile: {K: 64, C: 64, P: 7, Q: 56}  # a letter left out is 1
              l2Tile: {K: 64, C: 64, P: 7, Q: 56}  # or left out: the L1 tile
              globalTile: {K: 128, C: 64, P: 28, Q: 56}
              dramOrder: GKNPQRSC                  # the outermost loop first

            unit and l1Tile are required; units are array weight-stationary, output-stationary and \
            input-stationary, array taps, array block-diagonal, and vector. docs/MAPPING.md explains \
            levels, rules and what is assumed where a key is left out.

            Of a recurrence one step is mapped; `fast simulate` and `fast compile` have what all steps take.
            """)

    @OptionGroup var pair: PairOptions

    @Option(name: .customLong("operator"), help: "Only the operator of this name.")
    var operatorName: String?

    @Option(help: "A file with a mapping of the operator, to evaluate instead of the mapper's.")
    var mapping: String?

    @Option(
        help: """
            What the mapper makes small: latency (cycles; of equals that it meets the least energy), latency-energy (of all \
            mappings that take the fewest cycles the least energy), edp (energy times cycles), residency (cycles with and \
            without DRAM's together, as the compiler asks for where tensors are kept on the chip). By default latency-energy with \
            --operator, otherwise latency, which is several times as fast.
            """)
    var objective: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let objective = try chosenObjective()
        guard mapping == nil || operatorName != nil else {
            throw DiagnosticError(
                .usage, "--mapping is a mapping of one operator", remedy: "say which with --operator NAME")
        }
        let file = try mapping.map { try MappingFile(contentsOfFile: $0) }
        let (workload, design) = try pair.load()
        let nodes = try workload.loopNests(named: operatorName)
        let view = SchedulingView(design.datapath)
        let energies = try pair.technology.hardwareModel().energies(of: design.datapath)
        let constraints = MappingConstraints(
            dataflow: design.compiler.dataflow, padding: design.compiler.padding, depthwise: design.compiler.depthwise,
            objective: objective, energies: MappingEnergies(energies))
        if let file {
            for node in nodes { try file.validate(for: node.nest, on: view) }
        }
        let session = Scheduler().session(on: view, under: constraints)
        let clock = ContinuousClock()
        let start = clock.now
        let found = try nodes.map { node -> MappedOperator? in
            do {
                return try session.bestMapping(of: node.nest, named: node.name)
            } catch is UnmappableOperator where file != nil {
                // A mapping that fits needs no mapper to find one.
                return nil
            }
        }
        let seconds = (clock.now - start) / .seconds(1)
        let rows = zip(nodes, found).compactMap { node, found -> ScheduleSummary.Row? in
            let evaluation =
                file.map { MappingEvaluation(of: $0.mapping, nest: node.nest, on: view) }
                ?? found.map { MappingEvaluation(of: $0, on: view) }
            return evaluation.map {
                ScheduleSummary.Row(
                    name: node.name, steps: node.steps, $0, energies, mapper: found, objective: objective,
                    isUsers: file != nil)
            }
        }
        let summary = ScheduleSummary(schedulingSeconds: seconds, objective: objective.rawValue, operators: rows)
        if output.json { return try StandardOutput.writeJSON(summary) }
        guard operatorName != nil else {
            return StandardOutput.write(ScheduleText.table(summary) + ScheduleText.time(summary))
        }
        let text = rows.map { ScheduleText.description(of: $0, on: pair.design, mappingFile: mapping) }
        StandardOutput.write(text.joined(separator: "\n") + "\n" + ScheduleText.time(summary))
    }
}

extension ScheduleOperatorsCommand {
    private func chosenObjective() throws -> MappingConstraints.Objective {
        guard let objective else { return operatorName == nil ? .latency : .latencyThenEnergy }
        guard let chosen = MappingConstraints.Objective(rawValue: objective) else {
            throw DiagnosticError(
                .usage, "--objective: unknown objective '\(objective)'",
                remedy: remedyForUnknown(objective, among: MappingConstraints.Objective.allCases.map(\.rawValue)))
        }
        return chosen
    }
}

extension Workload {
    /// The tensor operators, or the one of a name.
    func loopNests(named operatorName: String?) throws -> [(name: String, nest: LoopNest, steps: Int)] {
        let all = operators.compactMap { node in
            node.loopNest.map { (name: node.name, nest: $0, steps: node.kind.steps) }
        }
        guard let operatorName else { return all }
        let chosen = all.filter { $0.name == operatorName }
        guard chosen.isEmpty else { return chosen }
        let nearest = nearestName(to: operatorName, in: all.map(\.name)).map { "did you mean '\($0)'? " } ?? ""
        throw DiagnosticError(
            .usage, "\(name) has no tensor operator '\(operatorName)'",
            remedy: nearest + "`fast workload show \(name)` lists all")
    }
}
