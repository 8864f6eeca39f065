import Accelerators
import ArgumentParser

/// Compares the area and power model with published chips.
struct HardwareCalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Compare predicted area and TDP with published chips, each at its own node.",
        discussion: """
            First with the constants as they ship; then each chip as it is predicted by constants that are fitted to the other three; \
            last a chip of another kind, which nothing is fitted to.
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        let calibration = try HardwareCalibration()
        if output.json { return try StandardOutput.writeJSON(calibration) }
        var constants = TextTable(["constant", "unit", "shipped", "fitted", "within"])
        for constant in calibration.fitted {
            constants.append([
                constant.name, constant.unit, NumberFormat.digits(constant.shipped),
                NumberFormat.digits(constant.fitted),
                "\(NumberFormat.digits(constant.low)) to \(NumberFormat.digits(constant.high))",
            ])
        }
        StandardOutput.write(
            """
            With the constants as they ship:

            \(table(calibration.chips))
            Each chip predicted by constants fitted to the other three:

            \(table(calibration.leaveOneOut))
            A chip that nothing is fitted to:

            \(table(calibration.checks))
            \(2 * calibration.chips.count) figures, \(calibration.fitted.count) fitted constants, \
            \(calibration.degreesOfFreedom) degrees of freedom:

            \(constants.text)
            """)
    }

    /// One row a chip, with the constants that it was predicted with where they aren't those that ship.
    private func table(_ chips: [HardwareCalibration.Chip]) -> String {
        var table = TextTable(
            [
                "chip", "TDP W predicted", "published", "error", "area mm² predicted", "published", "error",
            ] + (chips.first?.constants ?? []).map(\.name))
        for chip in chips {
            table.append(
                [
                    chip.name, NumberFormat.digits(chip.predictedTdpWatts), NumberFormat.digits(chip.publishedTdpWatts),
                    NumberFormat.percent(chip.predictedTdpWatts / chip.publishedTdpWatts - 1),
                    NumberFormat.digits(chip.predictedAreaMM2), NumberFormat.digits(chip.publishedAreaMM2),
                    NumberFormat.percent(chip.predictedAreaMM2 / chip.publishedAreaMM2 - 1),
                ] + (chip.constants ?? []).map { NumberFormat.digits($0.fitted) })
        }
        return table.text
    }
}
