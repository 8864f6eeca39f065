import Foundation
import Parallelism
import Testing

@Suite struct SpreadWorkTests {
    @Test func everyNumberIsWorkedOnOnce() {
        for (count, threads) in [(0, 4), (1, 4), (1000, 1), (1000, 4), (3, 16)] {
            let times = Locked([Int](repeating: 0, count: count))
            spreadWork(count: count, threads: threads) { index in times.withLock { $0[index] += 1 } }
            #expect(times.withLock { $0 } == [Int](repeating: 1, count: count))
        }
    }

    @Test func resultsAreInTheOrderOfTheNumbers() {
        for (count, threads) in [(0, 4), (1, 4), (1000, 1), (1000, 4), (3, 16)] {
            #expect(spreadResults(count: count, threads: threads) { $0 * $0 } == (0..<count).map { $0 * $0 })
        }
    }

    @Test func theLongestIsBegunFirst() {
        let begun = Locked([Int]())
        let work = [2.0, 5, 1, 5, 0]
        let results = spreadResults(count: 5, threads: 1, work: { work[$0] }) { index in
            begun.withLock { $0.append(index) }
            return index
        }
        #expect(results == [0, 1, 2, 3, 4])
        #expect(begun.withLock { $0 } == [1, 3, 0, 2, 4])
        #expect(spreadResults(count: 1000, threads: 4, work: { Double($0 % 7) }) { $0 } == Array(0..<1000))
    }

    @Test func workIsSharedOut() {
        // Each waits for the other: one thread alone would not come to an end of either.
        let first = DispatchSemaphore(value: 0)
        let second = DispatchSemaphore(value: 0)
        let met = Locked(0)
        spreadWork(count: 2, threads: 2) { index in
            (index == 0 ? first : second).signal()
            let other = (index == 0 ? second : first).wait(timeout: .now() + 60)
            if other == .success { met.withLock { $0 += 1 } }
        }
        #expect(met.withLock { $0 } == 2)
    }
}
