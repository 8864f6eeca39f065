import Foundation
import Reproduction
import Testing

@Suite struct SpreadTests {
    @Test func medianAndEnds() {
        #expect(Spread([3]).median == 3 && Spread([3]).count == 1)
        let odd = Spread([5, 1, 2])
        #expect(odd.median == 2 && odd.least == 1 && odd.greatest == 5 && odd.count == 3)
        // Ratios: the middle of two is the one from which both are equally far.
        #expect(abs(Spread([2, 8, 1, 100]).median - 4) < 1e-12)
    }

    @Test func geometricMeanOfPowers() throws {
        #expect(geometricMean([]) == nil)
        #expect(abs(try #require(geometricMean([1, 10, 100])) - 10) < 1e-12)
        #expect(abs(try #require(geometricMean([0.5, 2])) - 1) < 1e-12)
    }
}
