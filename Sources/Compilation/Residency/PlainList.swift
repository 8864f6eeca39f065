/// A list in memory of its own.
///
/// What an array is, less the checks that every change of an array in a loop makes: that no copy shares its memory, which the type says
/// here, and, except in debug builds, that positions exist.
package struct PlainList<Element>: ~Copyable {
    package private(set) var count = 0
    private var capacity: Int
    private var memory: UnsafeMutablePointer<Element>

    /// An empty list that holds so many elements before it takes more memory.
    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 4)
        memory = .allocate(capacity: self.capacity)
    }

    package init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        memory.initialize(repeating: element, count: count)
        self.count = count
    }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    package var indices: Range<Int> { 0..<count }

    /// The elements, for a loop that changes other lists, or for a collection's algorithms.
    @inline(__always) package func withElements<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: memory, count: count))
    }

    @inline(__always) package mutating func withMutableElements<Result: ~Copyable, Failure: Error>(
        _ body: (inout UnsafeMutableBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var elements = UnsafeMutableBufferPointer(start: memory, count: count)
        return try body(&elements)
    }

    package subscript(index: Int) -> Element {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return memory[index]
        }
        @inline(__always) set {
            assert(index >= 0 && index < count)
            memory[index] = newValue
        }
    }

    /// The element before the end.
    package var last: Element { self[count - 1] }

    @inline(__always) package mutating func append(_ element: Element) {
        if count == capacity { grow() }
        (memory + count).initialize(to: element)
        count += 1
    }

    /// - Complexity: O(elements after it).
    package mutating func insert(_ element: Element, at index: Int) {
        assert(index >= 0 && index <= count)
        if count == capacity { grow() }
        (memory + index + 1).moveInitialize(from: memory + index, count: count - index)
        (memory + index).initialize(to: element)
        count += 1
    }

    package mutating func removeLast() {
        assert(count > 0)
        count -= 1
        (memory + count).deinitialize(count: 1)
    }

    /// Removes all elements and keeps the memory.
    package mutating func removeAll() {
        memory.deinitialize(count: count)
        count = 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: memory, count: count)
        memory.deallocate()
        (memory, capacity) = (larger, 2 * capacity)
    }
}

// Its memory belongs to it alone, as that of an array would.
extension PlainList: @unchecked Sendable where Element: Sendable {}
