import Foundation
import Reports
import Testing

@Suite struct ScaleTests {
    @Test func linearPositionsAreProportional() {
        let scale = Scale(.linear, domain: 2...12, from: 100, to: 300)
        for value in stride(from: 2.0, through: 12, by: 0.5) {
            #expect(abs(scale.position(of: value) - (100 + (value - 2) * 20)) < 1e-9)
        }
    }

    @Test func logarithmicPositionsStandADecadeApart() {
        let scale = Scale(.logarithmic, domain: 0.01...100, from: 400, to: 0)
        for (decade, value) in [0.01, 0.1, 1, 10, 100].enumerated() {
            #expect(abs(scale.position(of: value) - (400 - 100 * Double(decade))) < 1e-9)
        }
        #expect(abs(scale.position(of: 10.0.squareRoot()) - 150) < 1e-9)
    }

    @Test func valuesOutsideStandAtTheEnds() {
        let scale = Scale(.linear, domain: 0...10, from: 0, to: 50)
        #expect(scale.position(of: -3) == 0)
        #expect(scale.position(of: 1e9) == 50)
    }

    @Test func aDomainOfOneValueStandsInTheMiddle() {
        let scale = Scale(.linear, domain: 7...7, from: 0, to: 50)
        #expect(scale.position(of: 7) == 25)
        #expect(scale.ticks(about: 5) == [7])
    }

    @Test func knownTicks() {
        #expect(Scale(.linear, domain: 0...10, from: 0, to: 1).ticks(about: 5) == [0, 2, 4, 6, 8, 10])
        #expect(Scale(.linear, domain: 0...1, from: 0, to: 1).ticks(about: 5) == [0, 0.2, 0.4, 0.6, 0.8, 1])
        #expect(Scale(.linear, domain: 0...0.3, from: 0, to: 1).ticks(about: 3) == [0, 0.1, 0.2, 0.3])
        #expect(Scale(.logarithmic, domain: 1...1000, from: 0, to: 1).ticks(about: 4) == [1, 10, 100, 1000])
        #expect(Scale(.logarithmic, domain: 0.9...6, from: 0, to: 1).ticks(about: 4) == [1, 2, 5])
    }

    /// Whatever the domain: ticks ascend, lie within it, are 1, 2 or 5 times a power of ten apart, and are neither few nor many.
    @Test func linearTicksAreRoundAndWithin() throws {
        for exponent in -9...9 {
            for (low, span) in [(0.0, 1.0), (0.37, 3.1), (-2.2, 7.7), (11, 0.013)] {
                for count in 2...10 {
                    let unit = pow(10, Double(exponent))
                    let domain = low * unit...(low + span) * unit
                    let ticks = Scale(.linear, domain: domain, from: 0, to: 1).ticks(about: count)
                    #expect(ticks.count >= count / 3 && ticks.count <= count + 1, "\(domain) \(ticks)")
                    let slack = span * unit * 1e-6
                    for tick in ticks {
                        #expect(tick >= domain.lowerBound - slack && tick <= domain.upperBound + slack)
                    }
                    for (a, b) in zip(ticks, ticks.dropFirst()) {
                        let leading = (b - a) / pow(10, floor(log10(b - a) + 1e-6))
                        #expect([1.0, 2, 5].contains { abs(leading - $0) < 1e-4 }, "\(domain) \(ticks)")
                    }
                }
            }
        }
    }

    @Test func logarithmicTicksLieWithinAndAscend() {
        for (low, factor) in [(1e-6, 1e12), (0.3, 40), (0.9, 1.3), (2e3, 11), (1, 1e5)] {
            for count in 3...10 {
                let ticks = Scale(.logarithmic, domain: low...low * factor, from: 0, to: 1).ticks(about: count)
                #expect(!ticks.isEmpty && ticks.count <= count + 2, "\(low) \(factor) \(count) \(ticks)")
                #expect(ticks == ticks.sorted())
                #expect(ticks.allSatisfy { $0 >= low * 0.999_999 && $0 <= low * factor * 1.000_001 })
            }
        }
    }
}
