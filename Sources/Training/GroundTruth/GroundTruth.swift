public import Accelerators
public import Configuration
internal import Diagnostics
public import Environments
internal import Foundation

/// What is known of a problem all of whose designs were evaluated: the optimum, and how good designs are.
///
///     let truth = try GroundTruth(contentsOfFile: "environments/ground-truth/enumerable-bert-base-128.json")
///     try truth.requireFresh(for: evaluator)
///     truth.regret(of: best.outcome.objective)     // 0: the optimum was found
///
/// It belongs to a problem, word for word, and to a model of the hardware: `requireFresh` evaluates the optimum and some designs
/// spread over the space once more.
public struct GroundTruth: Hashable, Codable, Sendable {
    /// The version of the format that this program writes.
    public static let currentFormatVersion = 1

    public var formatVersion = GroundTruth.currentFormatVersion
    /// How to make it again.
    public var command: String
    public var problem: String
    /// The fingerprint of the problem with every default written out.
    public var problemHash: String
    /// Designs of the space.
    public var designs: Int
    /// Designs that break the area or TDP budget; they were counted by bounds, not evaluated one by one.
    public var overBudget: Int
    /// Designs that were evaluated.
    public var evaluated: Int
    /// Evaluated designs that broke another constraint, by its name.
    public var infeasible: [String: Int]
    public var feasible: Int
    /// The feasible design with the greatest objective, the first by index of equals; nil where none is feasible.
    public var optimum: Optimum?
    /// Designs with exactly the optimum's objective.
    public var optima: Int
    /// How many designs come near the optimum.
    public var near: [Near]
    /// Objectives below which a share of the feasible designs lies.
    public var quantiles: [Quantile]
    /// The feasible designs' objectives, in steps of equal ratio.
    public var histogram: Histogram
    /// Some rows of the table, spread over it evenly.
    public var probes: [Probe]
    /// The checksum of the table of all outcomes, in hexadecimal.
    public var tableCRC32C: String
    /// Time that all sessions took.
    public var seconds: Double
    public var threads: Int

    public struct Optimum: Hashable, Codable, Sendable {
        public var index: Int
        public var decisions: [Int?]
        public var design: Design
        public var objective: Double
        public var reward: Double
        public var areaMM2: Double
        public var tdpWatts: Double
        public var workloads: [WorkloadMetrics]
    }

    /// The designs whose objective is at least (1 − `within`) of the optimum's.
    public struct Near: Hashable, Codable, Sendable {
        public var within: Double
        public var designs: Int
    }

    public struct Quantile: Hashable, Codable, Sendable {
        public var share: Double
        public var objective: Double
    }

    /// Counts of designs in intervals that cut log(objective) into equal parts.
    public struct Histogram: Hashable, Codable, Sendable {
        public var lowest: Double
        public var highest: Double
        public var counts: [Int]
    }

    /// One design's outcome; `objective` is nil where it was infeasible.
    public struct Probe: Hashable, Codable, Sendable {
        public var index: Int
        public var objective: Double?
    }

    /// Designs evaluated a second, on `threads` threads.
    public var designsPerSecond: Double { seconds > 0 ? Double(evaluated) / seconds : 0 }
}

extension GroundTruth {
    /// Where the ground truths that come with the software are.
    static let folder = "environments/ground-truth"

    /// Reads a file that `fast environment enumerate` wrote.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` where there is none, `badData` where it is something else, `configuration`
    ///   where a newer program wrote it.
    public init(contentsOfFile path: String) throws {
        let data = Data(try readTextFile(path).utf8)
        struct Version: Decodable { var formatVersion: Int }
        do {
            let version = try JSONDecoder().decode(Version.self, from: data).formatVersion
            guard version <= GroundTruth.currentFormatVersion else {
                throw DiagnosticError(
                    .configuration,
                    "expected format version \(GroundTruth.currentFormatVersion) or older, found \(version)",
                    at: SourceLocation(file: path), remedy: "use a newer version of fast")
            }
            self = try JSONDecoder().decode(GroundTruth.self, from: data)
        } catch is DecodingError {
            throw DiagnosticError(
                .badData, "expected a ground truth, found something else", at: SourceLocation(file: path),
                remedy: "make it again with `fast environment enumerate`")
        }
    }

    /// The ground truth that comes with the software for a problem; nil where there is none, or one of another problem of the
    /// same name.
    ///
    /// - Throws: as `init(contentsOfFile:)`.
    public static func installed(for problem: Problem, in files: InstalledFiles = .standard) throws -> GroundTruth? {
        guard files.names(in: folder, extension: "json").contains(problem.name) else { return nil }
        let truth = try GroundTruth(
            contentsOfFile: files.file(named: problem.name, in: folder, extension: "json"))
        return truth.isOf(problem) ? truth : nil
    }

    /// The file's text: the keys in alphabetical order.
    public var jsonText: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// Whether it was made for this very problem.
    public func isOf(_ problem: Problem) -> Bool {
        problemHash == GroundTruth.hash(of: problem)
    }

    static func hash(of problem: Problem) -> String {
        RunConfiguration.fingerprint(of: problem.yamlText)
    }

    /// How far two evaluations of one design may lie apart, as a share: sums may be taken in another order.
    private static let tolerance = 1e-9

    /// Checks that the problem is the one it was made for, and that the optimum and the probes still come out as recorded.
    ///
    /// - Throws: `DiagnosticError`, `configuration`, naming the first design that differs.
    public func requireFresh(for evaluator: ProblemEvaluator) throws {
        let remedy = "make it again: `\(command)`"
        guard isOf(evaluator.problem) else {
            throw DiagnosticError(
                .configuration,
                "the ground truth is of another problem, or of '\(problem)' before it was changed", remedy: remedy)
        }
        let recorded = (optimum.map { [Probe(index: $0.index, objective: $0.objective)] } ?? []) + probes
        for probe in recorded {
            let found = try evaluator.outcome(of: evaluator.problem.searchSpace.decisions(at: probe.index)).objective
            guard !GroundTruth.agree(found, probe.objective) else { continue }
            func text(_ objective: Double?) -> String { objective.map { "\($0)" } ?? "infeasible" }
            throw DiagnosticError(
                .configuration,
                "the ground truth of '\(problem)' is out of date: expected \(text(probe.objective)) for design "
                    + "\(probe.index), found \(text(found))", remedy: remedy)
        }
    }

    private static func agree(_ found: Double?, _ recorded: Double?) -> Bool {
        switch (found, recorded) {
        case (nil, nil): true
        case (let found?, let recorded?): abs(found - recorded) <= tolerance * recorded
        default: false
        }
    }

    /// What a design is short of the optimum: log(optimum's objective / its objective), 0 for the optimum; nil where the design, or
    /// every design, is infeasible.
    public func regret(of objective: Double?) -> Double? {
        guard let objective, let optimum else { return nil }
        return max(0, log(optimum.objective / objective))
    }
}
