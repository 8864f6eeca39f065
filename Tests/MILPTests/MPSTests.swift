import Foundation
import MILP
import RandomNumbers
import TestSupport
import Testing

@Suite struct MPSTests {
    @Test func everySectionIsWritten() throws {
        var program = MixedIntegerProgram(name: "a small one", objectiveOffset: -2.5)
        let x = program.addVariable("x", objective: 0.1)
        let n = program.addVariable("n", lower: -3, upper: -1, isInteger: true)
        let b = program.addBinary("b", objective: 1e-7)
        let free = program.addVariable("free", lower: -.infinity, objective: 3)
        let below = program.addVariable("below", lower: -.infinity, upper: 0)
        program.addVariable("fixed", lower: 7, upper: 7)
        program.addVariable("many", isInteger: true)
        program.addConstraint("eq", [(x, 1), (n, 2)], equalTo: 4)
        program.addConstraint("le", [(b, -1), (free, 1)], upper: 0)
        program.addConstraint("ge", [(x, 1), (below, 1)], lower: 1e10)
        program.addConstraint("range", [(x, 1)], lower: -1, upper: 2.5)
        program.addConstraint("none", [(x, 9)])
        #expect(
            try program.mps()
                == """
                NAME a_small_one FREE
                ROWS
                 N OBJ
                 E eq
                 L le
                 G ge
                 L range
                COLUMNS
                 x OBJ 0.1
                 x eq 1.0
                 x ge 1.0
                 x range 1.0
                 MARKER 'MARKER' 'INTORG'
                 n eq 2.0
                 b OBJ 1e-07
                 b le -1.0
                 MARKER 'MARKER' 'INTEND'
                 free OBJ 3.0
                 free le 1.0
                 below ge 1.0
                 fixed OBJ 0
                 MARKER 'MARKER' 'INTORG'
                 many OBJ 0
                 MARKER 'MARKER' 'INTEND'
                 OFFSET OBJ -2.5
                RHS
                 RHS eq 4.0
                 RHS ge 10000000000.0
                 RHS range 2.5
                RANGES
                 RNG range 3.5
                BOUNDS
                 LO BND n -3.0
                 UP BND n -1.0
                 BV BND b
                 FR BND x_free
                 MI BND below
                 UP BND below 0.0
                 FX BND fixed 7.0
                 LO BND many 0.0
                 PL BND many
                 FX BND OFFSET 1
                ENDATA

                """.replacing(" free ", with: " x_free "))
    }

    @Test func namesAreSafeAndUnique() {
        let originals = [
            "ok", "two words", "two_words", "two\twords", "1st", "", " ", "RHS", "inf", "Übergröße", "$comment",
            "*star",
            "ok_2", "OK", "naïve, 'quoted'", "-5", "x_1st", "obj", "marker", "offset",
            String(repeating: "long ", count: 100),
            String(repeating: "long ", count: 101),
        ]
        var program = MixedIntegerProgram()
        for name in originals {
            let variable = program.addBinary(name)
            program.addConstraint(name, [(variable, 1)], upper: 1)
        }
        for (names, prefix) in [(program.mpsNames.variables, "x_"), (program.mpsNames.constraints, "c_")] {
            #expect(names.count == originals.count)
            #expect(Set(names).count == names.count)
            for name in names {
                #expect(name.utf8.count <= 120)
                #expect(name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_.]*/) != nil, "\(name)")
                #expect(Double(name) == nil)
            }
            #expect(
                Array(names.prefix(8)) == [
                    "ok", "two_words", "two_words_2", "two_words_3", prefix + "1st", prefix, prefix + "_",
                    prefix + "RHS",
                ])
        }
    }

    @Test func anyNamesAreRead() throws {
        var program = MixedIntegerProgram(name: "RHS")
        for name in [
            "RHS", "BOUNDS", "ENDATA", "inf", "NAME", "free", "1e5", "OBJ", "OFFSET", "MARKER", "$", "*", "ROWS", "x y",
        ] {
            let variable = program.addVariable(name, lower: -1, upper: 2, objective: -1, isInteger: true)
            program.addConstraint(name, [(variable, 2)], lower: -1, upper: 3)
        }
        #expect(try Self.read(program).objective == -14)
    }

    @Test func randomNumbersAreReadToTheLastBit() throws {
        // Without rows the optimum is the sum of costs times bounds; with powers of 2 for costs each bound's last bit counts.
        var random = SplitMix64(seed: 9)
        for _ in 0..<200 {
            let bound =
                Double.random(in: -1...1, using: &random)
                * Double(sign: .plus, exponent: random.number(-30...40), significand: 1)
            let coefficient = Double.random(in: 0.5...2, using: &random)
            var program = MixedIntegerProgram(objectiveOffset: Double.random(in: -1...1, using: &random))
            program.addVariable("x", lower: bound, upper: bound, objective: coefficient)
            #expect(try Self.read(program).objective == bound * coefficient + program.objectiveOffset)
        }
    }

    @Test func integersWithoutUpperBoundsStayUnbounded() throws {
        var program = MixedIntegerProgram()
        let n = program.addVariable("n", objective: -1, isInteger: true)
        program.addConstraint("r", [(n, 2)], upper: 15)
        #expect(try Self.read(program).objective == -7)
    }

    /// What HiGHS finds after reading what is written.
    static func read(_ program: MixedIntegerProgram) throws -> MixedIntegerSolution {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("fast-\(UUID()).mps")
        defer { try? FileManager.default.removeItem(at: file) }
        try program.mps().write(to: file, atomically: false, encoding: .utf8)
        return try HighsSolver().solve(mpsFile: file.path)
    }
}
