import Reports
import Testing

@Suite struct NumberTextTests {
    @Test(arguments: [
        (0, "0"), (1, "1.00"), (3.714, "3.71"), (9.996, "10.0"), (99.96, "100"), (999.6, "1,000"), (12_345, "12,300"),
        (1_234_567, "1,230,000"), (0.01234, "0.0123"), (0.000999_6, "0.00100"), (-2.5, "-2.50"), (1e-9, "1.00e-09"),
        (0.1, "0.100"), (1000, "1,000"),
    ])
    func threeDigitsCount(value: Double, text: String) {
        #expect(value.threeDigits == text)
    }

    @Test func whatIsNotANumberIsADash() {
        #expect(Double.nan.threeDigits == "–")
        #expect(Double.infinity.ratio == "–×")
        #expect(Double.nan.percent == "–")
    }

    @Test(arguments: [
        (0.00123, "s", "1.23 ms"), (45.6e6, "B", "45.6 MB"), (999.6, "B", "1.00 kB"), (0.000_000_5, "s", "500 ns"),
        (2.5, "J", "2.50 J"), (0, "B", "0 B"), (3e12, "B/s", "3.00 TB/s"),
    ])
    func prefixesOfUnits(value: Double, unit: String, text: String) {
        #expect(value.text(in: unit) == text)
    }

    @Test(arguments: [
        (0.5, "50%"), (0.042, "4.2%"), (1.0, "100%"), (0.000_1, "<0.1%"), (0, "0%"), (0.099_6, "10%"), (0.099, "9.9%"),
    ])
    func percentages(value: Double, text: String) {
        #expect(value.percent == text)
    }

    @Test(arguments: [(0.82, "820 ms"), (45.2, "45 s"), (125, "2 min 05 s"), (12_000, "3 h 20 min")])
    func durations(seconds: Double, text: String) {
        #expect(seconds.duration == text)
    }

    /// What is read back is within half a unit of the third digit.
    @Test func readBackTheNumberIsTheSame() throws {
        var value = 1.234e-5
        while value < 9e14 {
            let read = try #require(Double(value.threeDigits.replacing(",", with: "")))
            #expect(abs(read / value - 1) <= 0.005_001, "\(value) reads \(value.threeDigits)")
            value *= 1.37
        }
    }
}
