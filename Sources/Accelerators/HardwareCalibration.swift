public import Configuration

/// How the area and power model fares on chips whose figures are published: with the constants as they ship, and on each chip
/// with constants that never saw it.
public struct HardwareCalibration: Hashable, Sendable, Codable {
    /// The chips that the constants are fitted to, with the constants as they ship.
    public var chips: [Chip]
    /// The same chips, each as constants fitted to the others predict it.
    public var leaveOneOut: [Chip]
    /// The constants that are fitted, as they ship and as a fit to all the chips gives them.
    public var fitted: [FittedConstant]
    /// Published figures less fitted constants.
    public var degreesOfFreedom: Int
    /// Chips of another kind, which nothing is fitted to.
    public var checks: [Chip]

    /// One chip at its own technology node.
    public struct Chip: Hashable, Sendable, Codable {
        public var name: String
        public var predictedTdpWatts: Double
        public var publishedTdpWatts: Double
        public var predictedAreaMM2: Double
        public var publishedAreaMM2: Double
        /// The constants that it is predicted with, where they aren't those that ship.
        public var constants: [FittedConstant]?
    }

    /// A chip, and the node that it was made at.
    public struct Subject: Sendable {
        public var chip: PublishedChip
        public var technology: Technology

        /// Reads a chip from among the baselines or next to the technologies.
        ///
        /// - Throws: `DiagnosticError` where its file or its technology's is missing or wrong.
        public init(named name: String, in files: InstalledFiles = .standard) throws {
            let isBaseline = files.names(in: "environments/baselines").contains(name)
            let folder = isBaseline ? "environments/baselines" : "environments/technologies/chips"
            chip = try PublishedChip(contentsOfFile: files.file(named: name, in: folder))
            technology = try Technology(named: chip.technology, in: files)
        }
    }

    /// A constant that is fitted.
    public struct FittedConstant: Hashable, Sendable, Codable {
        public var name: String
        public var unit: String
        public var shipped: Double
        public var fitted: Double
        /// The bounds of the fit.
        public var low: Double
        public var high: Double
    }

    /// The chips that the model is judged by, oldest first; each has its file among the baselines or next to the technologies.
    public static let chipNames = ["tpu-v1", "tpu-v2", "tpu-v3", "tpu-v4i"]
    /// Chips of another kind, which show how far the model carries.
    public static let checkNames = ["a100-like"]

    /// The chips that the constants are fitted to, oldest first.
    ///
    /// - Throws: `DiagnosticError` where a chip's or technology's file is missing or wrong.
    public static func subjects(in files: InstalledFiles = .standard) throws -> [Subject] {
        try chipNames.map { try Subject(named: $0, in: files) }
    }

    /// Costs every chip at its own node.
    ///
    /// - Throws: `DiagnosticError` where a chip's or technology's file is missing or wrong.
    public init(files: InstalledFiles = .standard) throws {
        let subjects = try HardwareCalibration.subjects(in: files)
        chips = subjects.map { HardwareCalibration.chip($0, technology: $0.technology) }
        checks = try HardwareCalibration.checkNames.map { name in
            let subject = try Subject(named: name, in: files)
            return HardwareCalibration.chip(subject, technology: subject.technology)
        }
        fitted = HardwareCalibration.constants(of: ConstantFit(to: subjects), in: subjects[0].technology)
        leaveOneOut = subjects.indices.map { left in
            let subject = subjects[left]
            let fit = ConstantFit(to: subjects.indices.filter { $0 != left }.map { subjects[$0] })
            var chip = HardwareCalibration.chip(subject, technology: fit.applied(to: subject.technology))
            chip.constants = HardwareCalibration.constants(of: fit, in: subject.technology)
            return chip
        }
        degreesOfFreedom = 2 * subjects.count - fitted.count
    }

    private static func chip(_ subject: Subject, technology: Technology) -> Chip {
        let cost = subject.chip.predictedCost(model: HardwareModel(technology: technology))
        return Chip(
            name: subject.chip.name, predictedTdpWatts: cost.tdpWatts, publishedTdpWatts: subject.chip.tdpWatts,
            predictedAreaMM2: cost.areaMM2, publishedAreaMM2: subject.chip.areaMM2)
    }

    private static func constants(of fit: ConstantFit, in technology: Technology) -> [FittedConstant] {
        zip(fit.constants, fit.values).map { constant, value in
            FittedConstant(
                name: constant.entry.name, unit: constant.entry.unit, shipped: technology[constant.entry],
                fitted: value, low: constant.range.lowerBound, high: constant.range.upperBound)
        }
    }
}
