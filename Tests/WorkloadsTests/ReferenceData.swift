import Foundation
import TestSupport
import Testing

/// A comma-separated table with a header, its fields by column name; fields in quotes may hold commas.
struct ReferenceTable {
    var rows: [[String: String]]

    init(_ path: String) throws {
        let fixtures = Repository.fixtures.appendingPathComponent("Workloads")
        let text = try String(contentsOf: fixtures.appendingPathComponent(path), encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map(Self.fields)
        rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

/// Extents written as `1x3x224x224`.
func extents(_ text: String?) -> [Int] {
    (text ?? "").split(separator: "x").compactMap { Int($0) }
}

/// A network of the zoo, the batch to build it at, and its row in the reference tables.
struct ReferenceCase: CustomTestStringConvertible, Sendable {
    var name: String
    var batch: Int
    var row: String

    var testDescription: String { row }

    static let all: [ReferenceCase] =
        (0...7).map { ReferenceCase(name: "efficientnet-b\($0)", batch: 1, row: "efficientnet_b\($0)") } + [
            ReferenceCase(name: "efficientnet-b0", batch: 8, row: "efficientnet_b0_batch8"),
            ReferenceCase(name: "resnet-50-v2", batch: 1, row: "resnetv2_50"),
            ReferenceCase(name: "bert-base-128", batch: 1, row: "bert_base_128"),
            ReferenceCase(name: "bert-base-1024", batch: 1, row: "bert_base_1024"),
            ReferenceCase(name: "bert-base-128", batch: 8, row: "bert_base_128_batch8"),
            ReferenceCase(name: "mobilenet-v2", batch: 1, row: "mobilenetv2"),
            ReferenceCase(name: "vit-b16", batch: 1, row: "vit_b16"),
            ReferenceCase(name: "ocr-rpn", batch: 1, row: "ocr_rpn_1024"),
            ReferenceCase(name: "ocr-recognizer", batch: 1, row: "crnn_32x320"),
        ]
}
