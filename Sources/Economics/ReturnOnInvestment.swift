/// Whether designing a chip pays: what its deployment saves over serving the same throughput with baseline chips, against
/// what its design costs once.
///
///     let roi = try ReturnOnInvestment(design: chip, replacing: tpu, replaced: 2.3, costs: model)
///     roi.savingPerChipUSD
///     roi.breakEvenVolume(1)      // nil: never
///
/// One chip serves what `replaced` baseline chips serve, so n of them save n · (replaced · TCO_baseline − TCO_design), and
///
///     ROI(n) = n · saving / one-off cost.
///
/// The baseline's own design is paid for, or hidden in the vendor's margin (`CostInput.baselineMarkup`). Source of the method: Zhang et al., ASPLOS 2022, return on investment.
public struct ReturnOnInvestment: Hashable, Sendable {
    public let costs: CostModel
    public let design: ChipProfile
    public let baseline: ChipProfile
    /// Baseline chips that one chip stands for.
    public let replaced: Double
    public let designOwnership: Ownership
    public let baselineOwnership: Ownership

    /// - Parameter replaced: baseline chips that serve what one chip serves; positive.
    /// - Throws: `DiagnosticError` (`configuration`) where one of the chips can't be costed.
    public init(
        design: ChipProfile, replacing baseline: ChipProfile, replaced: Double, costs: CostModel
    ) throws {
        precondition(replaced > 0 && replaced.isFinite, "A chip must stand for a positive number of baseline chips.")
        try costs.requireCosts(of: design, named: "design")
        try costs.requireCosts(of: baseline, named: "baseline")
        self.init(costs: costs, design: design, baseline: baseline, replaced: replaced)
    }

    private init(costs: CostModel, design: ChipProfile, baseline: ChipProfile, replaced: Double) {
        self.costs = costs
        self.design = design
        self.baseline = baseline
        self.replaced = replaced
        designOwnership = costs.ownership(of: design)
        baselineOwnership = costs.ownership(of: baseline, markup: costs[.baselineMarkup])
    }

    /// What designing the chip costs once.
    public var designCost: DesignCost { costs.designCost }

    /// What a deployed chip saves over its years of service; negative where it costs more than what it replaces.
    public var savingPerChipUSD: Double { replaced * baselineOwnership.totalUSD - designOwnership.totalUSD }

    /// The return of deploying so many chips: savings over the one-off cost; negative where each chip costs more than it saves.
    ///
    /// - Parameter volume: chips; positive.
    public func ratio(volume: Int) -> Double {
        precondition(volume > 0, "A volume must be positive.")
        return Double(volume) * savingPerChipUSD / designCost.totalUSD
    }

    /// The fewest chips with which savings come to so many times the one-off cost; nil where no number of chips does.
    public func breakEvenVolume(_ multiple: Double) -> Double? {
        guard savingPerChipUSD > 0 else { return nil }
        return max(1, (multiple * designCost.totalUSD / savingPerChipUSD).rounded(.up))
    }

    /// The multiples of the one-off cost whose volumes are reported.
    public static let multiples = [1.0, 2, 4, 8]

    /// How far the break-even volume moves with one input.
    public struct Sensitivity: Hashable, Sendable {
        public var input: CostInput
        public var entry: Economics.Entry
        /// The volume at which savings come to the one-off cost with the input at the lower end of its range; nil is never.
        public var volumeAtLow: Double?
        public var volumeAtHigh: Double?

        /// The larger over the smaller volume; infinite where one end never breaks even and the other does.
        var swing: Double {
            switch (volumeAtLow, volumeAtHigh) {
            case (nil, nil): 1
            case (nil, _), (_, nil): .infinity
            case (let low?, let high?): max(low, high) / min(low, high)
            }
        }
    }

    /// What happens to the break-even volume when each input in turn goes over its range, the greatest effect first; inputs
    /// that change nothing are left out.
    public var sensitivities: [Sensitivity] {
        costs.inputs.compactMap { input, entry -> Sensitivity? in
            func volume(_ value: Double) -> Double? {
                var costs = costs
                costs[input] = value
                return ReturnOnInvestment(costs: costs, design: design, baseline: baseline, replaced: replaced)
                    .breakEvenVolume(1)
            }
            let (low, high) = (volume(entry.range.lowerBound), volume(entry.range.upperBound))
            guard low != high else { return nil }
            return Sensitivity(input: input, entry: entry, volumeAtLow: low, volumeAtHigh: high)
        }.enumerated().sorted { ($0.element.swing, $1.offset) > ($1.element.swing, $0.offset) }.map(\.element)
    }
}
