/// Names that every reader of free MPS files takes for names, unique and in the order of the names that they stand for.
///
/// They hold ASCII letters, digits, `_` and `.` only, begin with a letter, have at most `lengthLimit` characters, and are no
/// words that a reader might take for a section, a set or a number. A name that is fine already stays as it is.
struct MPSNames {
    /// CBC, the strictest, reads fields of 160 characters.
    static let lengthLimit = 120

    /// Words that begin a section, name a set of bounds or the objective, or that `strtod` reads as numbers; in lower case.
    private static let reserved: Set<String> = [
        "name", "objsense", "objsen", "max", "min", "maximize", "minimize", "rows", "lazycons", "usercuts", "columns",
        "rhs", "ranges", "bounds", "sos", "sos1", "sos2", "qsection", "qmatrix", "quadobj", "qcmatrix", "csection",
        "indicators", "endata", "marker", "free", "negative", "obj", "offset", "bnd", "rng", "inf", "infinity", "nan",
    ]

    private(set) var names: [String] = []

    /// - Parameters:
    ///   - originals: what the caller calls them.
    ///   - prefix: what goes before a name that begins with no letter or is reserved, itself beginning with a letter.
    init(_ originals: [String], prefix: String) {
        var taken: Set<String> = []
        var nextNumber: [String: Int] = [:]
        taken.reserveCapacity(originals.count)
        names.reserveCapacity(originals.count)
        for original in originals {
            let base = Self.readable(original, prefix: prefix)
            var name = base
            while !taken.insert(name).inserted {
                let number = nextNumber[base, default: 2]
                nextNumber[base] = number + 1
                let suffix = "_\(number)"
                name = base.prefix(Self.lengthLimit - suffix.utf8.count) + suffix
            }
            names.append(name)
        }
    }

    static func readable(_ original: String, prefix: String) -> String {
        var bytes = original.unicodeScalars.map { scalar -> UInt8 in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".": UInt8(scalar.value)
            default: UInt8(ascii: "_")
            }
        }
        let beginsWithLetter =
            bytes.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) } ?? false
        if !beginsWithLetter || reserved.contains(original.lowercased()) { bytes = prefix.utf8 + bytes }
        return String(decoding: bytes.prefix(lengthLimit), as: UTF8.self)
    }
}
