import Diagnostics
import MILP
import Testing

@Suite struct MixedIntegerProgramTests {
    @Test func termsAreSortedAndAddedUp() {
        var program = MixedIntegerProgram()
        let x = program.addBinary("x")
        let y = program.addBinary("y")
        let z = program.addBinary("z")
        let row = program.addConstraint("r", [(z, 1), (x, 2), (y, 3), (x, 1), (y, -3)], upper: 1)
        #expect(program.termRange(of: row) == 0..<2)
        #expect(program.termVariables == [0, 2])
        #expect(program.termCoefficients == [3, 1])
        let zero = program.addConstraint("zero", [(x, 0), (x, 1), (x, -1)], upper: 1)
        #expect(program.termRange(of: zero).isEmpty)
    }

    @Test func anAssignmentIsEvaluated() {
        var program = MixedIntegerProgram(objectiveOffset: 10)
        let x = program.addVariable("x", lower: -1, upper: 4, objective: 2, isInteger: true)
        let y = program.addVariable("y", objective: -1)
        program.addConstraint("r", [(x, 1), (y, 1)], lower: 2, upper: 3)
        #expect(program.objective(of: [3, 0.5]) == 15.5)
        #expect(program.largestViolation(of: [2, 1]) == 0)
        #expect(program.largestViolation(of: [2, 1.25]) == 0.25)
        #expect(program.largestViolation(of: [2.5, 0]) == 0.5)
        #expect(program.largestViolation(of: [-3, 5]) == 2)
        #expect(program.largestViolation(of: [0, 0]) == 2)
    }

    struct Fault: Sendable {
        var code: MILPError.Code
        var make: @Sendable (inout MixedIntegerProgram, MixedIntegerProgram.Variable) -> Void
    }

    static let faults: [Fault] = [
        Fault(code: .notFinite) { program, _ in program.objectiveOffset = .nan },
        Fault(code: .notFinite) { program, _ in program.addBinary("y", objective: .infinity) },
        Fault(code: .notFinite) { program, _ in program.addBinary("y", objective: .nan) },
        Fault(code: .notFinite) { program, _ in program.addVariable("y", lower: .nan) },
        Fault(code: .notFinite) { program, _ in program.addVariable("y", lower: .infinity) },
        Fault(code: .notFinite) { program, _ in program.addVariable("y", upper: -.infinity) },
        Fault(code: .boundsCrossed) { program, _ in program.addVariable("y", lower: 1, upper: 0) },
        Fault(code: .outOfRange) { program, _ in program.addVariable("y", upper: 1e20) },
        Fault(code: .notFinite) { program, x in program.addConstraint("r", [(x, .nan)], upper: 1) },
        Fault(code: .notFinite) { program, x in program.addConstraint("r", [(x, -.infinity)], upper: 1) },
        Fault(code: .notFinite) { program, x in program.addConstraint("r", [(x, 1)], upper: .nan) },
        Fault(code: .outOfRange) { program, x in program.addConstraint("r", [(x, 1e-10)], upper: 1) },
        Fault(code: .outOfRange) { program, x in program.addConstraint("r", [(x, -1e16)], upper: 1) },
        Fault(code: .outOfRange) { program, x in program.addConstraint("r", [(x, 1)], lower: -1e21) },
        Fault(code: .boundsCrossed) { program, x in program.addConstraint("r", [(x, 1)], lower: 2, upper: 1) },
        Fault(code: .unknownVariable) { program, _ in
            program.addConstraint("r", [(MixedIntegerProgram.Variable(index: 1), 1)], upper: 1)
        },
        Fault(code: .unknownVariable) { program, _ in
            program.addConstraint("r", [(MixedIntegerProgram.Variable(index: -1), 1)], upper: 1)
        },
        Fault(code: .unknownVariable) { program, _ in
            program.addConstraint("r", [(MixedIntegerProgram.Variable(index: .max), 1)], upper: 1)
        },
        Fault(code: .duplicateName) { program, _ in program.addBinary("x") },
        Fault(code: .duplicateName) { program, x in
            program.addConstraint("r", [(x, 1)], upper: 1)
            program.addConstraint("r", [(x, 1)], lower: 0)
        },
    ]

    @Test(arguments: faults.indices)
    func faultsAreFound(_ index: Int) throws {
        var program = MixedIntegerProgram()
        let x = program.addBinary("x", objective: 1)
        try program.validate()
        Self.faults[index].make(&program, x)
        let error = try #require(throws: MILPError.self) { try program.validate() }
        #expect(error.code == Self.faults[index].code)
        #expect(error.diagnostic.kind == .badData)
        #expect(try #require(throws: MILPError.self) { try program.mps() } == error)
    }

    @Test func anErrorNamesItsPlace() throws {
        var program = MixedIntegerProgram()
        let x = program.addBinary("x")
        program.addConstraint("space", [(x, .nan)], upper: 1)
        let error = try #require(throws: MILPError.self) { try program.validate() }
        #expect(error.description == "constraint 'space': expected a finite coefficient of 'x', found nan")
    }
}
