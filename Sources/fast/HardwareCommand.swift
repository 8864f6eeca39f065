import Accelerators
import ArgumentParser

/// Shows what chips cost in area and power.
struct HardwareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hardware",
        abstract: "Show a design's area and power, or check the model against published chips.",
        subcommands: [Show.self, Calibrate.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a design's area and TDP by component.")

        @Argument(help: "A design's YAML file, or a baseline's name such as tpu-v3.")
        var design: String

        @OptionGroup var technology: TechnologyOptions
        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            var technology: String
            var areaMM2: Double
            var tdpWatts: Double
            var peakTFLOPS: Double
            var components: [ComponentCost]
        }

        func run() throws {
            let design = try Design(named: design)
            let cost = try technology.hardwareModel().cost(of: design.datapath)
            let summary = Summary(
                technology: technology.technology, areaMM2: cost.areaMM2, tdpWatts: cost.tdpWatts,
                peakTFLOPS: design.datapath.peakTFLOPS, components: cost.components)
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
                    + "peak \(NumberFormat.digits(design.datapath.peakTFLOPS)) TFLOPS\n\n" + table.text)
        }
    }

    struct Calibrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "calibrate",
            abstract: "Compare predicted area and TDP with four published chips, each at its own node.")

        @OptionGroup var output: OutputOptions

        func run() throws {
            let calibration = try HardwareCalibration()
            if output.json { return try StandardOutput.writeJSON(calibration) }
            var table = TextTable([
                "chip", "TDP W predicted", "published", "error", "area mm² predicted", "published", "error",
            ])
            for chip in calibration.chips {
                table.append([
                    chip.name, NumberFormat.digits(chip.predictedTdpWatts), NumberFormat.digits(chip.publishedTdpWatts),
                    NumberFormat.percent(chip.predictedTdpWatts / chip.publishedTdpWatts - 1),
                    NumberFormat.digits(chip.predictedAreaMM2), NumberFormat.digits(chip.publishedAreaMM2),
                    NumberFormat.percent(chip.predictedAreaMM2 / chip.publishedAreaMM2 - 1),
                ])
            }
            StandardOutput.write(table.text)
        }
    }
}

/// At which node a design is costed.
struct TechnologyOptions: ParsableArguments {
    @Option(help: "A technology's name, such as 7nm, or its file.")
    var technology = "7nm"

    func hardwareModel() throws -> HardwareModel {
        HardwareModel(technology: try Technology(named: technology))
    }
}

/// Which workload runs on which design.
struct PairOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: NetworkOptions.workloadHelp)
    var workload: String

    @Option(name: .shortAndLong, help: "A design's YAML file, or a baseline's name such as tpu-v3.")
    var design: String

    @Option(help: "Inferences in one pass. (default: the file's if it is fixed there, else the design's)")
    var batch: Int?

    @OptionGroup var network: NetworkOptions

    @OptionGroup var technology: TechnologyOptions
}
