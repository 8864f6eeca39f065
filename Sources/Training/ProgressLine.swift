/// How far something is, as one line of text.
public protocol ProgressLine {
    /// What the line says, in the order in which it stands; where there isn't room for all, what has a high rank is left out
    /// first.
    var parts: [(rank: Int, text: String)] { get }
}

extension ProgressLine {
    /// The line, at most so many characters wide.
    public func line(width: Int = .max) -> String {
        let parts = parts.filter { !$0.text.isEmpty }
        let highest = parts.map(\.rank).max() ?? 0
        for limit in stride(from: highest, through: 0, by: -1) {
            let line = parts.filter { $0.rank <= limit }.map(\.text).joined(separator: " · ")
            if line.count <= width { return line }
        }
        return String((parts.first?.text ?? "").prefix(width))
    }
}
