import Accelerators
import ArgumentParser
import Simulation

/// Shows a design's area and TDP, and how sure they are.
struct HardwareShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a design's area and TDP by component, and how sure they are.",
        discussion: """
            With --sensitivity, every constant of the model whose source leaves a range is moved to both ends of it: the table shows \
            what becomes of TDP and area, and with --workload of Perf/TDP over the baseline's, both chips under the same constants. \
            Last, all constants are drawn at random within their ranges, and those that are calibrated fitted anew.
            """)

    @Argument(help: "A design's YAML file, or a baseline's name such as tpu-v3.")
    var design: String

    @OptionGroup var technology: TechnologyOptions

    @Flag(help: "Show what the uncertainty of the model's constants does to the figures.")
    var sensitivity = false

    @Option(name: .shortAndLong, help: "For the sensitivity of Perf/TDP: a network's name, or an ONNX file.")
    var workload: String?

    @OptionGroup var network: NetworkOptions

    @Option(help: "The design whose Perf/TDP is compared with.")
    var baseline = "tpu-v3"

    @OptionGroup var output: OutputOptions

    private struct Summary: Encodable {
        var technology: String
        var areaMM2: Double
        var tdpWatts: Double
        var peakTFLOPS: Double
        var components: [ComponentCost]
        var sensitivity: HardwareSensitivity?
    }

    func validate() throws {
        guard workload == nil || sensitivity else {
            throw ValidationError("--workload serves --sensitivity; for the workload's figures use `fast simulate`.")
        }
    }

    func run() throws {
        let design = try Design(named: design)
        let hardware = try technology.hardwareModel()
        let cost = hardware.cost(of: design.datapath)
        let summary = Summary(
            technology: technology.technology, areaMM2: cost.areaMM2, tdpWatts: cost.tdpWatts,
            peakTFLOPS: design.datapath.peakTFLOPS, components: cost.components,
            sensitivity: sensitivity ? try sensitivity(of: design, hardware) : nil)
        if output.json { return try StandardOutput.writeJSON(summary) }
        var table = TextTable(["component", "area mm²", "share", "TDP W", "share"])
        for component in cost.components {
            table.append([
                component.name.rawValue, NumberFormat.digits(component.areaMM2),
                NumberFormat.percent(component.areaMM2 / cost.areaMM2), NumberFormat.digits(component.tdpWatts),
                NumberFormat.percent(component.tdpWatts / cost.tdpWatts),
            ])
        }
        table.append(["total", NumberFormat.digits(cost.areaMM2), "", NumberFormat.digits(cost.tdpWatts), ""])
        StandardOutput.write(
            "\(self.design) at \(technology.technology), "
                + "peak \(NumberFormat.digits(design.datapath.peakTFLOPS)) TFLOPS\n\n" + table.text
                + (summary.sensitivity.map(text) ?? ""))
    }

    private func sensitivity(of design: Design, _ hardware: HardwareModel) throws -> HardwareSensitivity {
        let comparison = try workload.map { workload in
            let simulator = Simulator(hardware: hardware)
            func perf(_ design: Design) throws -> Double {
                let (workload, design) = try network.load(workload, onto: design, batch: nil)
                return try simulator.evaluate(workload, on: design).inferencesPerSecond
            }
            let other = try Design(named: baseline)
            return HardwareSensitivity.Comparison(baseline: other.datapath, perfRatio: try perf(design) / perf(other))
        }
        return try HardwareSensitivity(
            of: design.datapath, technology: hardware.technology, against: comparison,
            chips: HardwareCalibration.subjects())
    }

    private func text(_ sensitivity: HardwareSensitivity) -> String {
        sensitivity.quantities.map { quantity in
            let title =
                switch quantity.name {
                case "tdpWatts": "TDP, W"
                case "areaMM2": "Area, mm²"
                default: "Perf/TDP of \(workload ?? "the workload") over \(baseline)'s"
                }
            var table = TextTable(["constant", "unit", "from", "to", "at low", "at high", "moves by"])
            for effect in quantity.effects {
                table.append([
                    effect.constant, effect.unit, NumberFormat.digits(effect.low), NumberFormat.digits(effect.high),
                    NumberFormat.digits(effect.atLow), NumberFormat.digits(effect.atHigh),
                    NumberFormat.percent(abs(effect.atHigh - effect.atLow) / quantity.value),
                ])
            }
            let quantiles = quantity.combined
            return """

                \(title): \(NumberFormat.digits(quantity.value))

                \(table.text)all at random, \(sensitivity.samples) times, seed \(sensitivity.seed): 10% below \
                \(NumberFormat.digits(quantiles.p10)), half below \(NumberFormat.digits(quantiles.p50)), 90% below \
                \(NumberFormat.digits(quantiles.p90))

                """
        }.joined()
    }
}
