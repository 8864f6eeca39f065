import Diagnostics
import Testing

@Suite struct DiagnosticErrorTests {
    @Test func aCompleteErrorIsOneParagraphWithFileLineFieldAndRemedy() {
        let error = DiagnosticError(
            .badData, "expected 1, found 2", at: SourceLocation(file: "chip.yaml", line: 4, field: "datapath.array.x"),
            remedy: "use 1")
        #expect(error.description == "chip.yaml:4: datapath.array.x: expected 1, found 2; use 1")
    }

    @Test func unknownPartsOfThePlaceLeaveNoTrace() {
        #expect(DiagnosticError(.usage, "wrong").description == "wrong")
        #expect(DiagnosticError(.usage, "wrong", at: SourceLocation(file: "a")).description == "a: wrong")
        #expect(DiagnosticError(.usage, "wrong", at: SourceLocation(field: "x.y")).description == "x.y: wrong")
        #expect(
            DiagnosticError(.usage, "wrong", at: SourceLocation(file: "a", field: "x")).description == "a: x: wrong")
    }

    @Test func exitCodesAreThoseOfSysexits() {
        let codes: [DiagnosticError.Kind: Int32] = [
            .usage: 64, .badData: 65, .missingInput: 66, .unavailable: 69, .cannotCreate: 73, .inputOutput: 74,
            .configuration: 78,
        ]
        #expect(codes.count == DiagnosticError.Kind.allCases.count)
        for (kind, code) in codes { #expect(kind.exitCode == code) }
    }
}
