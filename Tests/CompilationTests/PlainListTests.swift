import Compilation
import RandomNumbers
import Testing

/// `PlainList` against an array, and what it does with the memory of its elements.
struct PlainListTests {
    @Test func isAnArrayUnderRandomChanges() {
        var random = SplitMix64(seed: 7)
        var list = PlainList<Int>()
        var array: [Int] = []
        for step in 0..<20_000 {
            switch Int(random.next() % 8) {
            case 0, 1, 2:
                list.append(step)
                array.append(step)
            case 3, 4:
                let place = Int(random.next() % UInt64(array.count + 1))
                list.insert(step, at: place)
                array.insert(step, at: place)
            case 5 where !array.isEmpty:
                list.removeLast()
                array.removeLast()
            case 6 where !array.isEmpty:
                let place = Int(random.next() % UInt64(array.count))
                list[place] += 1
                array[place] += 1
            case 7 where random.next() % 2000 == 0:
                list.removeAll()
                array.removeAll()
            default: break
            }
            #expect(list.count == array.count)
            #expect(array.isEmpty || list.last == array.last)
        }
        #expect(array.count > 100)
        #expect(list.withElements { Array($0) } == array)
        list.withMutableElements { $0.sort() }
        #expect(list.withElements { Array($0) } == array.sorted())
    }

    @Test func holdsWhatItWasMadeOf() {
        let list = PlainList(repeating: 2.5, count: 3)
        #expect(list.indices.map { list[$0] } == [2.5, 2.5, 2.5])
        #expect(PlainList<Int>(capacity: 0).count == 0)
    }

    /// Every element is given back once, whichever way it leaves.
    @Test func givesItsElementsBack() {
        final class Counted {
            nonisolated(unsafe) static var living = 0
            init() { Counted.living += 1 }
            deinit { Counted.living -= 1 }
        }
        do {
            var list = PlainList<Counted>()
            for _ in 0..<20 { list.append(Counted()) }
            list.insert(Counted(), at: 3)
            list.removeLast()
            list[4] = Counted()
            #expect(Counted.living == 20)
            list.removeAll()
            #expect(Counted.living == 0)
            for _ in 0..<9 { list.append(Counted()) }
        }
        #expect(Counted.living == 0)
    }
}
