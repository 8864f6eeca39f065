/// A table for people: columns padded to their widest cell, numbers to the right.
struct TextTable {
    private let headings: [String]
    private var rows: [[String]] = []

    init(_ headings: [String]) { self.headings = headings }

    mutating func append(_ cells: [String]) { rows.append(cells) }

    /// The lines of the table, each ended.
    var text: String {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let isNumber = headings.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].first.map { $0.isNumber || "-–".contains($0) } ?? true }
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column > 0 ? "  " : "") + (isNumber[column] ? padding + cell : cell + padding)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
