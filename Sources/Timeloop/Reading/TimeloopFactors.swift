internal import Configuration
internal import Diagnostics

/// The loops of one directive: `factors` and `permutation`.
///
/// Factors are `R3`, `R=3` or `R=3,2`, the last with 2 iterations in the residual; 0 is the whole dimension, a missing one is 1.
/// A permutation goes from the innermost loop outwards; dimensions that it leaves out follow in the shape's order.
struct TimeloopFactors {
    /// One of each dimension.
    var loops: [TimeloopMapping.Loop]
    /// Dimensions, innermost first.
    var permutation: [Int]

    init(_ directive: ConfigurationMapping, problem: TimeloopProblem) throws {
        loops = problem.dimensions.indices.map { TimeloopMapping.Loop(dimension: $0, factor: 1, residual: 1) }
        permutation = []
        if let node = directive.optional("factors") {
            var named: Set<Int> = []
            for loop in try Self.factors(node, problem) {
                guard named.insert(loop.dimension).inserted else {
                    throw node.error(
                        expected: "each dimension once",
                        remedy: "keep one factor of \(problem.dimensions[loop.dimension])")
                }
                loops[loop.dimension] = loop
            }
        }
        if let node = directive.optional("permutation") {
            for name in try Self.dimensionNames(node, problem) {
                guard let dimension = problem.dimensions.firstIndex(of: name) else {
                    throw node.error(
                        expected: "dimensions of the problem, but '\(name)' is none",
                        remedy: remedyForUnknown(name, among: problem.dimensions))
                }
                guard !permutation.contains(dimension) else {
                    throw node.error(expected: "each dimension once", remedy: "remove one '\(name)'")
                }
                permutation.append(dimension)
            }
        }
        permutation += problem.dimensions.indices.filter { !permutation.contains($0) }
    }

    /// The loops that iterate, in the permutation's order.
    func ordered(_ dimensions: some Sequence<Int>) -> [TimeloopMapping.Loop] {
        dimensions.map { loops[$0] }.filter { $0.factor > 1 }
    }

    /// The text of a scalar or of a list of scalars; what follows a # is a comment to Timeloop even within quotes.
    private static func text(_ node: ConfigurationNode) throws -> String {
        guard node.isList else { return String(try node.string().prefix { $0 != "#" }) }
        return try node.list().map { String(try $0.string().prefix { $0 != "#" }) }.joined(separator: " ")
    }

    /// Factors as Timeloop's expression takes them: a name, perhaps `=`, a number, perhaps a comma and the residual.
    private static func factors(_ node: ConfigurationNode, _ problem: TimeloopProblem) throws -> [TimeloopMapping.Loop]
    {
        var rest = Substring(try text(node))
        func skip(_ characters: String) { rest = rest.drop { characters.contains($0) } }
        func digits() -> String {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            return String(digits)
        }
        var loops: [TimeloopMapping.Loop] = []
        skip(" \t\n,")
        while !rest.isEmpty {
            let word = rest.prefix { !" \t\n,=".contains($0) }
            // Where names hold digits, the longest known name that begins the word is meant.
            let known = problem.dimensions.filter { word.hasPrefix($0) }.max { $0.count < $1.count }
            let afterWord = rest.dropFirst(word.count).drop { " \t\n".contains($0) }
            let name = afterWord.first == "=" ? String(word) : known ?? String(word.prefix { !$0.isNumber })
            guard let dimension = problem.dimensions.firstIndex(of: name) else {
                throw node.error(
                    expected: "factors of the problem's dimensions, but '\(word)' is none",
                    remedy: remedyForUnknown(name, among: problem.dimensions))
            }
            rest = rest.dropFirst(name.count)
            skip(" \t\n=")
            let factor = digits()
            var residual: String?
            if rest.first == ",", let next = rest.dropFirst().first, next.isASCII, next.isNumber {
                rest = rest.dropFirst()
                residual = digits()
            }
            loops.append(try loop(dimension, factor: factor, residual: residual, node, problem))
            skip(" \t\n,")
        }
        return loops
    }

    private static func loop(
        _ dimension: Int, factor: String, residual: String?, _ node: ConfigurationNode, _ problem: TimeloopProblem
    ) throws -> TimeloopMapping.Loop {
        let name = problem.dimensions[dimension]
        guard let number = Int(factor), (0...largestTimeloopSize).contains(number) else {
            throw node.error(
                expected: "a whole number of at most \(largestTimeloopSize) as the factor of \(name)",
                remedy: "write for example \(name)=4 or \(name)=4,3")
        }
        let iterations = number == 0 ? problem.bounds[dimension] : number
        guard let residual else {
            return TimeloopMapping.Loop(dimension: dimension, factor: iterations, residual: iterations)
        }
        guard let last = Int(residual), (1...iterations).contains(last) else {
            throw node.error(
                expected: "a residual of \(name) from 1 to its factor \(iterations)",
                remedy: "write \(name)=\(iterations) where there is none")
        }
        return TimeloopMapping.Loop(dimension: dimension, factor: iterations, residual: last)
    }

    /// A permutation's names: words, or one word of letters where all names are letters.
    private static func dimensionNames(_ node: ConfigurationNode, _ problem: TimeloopProblem) throws -> [String] {
        let words = try text(node).split { " \t\n,".contains($0) }.map(String.init)
        guard problem.dimensions.allSatisfy({ $0.count == 1 }) else { return words }
        return words.flatMap { $0.map(String.init) }
    }
}
