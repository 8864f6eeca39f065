extension FlatDesignEnvironment: RestorableEnvironment {
    /// Where an episode of one step can stand.
    public enum Snapshot: String, Codable, Hashable, Sendable {
        case notReset, open, over
    }

    public var snapshot: Snapshot { phase }

    public mutating func restore(_ snapshot: Snapshot) { phase = snapshot }
}
