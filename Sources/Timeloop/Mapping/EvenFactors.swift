internal import Foundation

/// The factors of an extent that leave ever more tiles, the largest first, each the smallest that leaves so few; 1 is the last.
///
/// An extent has about 2·√extent of them. Where that is more than `count`, those that leave many tiles are thinned out to a geometric row,
/// which bounds both the time and what is lost: neighbours then differ by a few percent.
///
/// - Parameter limit: no factor is larger.
func evenFactors(of extent: Int, upTo limit: Int = .max, atMost count: Int = 400) -> [Int] {
    var factor = min(extent, limit)
    let isThinned = min(Double(factor), 2 * Double(extent).squareRoot()) > Double(count)
    let growth = isThinned ? exp(log(Double(factor)) / Double(count)) : 1
    var factors: [Int] = []
    while factor > 0 {
        let tiles = (extent + factor - 1) / factor
        factor = (extent + tiles - 1) / tiles
        factors.append(factor)
        factor = factor == 1 ? 0 : max(1, min(factor - 1, Int(Double(factor) / growth)))
    }
    return factors
}
