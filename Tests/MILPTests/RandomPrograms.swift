import MILP
import RandomNumbers
import TestSupport

/// Small programs of the kinds that a compiler poses, and of every kind of bound and row.
enum RandomProgram: CaseIterable {
    case knapsack, setCover, general

    static func make(_ kind: RandomProgram, seed: Int) -> MixedIntegerProgram {
        var random = SplitMix64(seed: UInt64(seed))
        return switch kind {
        case .knapsack: knapsack(&random)
        case .setCover: setCover(&random)
        case .general: general(&random)
        }
    }

    /// Several capacities, and items that need others.
    private static func knapsack(_ random: inout SplitMix64) -> MixedIntegerProgram {
        var program = MixedIntegerProgram(name: "knapsack", objectiveOffset: Double(random.number(-50...50)))
        let unit = [1, 1e-9, 1e7][random.number(0...2)]
        program.objectiveOffset *= unit
        let items = (0..<random.number(1...12)).map {
            program.addBinary("item \($0)", objective: -Double(random.number(0...40)) * unit)
        }
        for row in 0..<random.number(1...3) {
            let weights = items.map { _ in Double(random.number(0...30)) }
            program.addConstraint(
                "capacity \(row)", zip(items, weights), upper: Double(random.number(5...120)) * 0.5)
        }
        for _ in 0..<random.number(0...4) where items.count > 1 {
            let pair = (items.randomElement(using: &random)!, items.randomElement(using: &random)!)
            program.addConstraint("needs \(program.constraintCount)", [(pair.0, 1), (pair.1, -1)], upper: 0)
        }
        return program
    }

    private static func setCover(_ random: inout SplitMix64) -> MixedIntegerProgram {
        var program = MixedIntegerProgram(name: "cover")
        let sets = (0..<random.number(2...12)).map {
            program.addBinary("set \($0)", objective: Double(random.number(1...9)))
        }
        for row in 0..<random.number(1...8) {
            let members = sets.filter { _ in random.chance(3) }
            // A row without members can't be covered.
            guard !members.isEmpty || random.chance(10) else { continue }
            program.addConstraint("element \(row)", members.map { ($0, 1) }, lower: 1)
        }
        return program
    }

    /// Integer variables of any range, continuous ones without bounds too, rows that are ranges, equations or free.
    ///
    /// No row has two continuous variables, so that `bruteForce(_:)` can solve what is left where the others are fixed.
    private static func general(_ random: inout SplitMix64) -> MixedIntegerProgram {
        var program = MixedIntegerProgram(
            name: "general", objectiveOffset: random.chance(2) ? 0 : Double(random.number(-999...999)) / 8)
        var integers: [MixedIntegerProgram.Variable] = []
        var continuous: [MixedIntegerProgram.Variable] = []
        for index in 0..<random.number(1...7) {
            let lower = random.number(-3...2)
            let cost = random.chance(4) ? 0 : Double(random.number(-20...20)) / 4
            if random.chance(3) {
                let bounds: (Double, Double) =
                    switch random.number(0...4) {
                    case 0: (-.infinity, .infinity)
                    case 1: (-.infinity, Double(lower))
                    case 2: (Double(lower), .infinity)
                    default: (Double(lower) / 2, Double(lower + random.number(0...5)) / 2 + 3)
                    }
                continuous.append(
                    program.addVariable("x\(index)", lower: bounds.0, upper: bounds.1, objective: cost))
            } else {
                integers.append(
                    program.addVariable(
                        "n\(index)", lower: Double(lower), upper: Double(lower + random.number(0...3)),
                        objective: cost, isInteger: true))
            }
        }
        for row in 0..<random.number(0...6) {
            var terms = integers.filter { _ in !random.chance(3) }.map { ($0, Double(random.number(-6...6))) }
            if let variable = continuous.randomElement(using: &random), !random.chance(4) {
                terms.append((variable, Double(random.number(-3...3))))
            }
            let middle = Double(random.number(-12...12))
            let bounds: (Double, Double) =
                switch random.number(0...5) {
                case 0: (middle, middle)
                case 1: (-.infinity, .infinity)
                case 2: (middle, .infinity)
                case 3: (middle, middle + Double(random.number(1...16)) / 2)
                default: (-.infinity, middle)
                }
            program.addConstraint("row \(row)", terms, lower: bounds.0, upper: bounds.1)
        }
        return program
    }
}

/// What trying every assignment of the integer variables finds.
enum BruteForceResult: Equatable {
    case optimal(Double)
    case infeasible
    case unbounded
}

/// Tries every assignment of the integer variables, and gives each continuous variable the best end of the interval that the
/// rows leave it. No row may have two continuous variables.
func bruteForce(_ program: MixedIntegerProgram) -> BruteForceResult {
    let integers = (0..<program.variableCount).filter { program.isInteger[$0] }
    var values = program.lowerBounds
    var best: Double?
    while true {
        if let objective = bestObjective(program, values) {
            if objective == -.infinity { return .unbounded }
            best = min(best ?? .infinity, objective)
        }
        // The next assignment, like an odometer.
        guard let wheel = integers.first(where: { values[$0] < program.upperBounds[$0] }) else { break }
        for index in integers.prefix(while: { $0 != wheel }) { values[index] = program.lowerBounds[index] }
        values[wheel] += 1
    }
    return best.map { .optimal($0) } ?? .infeasible
}

private func bestObjective(_ program: MixedIntegerProgram, _ values: [Double]) -> Double? {
    var (lower, upper) = (program.lowerBounds, program.upperBounds)
    for row in 0..<program.constraintCount {
        var sum = 0.0
        var continuous: (index: Int, coefficient: Double)?
        for term in program.termRange(of: MixedIntegerProgram.Constraint(index: row)) {
            let (index, coefficient) = (Int(program.termVariables[term]), program.termCoefficients[term])
            if program.isInteger[index] {
                sum += coefficient * values[index]
            } else {
                continuous = (index, coefficient)
            }
        }
        let rest = (program.constraintLowerBounds[row] - sum, program.constraintUpperBounds[row] - sum)
        if let (index, coefficient) = continuous {
            let ends = [rest.0 / coefficient, rest.1 / coefficient].sorted()
            lower[index] = max(lower[index], ends[0])
            upper[index] = min(upper[index], ends[1])
        } else if rest.0 > 1e-9 || rest.1 < -1e-9 {
            return nil
        }
    }
    // Every interval must be there before one without an end makes the objective so.
    let continuous = (0..<program.variableCount).filter { !program.isInteger[$0] }
    guard continuous.allSatisfy({ lower[$0] <= upper[$0] + 1e-9 }) else { return nil }
    var objective = program.objectiveOffset
    for index in 0..<program.variableCount {
        let cost = program.objective[index]
        if cost == 0 { continue }
        objective += cost * (program.isInteger[index] ? values[index] : cost > 0 ? lower[index] : upper[index])
    }
    return objective
}
