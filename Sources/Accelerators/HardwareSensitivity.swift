internal import Foundation
import RandomNumbers

/// How far area, TDP and Perf/TDP move when the constants of the model move within their ranges.
///
///     let sensitivity = HardwareSensitivity(of: design.datapath, technology: technology)
///     sensitivity.quantities[0].effects[0]      // the constant that moves the TDP most
///
/// A quantity's effects are a tornado: each constant alone at the ends of its range, the others as they ship, the widest effect
/// first. `combined` moves all constants at once, each by a random number that is uniform in the logarithm over its range; then
/// the calibrated ones are fitted anew to the published chips, which are made of the same constants: what is unknown of a chip is
/// less than of its parts.
///
/// Perf does not depend on the constants, as mappings are chosen by time: the ratio of Perf/TDP moves through both chips' TDP alone,
/// both under the same constants.
public struct HardwareSensitivity: Hashable, Sendable, Encodable {
    /// Random settings of the constants that `combined` is made from.
    public var samples: Int
    public var seed: UInt64
    public var quantities: [Quantity]

    /// One figure of the design.
    public struct Quantity: Hashable, Sendable, Encodable {
        /// Its name, with the unit: `tdpWatts`, `areaMM2` or `perfPerTdpRatio`.
        public var name: String
        /// With the constants as they ship.
        public var value: Double
        /// The constants that move it, the widest effect first.
        public var effects: [Effect]
        public var combined: Quantiles
    }

    /// What one constant does to a quantity.
    public struct Effect: Hashable, Sendable, Encodable {
        /// The constant's name, e.g. `sram.macroAreaFactor`.
        public var constant: String
        public var unit: String
        public var value: Double
        public var low: Double
        public var high: Double
        /// The quantity with the constant at the low end of its range.
        public var atLow: Double
        /// The quantity with the constant at the high end.
        public var atHigh: Double

        var width: Double { abs(atHigh - atLow) }
    }

    public struct Quantiles: Hashable, Sendable, Encodable {
        public var p10: Double
        public var p50: Double
        public var p90: Double
    }

    /// What Perf/TDP is compared with.
    public struct Comparison: Sendable {
        public var baseline: Datapath
        /// Perf of the design over the baseline's.
        public var perfRatio: Double

        public init(baseline: Datapath, perfRatio: Double) {
            self.baseline = baseline
            self.perfRatio = perfRatio
        }
    }

    /// - Parameters:
    ///   - datapath: the design's.
    ///   - technology: the node; the constants that it gives a range are varied.
    ///   - comparison: adds the quantity `perfPerTdpRatio` where it is given.
    ///   - chips: what calibrated constants are fitted to in every random setting; with none, they are drawn as the others are.
    ///   - samples: random settings of all constants, at least 1.
    public init(
        of datapath: Datapath, technology: Technology, against comparison: Comparison? = nil,
        chips: [HardwareCalibration.Subject], samples: Int = 2000, seed: UInt64 = 1
    ) {
        precondition(samples > 0, "quantiles need at least one sample")
        self.samples = samples
        self.seed = seed
        func figures(_ technology: Technology) -> [Double] {
            let model = HardwareModel(technology: technology)
            let totals = model.totals(of: datapath)
            guard let comparison else { return [totals.tdpWatts, totals.areaMM2] }
            let baselineWatts = model.totals(of: comparison.baseline).tdpWatts
            return [totals.tdpWatts, totals.areaMM2, comparison.perfRatio * baselineWatts / totals.tdpWatts]
        }
        let shipped = figures(technology)
        let uncertain = technology.entries.compactMap { entry in entry.range.map { (entry, $0) } }
        let ends = uncertain.map { entry, range in
            [range.lowerBound, range.upperBound].map { end in
                var changed = technology
                changed[entry] = end
                return figures(changed)
            }
        }
        var generator = SplitMix64(seed: seed)
        let sampled = (0..<samples).map { _ in
            let drawn = technology.drawn(using: &generator)
            guard !chips.isEmpty else { return figures(drawn) }
            var nodes = [technology.name: drawn]
            let subjects = chips.map { subject in
                var subject = subject
                let name = subject.technology.name
                // All chips of a node stand under the same factors, and all nodes under the same constants.
                var node = nodes[name] ?? subject.technology.drawn(using: &generator)
                node.constants = drawn.constants
                nodes[name] = node
                subject.technology = node
                return subject
            }
            return figures(ConstantFit(to: subjects).applied(to: drawn))
        }
        quantities = zip(["tdpWatts", "areaMM2", "perfPerTdpRatio"], shipped).enumerated().map { index, quantity in
            let effects = zip(uncertain, ends).map { constant, ends in
                Effect(
                    constant: constant.0.name, unit: constant.0.unit, value: technology[constant.0],
                    low: constant.1.lowerBound, high: constant.1.upperBound, atLow: ends[0][index],
                    atHigh: ends[1][index])
            }
            return Quantity(
                name: quantity.0, value: quantity.1,
                // Swift's sort is stable: ties stay in the order of the file.
                effects: effects.filter { $0.width > 0 }.sorted { $0.width > $1.width },
                combined: Quantiles(of: sampled.map { $0[index] }))
        }
    }
}

extension Technology {
    /// The technology with every constant and factor that has a range drawn from it, uniformly in the logarithm.
    fileprivate func drawn(using generator: inout SplitMix64) -> Technology {
        var result = self
        for entry in entries {
            guard let range = entry.range else { continue }
            let logarithm = Double.random(in: log(range.lowerBound)...log(range.upperBound), using: &generator)
            result[entry] = exp(logarithm)
        }
        return result
    }
}

extension HardwareSensitivity.Quantiles {
    /// The values at the ranks nearest to 10%, 50% and 90%.
    init(of values: [Double]) {
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
        self.init(p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9))
    }
}
