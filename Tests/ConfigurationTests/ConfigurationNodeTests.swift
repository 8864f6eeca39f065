import Configuration
import Diagnostics
import TestSupport
import Testing

@Suite struct ConfigurationNodeTests {
    static func error(of yaml: String, _ read: (ConfigurationNode) throws -> Void) throws -> DiagnosticError {
        try #require(throws: DiagnosticError.self) { try read(ConfigurationNode(yaml: yaml, file: "f.yaml")) }
    }

    private enum Colour: String, CaseIterable { case red, green }

    @Test func valuesOfEveryKindAreRead() throws {
        let root = try ConfigurationNode(
            yaml: """
                whole: 12
                negative: -3
                real: 1.5e3
                word: "12"
                flag: true
                list: [1, 2, 3]
                colour: green
                """, file: "f.yaml"
        ).mapping()
        #expect(root.keys == ["whole", "negative", "real", "word", "flag", "list", "colour"])
        #expect(try root.required("whole").integer() == 12)
        #expect(try root.required("whole").number() == 12)
        #expect(try root.required("negative").integer(in: -3 ... -1) == -3)
        #expect(try root.required("real").number() == 1500)
        #expect(try root.required("word").string() == "12")
        #expect(try root.required("flag").boolean())
        #expect(try root.required("list").list().map { try $0.integer() } == [1, 2, 3])
        #expect(try root.required("colour").choice(of: Colour.self) == .green)
        #expect(root.optional("missing") == nil)
    }

    @Test func everyValueKnowsItsLineAndField() throws {
        let root = try ConfigurationNode(
            yaml: """
                # a comment
                a:
                  b:

                    - c: 1
                    - c: 2
                """, file: "f.yaml"
        ).mapping()
        let second = try root.required("a").mapping().required("b").list()[1]
        #expect(second.location == SourceLocation(file: "f.yaml", line: 6, field: "a.b[1]"))
        #expect(
            try second.mapping().required("c").location == SourceLocation(file: "f.yaml", line: 6, field: "a.b[1].c"))
    }

    @Test func anUnknownKeyIsNamedWithItsLineAndTheNearestRightOne() throws {
        let error = try ConfigurationNodeTests.error(of: "x:\n  alpha: 1\n  bta: 2\n") {
            _ = try $0.mapping(keys: ["x"]).required("x").mapping(keys: ["alpha", "beta"])
        }
        #expect(error.kind == .badData)
        #expect(error.location == SourceLocation(file: "f.yaml", line: 3, field: "x"))
        #expect(error.message == "unknown key 'bta'")
        #expect(error.remedy?.contains("'beta'") == true)
    }

    @Test func aMissingKeyIsNamedWithItsPlace() throws {
        let error = try ConfigurationNodeTests.error(of: "x:\n  a: 1\n") {
            _ = try $0.mapping().required("x").mapping().required("b")
        }
        #expect(error.location.field == "x")
        #expect(error.message.contains("'b'") && error.message.contains("found a"))
    }

    @Test(arguments: [
        "1.5", "twelve", "0x10", "'3'", "", "[1]", "{a: 1}", "11", "0", "99999999999999999999", "1_0", "~",
    ])
    func whatIsNoWholeNumberInRangeIsRefused(text: String) throws {
        let error = try ConfigurationNodeTests.error(of: "n: \(text)\n") {
            _ = try $0.mapping().required("n").integer(in: 1...10)
        }
        #expect(error.message.hasPrefix("expected a whole number from 1 to 10, found"))
        #expect(error.location == SourceLocation(file: "f.yaml", line: 1, field: "n"))
    }

    @Test(arguments: ["nan", ".nan", ".inf", "inf", "1e999", "0x1p3", "'1'", "one", "", "-0.1", "2"])
    func whatIsNoNumberInRangeIsRefused(text: String) throws {
        let error = try ConfigurationNodeTests.error(of: "n: \(text)\n") {
            _ = try $0.mapping().required("n").number(in: 0...1)
        }
        #expect(error.message.hasPrefix("expected a number from 0.0 to 1.0, found"))
    }

    @Test(arguments: ["yes", "True", "'true'", "1", ""])
    func whatIsNeitherTrueNorFalseIsRefused(text: String) throws {
        let error = try ConfigurationNodeTests.error(of: "b: \(text)\n") {
            _ = try $0.mapping().required("b").boolean()
        }
        #expect(error.message.hasPrefix("expected true or false, found"))
    }

    @Test func anUnknownChoiceIsRefusedWithTheNearestOne() throws {
        let error = try ConfigurationNodeTests.error(of: "c: gren\n") {
            _ = try $0.mapping().required("c").choice(of: Colour.self)
        }
        #expect(error.message == "expected one of red, green, found 'gren'")
        #expect(error.remedy == "did you mean 'green'?")
    }

    @Test(arguments: [
        ("a: 1\na: 2\n", "twice"),
        ("", "found nothing"),
        ("# only a comment\n", "found nothing"),
        ("a: [1, 2\n", "not YAML"),
        ("a: 1\n\tb: 2\n", "not YAML"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("[1, 2]: 3\n", "expected a word as key"),
    ])
    func whatIsNoPlainYamlIsRefused(text: String, complaint: String) throws {
        let error = try ConfigurationNodeTests.error(of: text) { _ in }
        #expect(error.kind == .badData)
        #expect(error.message.contains(complaint), "\(error)")
        #expect(error.location.file == "f.yaml")
    }

    @Test func syntaxErrorsHaveTheirLine() throws {
        let error = try ConfigurationNodeTests.error(of: "a: 1\nb: 2\nc: : d\n") { _ in }
        #expect(error.location.line == 3)
    }

    @Test func deepNestingIsRefusedInsteadOfExhaustingTheStack() throws {
        let flow = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let block = String(repeating: "- ", count: 100_000) + "1\n"
        for text in [flow, block] {
            let error = try ConfigurationNodeTests.error(of: "a:\n  " + text) { _ in }
            #expect(error.kind == .badData && error.message.contains("1,000 deep"), "\(error)")
        }
    }

    @Test func aliasesThatMultiplyAreRefusedBeforeTheyGrow() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let copies = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(copies)]\n"
        }
        let error = try ConfigurationNodeTests.error(of: text) { _ in }
        #expect(error.location == SourceLocation(file: "f.yaml", line: 1, field: "a0"))
    }

    @Test func aLongValueIsCutShortInTheComplaint() throws {
        let error = try ConfigurationNodeTests.error(of: "n: \(String(repeating: "x", count: 100_000))\n") {
            _ = try $0.mapping().required("n").integer()
        }
        #expect(error.description.count < 200)
    }
}
