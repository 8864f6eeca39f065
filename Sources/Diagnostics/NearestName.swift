/// The candidate nearest to a misspelt name, if one is near enough to be meant.
///
/// Nearness is the Damerau–Levenshtein distance (insertions, deletions, substitutions and swaps of neighbours) on lower-cased
/// names; one further away than a third of the misspelt name's length, at least 2, is not suggested, nor one that shares nothing
/// with it. Ties go to the earlier candidate.
///
///     nearestName(to: "efficentnet-b7", in: ["efficientnet-b0", "efficientnet-b7"])  // "efficientnet-b7"
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased())
    let farthest = max(2, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let characters = Array(candidate.lowercased())
        // The distance is at least the difference in length; a name of a megabyte is not worth a table.
        guard abs(characters.count - wanted.count) <= farthest else { continue }
        let distance = editDistance(wanted, characters)
        guard distance <= farthest, distance < max(wanted.count, characters.count) else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// A remedy for an unknown name: the nearest right name if there is one, and the list of all.
public func remedyForUnknown(_ name: String, among candidates: [String]) -> String {
    let all = "known: " + candidates.joined(separator: ", ")
    return nearestName(to: name, in: candidates).map { "did you mean '\($0)'? (\(all))" } ?? all
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], beforeLast[j - 2] + 1)
            }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
