public import Configuration

/// How the area and power model fares on chips whose figures are published.
public struct HardwareCalibration: Hashable, Sendable, Codable {
    public var chips: [Chip]

    /// One chip at its own technology node.
    public struct Chip: Hashable, Sendable, Codable {
        public var name: String
        public var predictedTdpWatts: Double
        public var publishedTdpWatts: Double
        public var predictedAreaMM2: Double
        public var publishedAreaMM2: Double
    }

    /// The chips that the model is judged by, oldest first; each has its file among the baselines or next to the technologies.
    public static let chipNames = ["tpu-v1", "tpu-v2", "tpu-v3", "tpu-v4i"]

    /// Costs every chip at its own node.
    ///
    /// - Throws: `DiagnosticError` where a chip's or technology's file is missing or wrong.
    public init(files: InstalledFiles = .standard) throws {
        let baselines = Set(files.names(in: "environments/baselines"))
        chips = try HardwareCalibration.chipNames.map { name in
            let folder = baselines.contains(name) ? "environments/baselines" : "environments/technologies/chips"
            let chip = try PublishedChip(contentsOfFile: files.file(named: name, in: folder))
            let model = HardwareModel(technology: try Technology(named: chip.technology, in: files))
            let cost = chip.predictedCost(model: model)
            return Chip(
                name: name, predictedTdpWatts: cost.tdpWatts, publishedTdpWatts: chip.tdpWatts,
                predictedAreaMM2: cost.areaMM2, publishedAreaMM2: chip.areaMM2)
        }
    }
}
