import Foundation
import Parallelism
import Testing

@Suite struct LockedTests {
    @Test func aLockedValueIsUsedByOneThreadAtATime() {
        let counter = Locked(0)
        spreadWork(count: 100_000, threads: 8) { _ in counter.withLock { $0 += 1 } }
        #expect(counter.withLock { $0 } == 100_000)
    }

    @Test func aValueInUseIsNotAvailable() {
        let value = Locked(1)
        let inUse = value.withLock { _ in
            let seen = Locked<[Int?]>([])
            let thread = Thread { seen.withLock { $0.append(value.withLockIfAvailable { $0 }) } }
            thread.start()
            while !thread.isFinished { usleep(1000) }
            return seen.withLock { $0 }
        }
        #expect(inUse == [nil])
        #expect(value.withLockIfAvailable { $0 } == 1)
    }

    @Test func aLockIsGivenBackAfterAnError() {
        struct Fault: Error {}
        let value = Locked(1)
        #expect(throws: Fault.self) { try value.withLock { _ in throw Fault() } }
        #expect(value.withLockIfAvailable { $0 } == 1)
    }

    @Test func whatIsLockedIsGivenUpWithTheLock() {
        final class Held: Sendable {}
        weak var held: Held?
        do {
            let object = Held()
            held = object
            let locked = Locked([object])
            #expect(locked.withLock { $0.count } == 1)
        }
        #expect(held == nil)
    }
}
