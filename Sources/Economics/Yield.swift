internal import Foundation

/// A round wafer that dies are cut from.
public struct Wafer: Hashable, Sendable {
    public var diameterMM: Double
    /// The ring at the edge that holds no die, mm.
    public var edgeExclusionMM: Double
    /// The street between two dies, mm.
    public var scribeWidthMM: Double

    public init(diameterMM: Double, edgeExclusionMM: Double = 0, scribeWidthMM: Double = 0) {
        self.diameterMM = diameterMM
        self.edgeExclusionMM = edgeExclusionMM
        self.scribeWidthMM = scribeWidthMM
    }

    /// How many square dies of an area a wafer holds, on average over die shapes: π d² / 4S − π d / √(2S), with the usable
    /// diameter d and S, the die's area with its street. The second term is what the round edge costs. Never below 0.
    ///
    /// Not rounded, so that the cost of a chip is a smooth function of its area.
    ///
    /// Source: Hennessy and Patterson, Computer Architecture: A Quantitative Approach, section 1.6.
    public func dies(ofMM2 area: Double) -> Double {
        let diameter = max(0, diameterMM - 2 * edgeExclusionMM)
        let side = area.squareRoot() + scribeWidthMM
        let occupied = side * side
        return max(0, .pi * diameter * diameter / (4 * occupied) - .pi * diameter / (2 * occupied).squareRoot())
    }
}

/// The share of dies without a defect, as a function of the mean number of defects on a die, m = area × defect density.
public enum YieldModel: String, CaseIterable, Hashable, Sendable {
    /// e⁻ᵐ: defects fall independently.
    case poisson
    /// ((1 − e⁻ᵐ) / m)²: defect density varies over wafers with a triangular distribution (Murphy, Proc. IEEE 52(12), 1964).
    case murphy
    /// (1 + m / α)^−α: defects cluster, the more the smaller α (Stapper, IBM J. R&D 27(6), 1983); Poisson's for α → ∞.
    case negativeBinomial = "negative-binomial"

    /// - Parameters:
    ///   - area: of the die, mm².
    ///   - density: defects a cm².
    ///   - clustering: α; used by the negative binomial model alone.
    public func yield(areaMM2 area: Double, defectsPerCM2 density: Double, clustering: Double) -> Double {
        let mean = area / 100 * density
        switch self {
        case .poisson: return exp(-mean)
        case .murphy:
            guard mean > 0 else { return 1 }
            let root = -expm1(-mean) / mean
            return root * root
        case .negativeBinomial: return exp(-clustering * log1p(mean / clustering))
        }
    }
}
