/// The points that no other one dominates: none is at least as small in every coordinate and smaller in one.
///
/// Points that are equal don't dominate each other, so of equal ones all or none are in the front.
///
///     nonDominated([[1, 3], [2, 2], [2, 3], [3, 1]])      // [0, 1, 3]
///
/// Takes O(n log n + n · f) time for a front of f points: sorted by their coordinates, a point can only be dominated by one
/// before it, and then by one of the front.
///
/// - Parameter points: with the same number of coordinates each, all finite.
/// - Returns: positions in ascending order.
public func nonDominated(_ points: [[Double]]) -> [Int] {
    precondition(points.allSatisfy { $0.allSatisfy(\.isFinite) }, "Points must be finite.")
    precondition(Set(points.map(\.count)).count <= 1, "Points must have equally many coordinates.")
    let sorted = points.indices.sorted { points[$0].lexicographicallyPrecedes(points[$1]) }
    var front: [Int] = []
    for candidate in sorted where !front.contains(where: { dominates(points[$0], points[candidate]) }) {
        front.append(candidate)
    }
    return front.sorted()
}

private func dominates(_ one: [Double], _ other: [Double]) -> Bool {
    var isSmaller = false
    for (a, b) in zip(one, other) {
        if a > b { return false }
        isSmaller = isSmaller || a < b
    }
    return isSmaller
}
