internal import Foundation

/// The constants marked as calibrated, fitted to chips whose figures are published.
///
/// The fit minimises, over the logarithms of the constants c and within their ranges,
///
///     Σ_chips [ln²(P/P̂) + ln²(A/Â)] / σ²  +  Σ_c ln²(c/m) / h²
///
/// with P, A the predicted and P̂, Â the published TDP and area; σ = 0.15 is the error that the model is taken to have; m is the
/// geometric middle of a constant's range and ln h half its width. The second sum draws a constant that the chips say little about
/// to the middle of what its source allows. It knows nothing of the value that ships, which has seen all chips.
///
/// Coordinates are minimised in turn by golden-section search, which needs no derivative, keeps the bounds, and gives the same
/// answer everywhere.
struct ConstantFit {
    struct Constant {
        let entry: Technology.Entry
        let range: ClosedRange<Double>
    }

    static let modelError = 0.15
    /// Sweeps over all constants; far fewer are needed, as the objective is nearly quadratic.
    private static let sweeps = 100
    private static let tolerance = 1e-6

    let constants: [Constant]
    /// The fitted constants, in their own units.
    let values: [Double]

    /// - Parameter subjects: chips whose nodes share their constants; not empty.
    init(to subjects: [HardwareCalibration.Subject]) {
        let constants = subjects[0].technology.entries.compactMap { entry in
            entry.isCalibrated ? entry.range.map { Constant(entry: entry, range: $0) } : nil
        }
        self.constants = constants
        let bounds = constants.map { log($0.range.lowerBound)...log($0.range.upperBound) }
        var logs = bounds.map { ($0.lowerBound + $0.upperBound) / 2 }
        for _ in 0..<ConstantFit.sweeps {
            var largestStep = 0.0
            for index in constants.indices {
                let before = logs[index]
                logs[index] = goldenSectionMinimum(in: bounds[index], tolerance: ConstantFit.tolerance) { candidate in
                    var trial = logs
                    trial[index] = candidate
                    return ConstantFit.misfit(of: trial, bounds: bounds, constants: constants, subjects: subjects)
                }
                largestStep = max(largestStep, abs(logs[index] - before))
            }
            // A search ends within its tolerance of the minimum: smaller steps are its noise.
            if largestStep <= 4 * ConstantFit.tolerance { break }
        }
        values = logs.map { exp($0) }
    }

    /// A technology with the fitted constants in place of its own.
    func applied(to technology: Technology) -> Technology {
        ConstantFit.setting(constants, to: values, in: technology)
    }

    private static func setting(_ constants: [Constant], to values: [Double], in technology: Technology) -> Technology {
        var result = technology
        for (constant, value) in zip(constants, values) { result[constant.entry] = value }
        return result
    }

    private static func misfit(
        of logs: [Double], bounds: [ClosedRange<Double>], constants: [Constant], subjects: [HardwareCalibration.Subject]
    ) -> Double {
        let values = logs.map { exp($0) }
        var sum = 0.0
        for subject in subjects {
            let technology = setting(constants, to: values, in: subject.technology)
            let cost = subject.chip.predictedCost(model: HardwareModel(technology: technology))
            let tdpError = log(cost.tdpWatts / subject.chip.tdpWatts) / modelError
            let areaError = log(cost.areaMM2 / subject.chip.areaMM2) / modelError
            sum += tdpError * tdpError + areaError * areaError
        }
        for (value, bounds) in zip(logs, bounds) {
            let distance =
                (value - (bounds.lowerBound + bounds.upperBound) / 2)
                / ((bounds.upperBound - bounds.lowerBound) / 2)
            sum += distance * distance
        }
        return sum
    }
}

/// Where a function of one variable that falls, then rises, is least: the interval shrinks by 0.618 with each value asked for.
func goldenSectionMinimum(
    in bounds: ClosedRange<Double>, tolerance: Double, of function: (Double) -> Double
) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (bounds.lowerBound, bounds.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (function(left), function(right))
    while high - low > tolerance {
        if atLeft <= atRight {
            (high, right, atRight) = (right, left, atLeft)
            left = high - ratio * (high - low)
            atLeft = function(left)
        } else {
            (low, left, atLeft) = (left, right, atRight)
            right = low + ratio * (high - low)
            atRight = function(right)
        }
    }
    return (low + high) / 2
}
