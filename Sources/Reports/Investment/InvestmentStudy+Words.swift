public import Economics

extension InvestmentStudy {
    /// The answer in a sentence.
    public var summary: String {
        let design =
            "For \(workloads.map { DisplayName.workload($0.name, dimensions: $0.dimensions) }.listed) one chip of \(designName) does the work of "
            + "\(investment.replaced.threeDigits) \(DisplayName.baseline(baselineName))"
        guard let volume = investment.breakEvenVolume(1) else {
            return design + ", and costs more than they do: designing it never pays"
        }
        return design + ", and designing it pays from \(volume.volumeText) chips on"
    }
}

extension Ownership {
    /// The parts of the total by name, in the order in which they are paid.
    public var parts: [(name: String, usd: Double)] {
        [
            ("die", dieUSD), ("package", packageUSD), ("memory", memoryUSD), ("margin", marginUSD),
            ("board", boardUSD), ("interest", interestUSD), ("repairs", repairsUSD),
            ("electricity", electricityUSD),
            ("facility", facilityUSD),
        ]
    }
}

extension DesignCost {
    /// The parts of the total by name.
    public var parts: [(name: String, usd: Double)] {
        [
            ("hardware engineers", hardwareUSD), ("design tools", toolsUSD), ("licensed IP", intellectualPropertyUSD),
            ("masks", masksUSD), ("software engineers", softwareUSD),
        ]
    }
}

extension Double {
    /// A number of chips, in full where that can be read.
    package var volumeText: String { self < 1e15 ? Int(self).grouped : threeDigits }
}

extension Double? {
    /// A number of chips, or that there is none.
    package var volumeText: String { map(\.volumeText) ?? "never" }
}
