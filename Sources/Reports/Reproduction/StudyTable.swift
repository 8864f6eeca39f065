internal import Foundation

/// A table of a study for other programs: comma-separated values, and rows of JSON; units stand in the names of its columns.
public struct StudyTable: Sendable {
    /// Of its file, without `.csv`.
    public let name: String
    public let columns: [String]
    public private(set) var rows: [[Cell]] = []

    public enum Cell: Hashable, Sendable {
        case text(String)
        case number(Double)
        case integer(Int)
        case flag(Bool)
        case none

        init(_ value: Double?) {
            self = value.map { $0.isFinite ? .number($0) : .none } ?? .none
        }
    }

    init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    mutating func append(_ cells: Cell...) { append(cells) }

    mutating func append(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "A row has a cell a column.")
        rows.append(cells)
    }

    /// RFC 4180; what isn't known is empty.
    public var csvText: String {
        ([columns] + rows.map { $0.map(\.csvText) }).map { $0.joined(separator: ",") + "\n" }.joined()
    }
}

extension StudyTable.Cell: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .text(value) }

    fileprivate var csvText: String {
        switch self {
        case .text(let text):
            text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        case .number(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .flag(let value): "\(value)"
        case .none: ""
        }
    }
}

extension StudyTable.Cell: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .none: try container.encodeNil()
        }
    }
}

extension StudyTable: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) })
    }
}
