/// One decision of a search space: its name and its choices.
public struct Parameter: Hashable, Sendable {
    public let name: ParameterName
    /// What each choice means: a number itself, or a word's position in the name's domain. Ascending, so that equal sets of
    /// choices are equal parameters however they were listed.
    public let codes: [Int]

    /// A parameter with the given choices.
    ///
    /// - Precondition: the codes are distinct, lie in the name's domain, and are from 1 to 64.
    public init(_ name: ParameterName, codes: [Int]) {
        precondition(
            (1...ChoiceMask.maximumCount).contains(codes.count) && Set(codes).count == codes.count,
            "A parameter has from 1 to 64 distinct choices.")
        switch name.domain {
        case .numbers(let range):
            precondition(codes.allSatisfy(range.contains), "A parameter's choices must lie in its domain.")
        case .words(let words):
            precondition(codes.allSatisfy(words.indices.contains), "A parameter's choices must lie in its domain.")
        }
        self.name = name
        self.codes = codes.sorted()
    }

    /// Number of choices.
    public var count: Int { codes.count }

    /// A choice as a user reads and writes it.
    public func text(ofChoice choice: Int) -> String {
        switch name.domain {
        case .numbers: String(codes[choice])
        case .words(let words): words[codes[choice]]
        }
    }
}
