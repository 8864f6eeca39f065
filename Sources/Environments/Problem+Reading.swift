public import Configuration
internal import Economics
internal import Diagnostics
internal import Foundation
internal import Workloads

extension Problem {
    /// Reads a problem file.
    ///
    /// - Throws: `DiagnosticError` where there is no such file, or with line and field where its content is wrong.
    public init(contentsOfFile path: String) throws {
        try self.init(yaml: readTextFile(path), file: path)
    }

    /// Reads a problem from a file's text; `file` is its name in complaints.
    ///
    ///     name: suite
    ///     workloads: [efficientnet-b7, {name: bert-base-1024, weight: 2, dimensions: {sequence: 384}}]
    ///     objective: perf-per-tdp          # perf | energy | perf-per-tco
    ///     constraints: {areaMM2: baseline, tdpWatts: 300, latencySeconds: 0.01}
    ///     technology: 7nm
    ///     baseline: tpu-v3
    ///     economics: datacenter            # for perf-per-tco
    ///     searchSpace: {l2Configuration: disabled}
    ///
    /// Only `name` and `workloads` must be there. Paths count from the folder of `file`.
    public init(yaml: String, file: String) throws {
        try self.init(ConfigurationNode(yaml: yaml, file: file))
    }

    /// Reads a problem from a node of a larger file.
    public init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: [
            "name", "workloads", "objective", "constraints", "technology", "baseline", "economics",
            "searchSpace",
        ])
        self.init(
            name: try Problem.name(mapping.required("name")),
            workloads: try Problem.workloads(mapping.required("workloads")),
            objective: try mapping.optional("objective")?.choice() ?? .perfPerTDP,
            constraints: try mapping.optional("constraints").map(Constraints.init) ?? Constraints(),
            technology: try mapping.optional("technology").map(Problem.fileName) ?? Problem.defaultTechnology,
            baseline: try mapping.optional("baseline").map(Problem.fileName) ?? Problem.defaultBaseline,
            economics: try mapping.optional("economics").map(Problem.fileName) ?? Economics.defaultName,
            searchSpace: try mapping.optional("searchSpace").map(SearchSpace.init) ?? .full)
    }

    /// A name that can be part of a file's name.
    private static func name(_ node: ConfigurationNode) throws -> String {
        let name = try node.string()
        let isPlain = name.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, !name.isEmpty, !name.hasPrefix(".") else {
            throw node.error(expected: "a name of letters, digits, '-', '_' and '.'")
        }
        return name
    }

    private static func workloads(_ node: ConfigurationNode) throws -> [WeightedWorkload] {
        let elements = node.isList ? try node.list() : [node]
        guard !elements.isEmpty else {
            throw node.error(expected: "at least one workload", remedy: "known: " + known)
        }
        var workloads: [WeightedWorkload] = []
        for element in elements {
            let entry = element.isMapping ? try element.mapping(keys: ["name", "weight", "dimensions"]) : nil
            let nameNode = try entry?.required("name") ?? element
            var name = try nameNode.string()
            if name.lowercased().hasSuffix(".onnx") {
                name = Problem.absolutePath(name, besides: nameNode.location.file)
            } else if !WorkloadZoo.names.contains(name) {
                throw nameNode.error(
                    expected: "the name of a workload, or an ONNX file",
                    remedy: remedyForUnknown(name, among: WorkloadZoo.names))
            }
            guard !workloads.contains(where: { $0.name == name }) else {
                throw nameNode.error(expected: "every workload once", remedy: "give it a weight instead")
            }
            let weight = try entry?.optional("weight")?.number(in: 1e-6...1e6) ?? 1
            let dimensions = try entry?.optional("dimensions").map { try Problem.dimensions($0, of: name) } ?? [:]
            workloads.append(WeightedWorkload(name: name, weight: weight, dimensions: dimensions))
        }
        return workloads
    }

    private static func dimensions(_ node: ConfigurationNode, of workload: String) throws -> [String: Int] {
        // Which dimensions an ONNX file has shows when it is read.
        let known = WorkloadZoo.dimension(of: workload)
        let mapping = try known.map { try node.mapping(keys: [$0]) } ?? node.mapping()
        let range = 1...(known == nil ? Int.max : WorkloadZoo.largestDimension)
        return try Dictionary(
            uniqueKeysWithValues: mapping.keys.map { ($0, try mapping.required($0).integer(in: range)) })
    }

    /// The name of an installed file, or a path as `absolutePath(_:besides:)` has it.
    private static func fileName(_ node: ConfigurationNode) throws -> String {
        let name = try node.string()
        return InstalledFiles.isPath(name) ? absolutePath(name, besides: node.location.file) : name
    }

    /// The path of a file that a problem file names: absolute, since a run keeps it in a file of its own elsewhere.
    private static func absolutePath(_ path: String, besides file: String?) -> String {
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        return URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
    }

    private static var known: String { WorkloadZoo.names.joined(separator: ", ") }
}

extension Problem.Constraints {
    fileprivate init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ["areaMM2", "tdpWatts", "latencySeconds"])
        self.init(
            areaMM2: try mapping.optional("areaMM2").map(Problem.Limit.init) ?? .baseline,
            tdpWatts: try mapping.optional("tdpWatts").map(Problem.Limit.init) ?? .baseline,
            latencySeconds: try mapping.optional("latencySeconds")?.number(in: 1e-9...1e6))
    }
}

extension Problem.Limit {
    private static let baselineWord = "baseline"

    fileprivate init(_ node: ConfigurationNode) throws {
        if (try? node.string()) == Problem.Limit.baselineWord {
            self = .baseline
            return
        }
        do {
            self = .value(try node.number(in: 1e-3...1e6))
        } catch is DiagnosticError {
            throw node.error(expected: "a number from 0.001 to 1000000, or 'baseline'")
        }
    }

    var yamlText: String {
        switch self {
        case .baseline: Problem.Limit.baselineWord
        case .value(let value): "\(value)"
        }
    }
}

extension Problem {
    /// A name as YAML; a path may hold any character.
    private func quoted(_ name: String) -> String {
        "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private func yamlText(of workload: WeightedWorkload) -> String {
        let name = WorkloadZoo.names.contains(workload.name) ? workload.name : quoted(workload.name)
        let dimensions = workload.dimensions.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \($0.value)" }
        return "{name: \(name), weight: \(workload.weight)"
            + (dimensions.isEmpty ? "" : ", dimensions: {\(dimensions.joined(separator: ", "))}") + "}"
    }

    /// The problem as a file with every key and every default written out; reading it gives an equal problem.
    public var yamlText: String {
        var constraintsText =
            "  areaMM2: \(constraints.areaMM2.yamlText)\n  tdpWatts: \(constraints.tdpWatts.yamlText)\n"
        if let latency = constraints.latencySeconds { constraintsText += "  latencySeconds: \(latency)\n" }
        return """
            name: \(name)
            workloads:
            \(workloads.map { "  - " + yamlText(of: $0) }.joined(separator: "\n"))
            objective: \(objective.rawValue)
            technology: \(quoted(technology))
            baseline: \(quoted(baseline))
            economics: \(quoted(economics))
            constraints:
            \(constraintsText)searchSpace:
            \(searchSpace.yamlText)
            """
    }
}
