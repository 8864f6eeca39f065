public import Economics

/// Return on investment for other programs; units stand in the names.
public struct InvestmentFigures: Encodable, Sendable {
    public var design: String
    public var baseline: String
    public var technology: String
    public var economics: String
    public var workloads: [Workload]
    /// Baseline chips that one chip stands for.
    public var chipsReplaced: Double
    public var designTco: Cost<Ownership>
    public var baselineTco: Cost<Ownership>
    public var perfPerTcoRatio: Double
    /// Over the years of service; negative where a chip costs more than what it replaces.
    public var savingPerChipUSD: Double
    public var designCost: Cost<DesignCost>
    public var breakEven: [BreakEven]
    public var curve: [Point]
    public var sensitivity: [Sensitivity]
    /// What was written besides.
    public var files: [String]

    public struct Workload: Encodable, Sendable {
        public var name: String
        public var share: Double
        public var perfRatio: Double
    }

    /// A sum and its parts.
    public struct Cost<Parts: Encodable & Sendable>: Encodable, Sendable {
        public var totalUSD: Double
        public var parts: Parts
    }

    public struct BreakEven: Encodable, Sendable {
        public var roi: Double
        /// Chips; null where no number of chips is enough.
        public var volume: Double?
        /// The baseline chips that they stand for.
        public var baselineChips: Double?

        private enum CodingKeys: CodingKey { case roi, volume, baselineChips }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(roi, forKey: .roi)
            // Not left out: who reads it looks for the key.
            try container.encode(volume, forKey: .volume)
            try container.encode(baselineChips, forKey: .baselineChips)
        }
    }

    public struct Point: Encodable, Sendable {
        public var volume: Int
        public var savedUSD: Double
        public var roi: Double
    }

    public struct Sensitivity: Encodable, Sendable {
        public var input: String
        public var unit: String
        public var value: Double
        public var low: Double
        public var high: Double
        /// The volume of 1x at either end; null is never.
        public var volumeAtLow: Double?
        public var volumeAtHigh: Double?

        private enum CodingKeys: CodingKey { case input, unit, value, low, high, volumeAtLow, volumeAtHigh }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(input, forKey: .input)
            try container.encode(unit, forKey: .unit)
            try container.encode(value, forKey: .value)
            try container.encode(low, forKey: .low)
            try container.encode(high, forKey: .high)
            try container.encode(volumeAtLow, forKey: .volumeAtLow)
            try container.encode(volumeAtHigh, forKey: .volumeAtHigh)
        }
    }
}

extension InvestmentFigures {
    /// - Parameter files: what was written besides.
    public init(_ study: InvestmentStudy, files: [String] = []) {
        let investment = study.investment
        let (own, other) = (investment.designOwnership, investment.baselineOwnership)
        self.init(
            design: study.designName, baseline: study.baselineName, technology: study.technology,
            economics: study.economicsName,
            workloads: study.workloads.map { Workload(name: $0.name, share: $0.share, perfRatio: $0.perfRatio) },
            chipsReplaced: investment.replaced, designTco: Cost(totalUSD: own.totalUSD, parts: own),
            baselineTco: Cost(totalUSD: other.totalUSD, parts: other),
            perfPerTcoRatio: investment.replaced * other.totalUSD / own.totalUSD,
            savingPerChipUSD: investment.savingPerChipUSD,
            designCost: Cost(totalUSD: investment.designCost.totalUSD, parts: investment.designCost),
            breakEven: ReturnOnInvestment.multiples.map { multiple in
                let volume = investment.breakEvenVolume(multiple)
                return BreakEven(
                    roi: multiple, volume: volume, baselineChips: volume.map { $0 * investment.replaced })
            }, curve: study.curve,
            sensitivity: investment.sensitivities.map { row in
                Sensitivity(
                    input: row.input.path, unit: row.input.unit, value: row.entry.value,
                    low: row.entry.range.lowerBound, high: row.entry.range.upperBound, volumeAtLow: row.volumeAtLow,
                    volumeAtHigh: row.volumeAtHigh)
            }, files: files)
    }
}

extension InvestmentStudy {
    /// Savings and return at every volume.
    public var curve: [InvestmentFigures.Point] {
        volumes.map { volume in
            InvestmentFigures.Point(
                volume: volume, savedUSD: Double(volume) * investment.savingPerChipUSD,
                roi: investment.ratio(volume: volume))
        }
    }

    /// The curve as comma-separated values.
    public var csvText: String {
        "volume,savedUSD,designCostUSD,roi\n"
            + curve.map { "\($0.volume),\($0.savedUSD),\(investment.designCost.totalUSD),\($0.roi)\n" }.joined()
    }
}
