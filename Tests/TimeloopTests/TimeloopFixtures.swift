import Foundation
import TestSupport
import Testing
import Timeloop

/// The reference mappings and what NVlabs/timeloop, commit 4cf6d4cd, reported for them (`Fixtures/Timeloop`).
enum TimeloopFixtures {
    static let folder = Repository.fixtures.appendingPathComponent("Timeloop")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    static func architecture(_ name: String) throws -> TimeloopArchitecture {
        try TimeloopArchitecture(yaml: text("architectures/\(name).yaml"), file: "\(name).yaml")
    }

    static func problem(_ name: String) throws -> TimeloopProblem {
        try TimeloopProblem(yaml: text("layers/\(name).yaml"), file: "\(name).yaml")
    }

    /// `a_1x1pe_128x128/rn50_conv1_7x7s2/free_delay` and the like.
    static func model(of mapping: String) throws -> TimeloopModel {
        let parts = mapping.split(separator: "/").map(String.init)
        return TimeloopModel(try architecture(parts[0]), try problem(parts[1]))
    }

    static func mapping(_ name: String, on model: TimeloopModel) throws -> TimeloopMapping {
        try TimeloopMapping(
            yaml: text("mappings/\(name).map.yaml"), file: "\(name).map.yaml", architecture: model.architecture,
            problem: model.problem)
    }

    /// What Timeloop reports, counts summed over instances: [mapping][cycles and others, or level/tensor/quantity].
    static func statistics() throws -> [String: [String: Double]] {
        var statistics: [String: [String: Double]] = [:]
        for (file, names) in [("totals.csv", 1), ("tensors.csv", 3)] {
            let lines = try text(file).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            for line in lines.dropFirst() {
                for (column, text) in zip(lines[0], line).dropFirst(names) {
                    let key = (line[1..<names] + [column]).joined(separator: "/")
                    statistics[line[0], default: [:]][key] = Double(text)
                }
            }
        }
        return statistics
    }
}

extension TimeloopEvaluation {
    /// Each count under the name that `TimeloopFixtures.statistics` gives it.
    var counts: [String: Double] {
        var counts: [String: Double] = [:]
        for level in levels {
            for tensor in level.tensors {
                let prefix = "\(level.name)/\(tensor.name)/"
                counts[prefix + "reads"] = tensor.reads
                counts[prefix + "updates"] = tensor.updates
                counts[prefix + "fills"] = tensor.fills
                counts[prefix + "tileWords"] = tensor.tileWords
                counts[prefix + "instances"] = level.instances
            }
        }
        return counts
    }
}
