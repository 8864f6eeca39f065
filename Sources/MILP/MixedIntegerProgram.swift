/// A linear objective to minimise under linear constraints, where some variables must be whole numbers.
///
///     var program = MixedIntegerProgram(name: "knapsack")
///     let tea = program.addBinary("tea", objective: -10)
///     let pots = program.addVariable("pots", lower: 0, upper: 3, objective: -6, isInteger: true)
///     program.addConstraint("weight", [(tea, 4), (pots, 3)], upper: 10)
///     let solution = try HighsSolver().solve(program)
///     print(solution.objective, solution.values)  // -22.0, [1.0, 2.0]
///
/// It minimises `objectiveOffset + Σ objective·x` subject to `lower ≤ x ≤ upper` for each variable and
/// `lower ≤ Σ coefficient·x ≤ upper` for each constraint; `±.infinity` stands for no bound, and equal bounds make an equation.
/// To maximise, negate the objective.
///
/// Storage is flat, a row after another: building costs amortised O(k log k) for a constraint of k terms. Nothing is checked
/// while a program is built; `validate()` does that, and whoever writes or solves a program calls it.
public struct MixedIntegerProgram: Hashable, Sendable {
    /// A variable of a program: its place in the order in which they were added, which is that of a solution's values.
    public struct Variable: Hashable, Sendable {
        public let index: Int

        public init(index: Int) { self.index = index }
    }

    /// A constraint of a program: its place in the order in which they were added.
    public struct Constraint: Hashable, Sendable {
        public let index: Int

        public init(index: Int) { self.index = index }
    }

    public var name: String
    /// What the objective is where every variable is 0.
    public var objectiveOffset: Double

    public private(set) var variableNames: [String] = []
    public private(set) var lowerBounds: [Double] = []
    public private(set) var upperBounds: [Double] = []
    /// The objective's coefficients.
    public private(set) var objective: [Double] = []
    public private(set) var isInteger: [Bool] = []

    public private(set) var constraintNames: [String] = []
    public private(set) var constraintLowerBounds: [Double] = []
    public private(set) var constraintUpperBounds: [Double] = []
    /// Where each constraint's terms begin in `termVariables` and `termCoefficients`, and where the last one's end.
    public private(set) var termStarts: [Int32] = [0]
    /// The terms' variables by index: ascending within a constraint, each at most once.
    public private(set) var termVariables: [Int32] = []
    /// The terms' coefficients, none of them 0.
    public private(set) var termCoefficients: [Double] = []

    public init(name: String = "", objectiveOffset: Double = 0) {
        self.name = name
        self.objectiveOffset = objectiveOffset
    }

    public var variableCount: Int { variableNames.count }
    public var constraintCount: Int { constraintNames.count }

    /// Adds a variable between two bounds, which for a number without bounds are infinite.
    @discardableResult
    public mutating func addVariable(
        _ name: String, lower: Double = 0, upper: Double = .infinity, objective coefficient: Double = 0,
        isInteger: Bool = false
    ) -> Variable {
        variableNames.append(name)
        lowerBounds.append(lower)
        upperBounds.append(upper)
        objective.append(coefficient)
        self.isInteger.append(isInteger)
        return Variable(index: variableCount - 1)
    }

    /// Adds a variable that is 0 or 1.
    @discardableResult
    public mutating func addBinary(_ name: String, objective coefficient: Double = 0) -> Variable {
        addVariable(name, lower: 0, upper: 1, objective: coefficient, isInteger: true)
    }

    /// Adds `lower ≤ Σ coefficient·variable ≤ upper`.
    ///
    /// Terms of the same variable are added up; those that come to 0 are left out.
    @discardableResult
    public mutating func addConstraint(
        _ name: String, _ terms: some Sequence<(Variable, Double)>, lower: Double = -.infinity,
        upper: Double = .infinity
    ) -> Constraint {
        constraintNames.append(name)
        constraintLowerBounds.append(lower)
        constraintUpperBounds.append(upper)
        let begin = termVariables.count
        for (variable, coefficient) in terms.sorted(by: { $0.0.index < $1.0.index }) {
            // An index too large for the storage belongs to no program; `validate()` reports it as unknown.
            let index = Int32(clamping: variable.index)
            if termVariables.count > begin, termVariables[termVariables.count - 1] == index {
                termCoefficients[termCoefficients.count - 1] += coefficient
            } else {
                dropLastTermIfZero(from: begin)
                termVariables.append(index)
                termCoefficients.append(coefficient)
            }
        }
        dropLastTermIfZero(from: begin)
        termStarts.append(Int32(termVariables.count))
        return Constraint(index: constraintCount - 1)
    }

    /// Adds `Σ coefficient·variable = value`.
    @discardableResult
    public mutating func addConstraint(
        _ name: String, _ terms: some Sequence<(Variable, Double)>, equalTo value: Double
    ) -> Constraint {
        addConstraint(name, terms, lower: value, upper: value)
    }

    private mutating func dropLastTermIfZero(from begin: Int) {
        guard termVariables.count > begin, termCoefficients[termCoefficients.count - 1] == 0 else { return }
        termVariables.removeLast()
        termCoefficients.removeLast()
    }

    /// Where a constraint's terms are in `termVariables` and `termCoefficients`.
    public func termRange(of constraint: Constraint) -> Range<Int> {
        Int(termStarts[constraint.index])..<Int(termStarts[constraint.index + 1])
    }
}
