internal import Reproduction

/// A study for other programs: the headline and every table, as the CSV files have them.
public struct ReproductionFigures: Encodable, Sendable {
    /// The study's folder as the user named it.
    public let study: String
    public let settings: Settings
    public let headline: [StudyHeadline]
    public let tables: [StudyTable]
    /// What was written.
    public let files: [String]

    public struct Settings: Encodable, Sendable {
        public let trials: Int
        public let seeds: [UInt64]
        public let agent: String
        public let technology: String
        public let baseline: String
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(study, forKey: Key(stringValue: "study"))
        try container.encode(settings, forKey: Key(stringValue: "settings"))
        try container.encode(headline, forKey: Key(stringValue: "headline"))
        try container.encode(files, forKey: Key(stringValue: "files"))
        for table in tables { try container.encode(table, forKey: Key(stringValue: table.name)) }
    }
}
