public import Accelerators
internal import Diagnostics

/// The most area and TDP that a design may have.
public typealias Budget = HardwareTotals

extension HardwareTotals {
    /// Whether both lie within a budget.
    public func meets(_ budget: Budget) -> Bool {
        areaMM2 <= budget.areaMM2 && tdpWatts <= budget.tdpWatts
    }

    /// By what factor the worse of the two exceeds a budget; at most 1 within it.
    func excess(over budget: Budget) -> Double {
        max(areaMM2 / budget.areaMM2, tdpWatts / budget.tdpWatts)
    }
}

/// A search space together with a budget: it tells which choices can still lead to a design within the budget.
///
/// A partial design is judged by its cheapest completion. Area and TDP never fall when a number grows or an L2 is added, so
/// with the two buffer configurations given, the design with every open number at its smallest is the cheapest in area and in
/// TDP at once: trying the configurations that are open decides exactly whether any completion meets the budget. A mask
/// therefore never excludes a feasible design, and never leads into a dead end.
public final class BudgetedSpace: Sendable {
    public let space: SearchSpace
    public let budget: Budget
    private let simulator: any DesignSimulating
    /// The configurations to try where they are open.
    private let l1Candidates: [BufferSharing]
    private let l2Candidates: [BufferSharing?]

    /// - Throws: `DiagnosticError` (`configuration`) where no design of the space meets the budget.
    public init(space: SearchSpace, budget: Budget, simulator: any DesignSimulating) throws {
        self.space = space
        self.budget = budget
        self.simulator = simulator
        l1Candidates = space[.l1Configuration].codes.map { BufferSharing.allCases[$0] }
        let l2Codes = space[.l2Configuration].codes
        l2Candidates = l2Codes.contains(0) ? [nil] : l2Codes.map(PartialDesign.l2Configuration)
        let nothing = PartialDesign(cheapestOf: space)
        guard admits(nothing) else {
            let cheapest = cheapestTotals(of: nothing)
            throw DiagnosticError(
                .configuration,
                "no design of the search space meets the budget: the cheapest needs \(rounded(cheapest.areaMM2)) mm² and "
                    + "\(rounded(cheapest.tdpWatts)) W; the budget is \(rounded(budget.areaMM2)) mm² and "
                    + "\(rounded(budget.tdpWatts)) W",
                at: SourceLocation(field: "constraints"),
                remedy: "raise areaMM2 or tdpWatts, or add smaller choices to searchSpace")
        }
    }

    /// Whether some completion of a partial design meets the budget.
    func admits(_ partial: PartialDesign) -> Bool {
        var admits = false
        forEachCheapest(of: partial) { totals in
            admits = totals.meets(budget)
            return !admits
        }
        return admits
    }

    /// Whether the design that decisions stand for meets the budget; false where they aren't of the space.
    public func admits(_ decisions: [Int?]) -> Bool {
        (try? space.design(from: decisions)).map { simulator.totals(of: $0.datapath).meets(budget) } ?? false
    }

    /// The least area and the least TDP of any completion of a partial design: lower bounds, which one and the same design
    /// need not reach both.
    func lowerBound(of partial: PartialDesign) -> HardwareTotals {
        var bound = HardwareTotals(areaMM2: .infinity, tdpWatts: .infinity)
        forEachCheapest(of: partial) { totals in
            bound.areaMM2 = min(bound.areaMM2, totals.areaMM2)
            bound.tdpWatts = min(bound.tdpWatts, totals.tdpWatts)
            return true
        }
        return bound
    }

    /// The choices of a parameter after which some completion meets the budget.
    func mask(of parameter: Parameter, after partial: PartialDesign) -> ChoiceMask {
        guard parameter.name.isHardware else { return ChoiceMask(allowingFirst: parameter.count) }
        let isNumeric = parameter.name != .l1Configuration && parameter.name != .l2Configuration
        var mask = ChoiceMask()
        for (choice, code) in parameter.codes.enumerated() {
            var candidate = partial
            candidate.set(parameter.name, to: code)
            if admits(candidate) {
                mask.insert(choice)
            } else if isNumeric {
                // The larger numbers that follow cost no less.
                break
            }
        }
        return mask
    }

    /// For each parameter the choices that lie in some design within the budget, whatever the others are.
    ///
    /// A size of L2 is judged in designs that have one.
    public var marginalMasks: [ChoiceMask] {
        space.parameters.map { parameter in
            let nothing = PartialDesign(cheapestOf: space)
            guard parameter.name.needsL2 else { return mask(of: parameter, after: nothing) }
            var union = ChoiceMask()
            for code in space[.l2Configuration].codes where code != 0 {
                var enabled = nothing
                enabled.set(.l2Configuration, to: code)
                union = ChoiceMask(bits: union.bits | mask(of: parameter, after: enabled).bits)
            }
            return union
        }
    }

    private func cheapestTotals(of partial: PartialDesign) -> HardwareTotals {
        var best = HardwareTotals(areaMM2: .infinity, tdpWatts: .infinity)
        forEachCheapest(of: partial) { totals in
            if totals.excess(over: budget) < best.excess(over: budget) { best = totals }
            return true
        }
        return best
    }

    /// Calls the body with area and TDP of the smallest completion under each open configuration, until it returns false.
    @inline(__always)
    private func forEachCheapest(of partial: PartialDesign, _ body: (HardwareTotals) -> Bool) {
        for l1 in 0..<(partial.isL1Open ? l1Candidates.count : 1) {
            var candidate = partial
            if partial.isL1Open { candidate.datapath.l1.configuration = l1Candidates[l1] }
            guard partial.isL2Open else {
                guard body(simulator.totals(of: candidate.datapath)) else { return }
                continue
            }
            for l2 in l2Candidates {
                candidate.setL2(to: l2)
                guard body(simulator.totals(of: candidate.datapath)) else { return }
            }
        }
    }
}

private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
