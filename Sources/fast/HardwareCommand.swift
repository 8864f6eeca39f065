import Accelerators
import ArgumentParser

/// Shows what chips cost in area and power.
struct HardwareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hardware",
        abstract: "Show a design's area and power, or check the model against published chips.",
        subcommands: [HardwareShowCommand.self, HardwareCalibrateCommand.self])
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
