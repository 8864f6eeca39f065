import Foundation

/// A measurement's arguments by position; what is left out has a default.
///
/// A wrong one, or `--help`, prints the usage and ends the program.
public struct Arguments {
    private let usage: String
    private let words: [String]

    /// - Parameter usage: the command with its arguments, the names of optional ones in brackets.
    public init(usage: String) {
        self.usage = usage
        words = Array(CommandLine.arguments.dropFirst())
        if words.contains(where: { $0 == "--help" || $0 == "-h" }) {
            print("usage: \(usage)")
            exit(0)
        }
    }

    public func text(_ position: Int, or otherwise: String) -> String {
        position < words.count ? words[position] : otherwise
    }

    /// A number that isn't too small.
    public func number<Number: LosslessStringConvertible & Comparable & ExpressibleByIntegerLiteral>(
        _ position: Int, _ name: String, or otherwise: Number, least: Number = 1
    ) -> Number {
        guard position < words.count else { return otherwise }
        guard let number = Number(words[position]), number >= least else {
            fail(
                "\(name): expected a number of at least \(least), found '\(words[position])'\nusage: \(usage)",
                exitCode: 64)
        }
        return number
    }

    /// All arguments from a position on, or the default where there are none.
    public func names(from position: Int, or otherwise: [String]) -> [String] {
        words.count > position ? Array(words[position...]) : otherwise
    }
}

/// The value, or the error's text and the end of the program.
public func orExit<Value>(_ body: () throws -> Value) -> Value {
    do {
        return try body()
    } catch {
        fail("\(error)", exitCode: 65)
    }
}

/// Says what is wrong and ends the program.
public func fail(_ message: String, exitCode: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(exitCode)
}
