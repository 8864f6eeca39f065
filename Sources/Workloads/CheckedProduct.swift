extension Workload {
    /// The largest number of elements, or of multiply–accumulates, that a workload may have in all: 2⁵³, up to which
    /// every whole number is exact as a `Double`, so that no sum or product made of these counts overflows or loses
    /// digits.
    public static let largestCount = 1 << 53
}

/// The product of positive extents, or nil if it is above `Workload.largestCount`.
package func checkedProduct(_ extents: some Sequence<Int>) -> Int? {
    var product = 1
    for extent in extents {
        let (next, overflow) = product.multipliedReportingOverflow(by: extent)
        if overflow || next > Workload.largestCount { return nil }
        product = next
    }
    return product
}
