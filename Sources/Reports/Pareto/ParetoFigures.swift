public import Accelerators
internal import Environments

/// A front for other programs; units stand in the names.
public struct ParetoFigures: Encodable, Sendable {
    public var workloads: [String]
    public var technology: String
    /// Names as on the command line.
    public var metrics: [String]
    public var feasibleTrials: Int
    public var baseline: Baseline
    /// The designs that aren't dominated.
    public var designs: [Row]
    /// What was written besides.
    public var files: [String]

    public struct Baseline: Encodable, Sendable {
        public var name: String
        public var values: [String: Double]
    }

    public struct Row: Encodable, Sendable {
        public var run: String
        public var trial: Int
        public var values: [String: Double]
        public var design: Design
    }

    /// - Parameter files: what was written besides.
    public init(_ study: ParetoStudy, files: [String] = []) {
        self.files = files
        func named(_ values: [Double]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: zip(study.metrics.map(\.key), values))
        }
        workloads = study.workloads.map(\.name)
        technology = study.technology
        metrics = study.metrics.map(\.rawValue)
        feasibleTrials = study.feasible.count
        baseline = Baseline(name: study.baselineName, values: named(study.baseline))
        designs = study.front.map { member in
            Row(
                run: member.candidate.run, trial: member.candidate.trial, values: named(member.values),
                design: member.design)
        }
    }
}

extension ParetoStudy {
    /// The front as comma-separated values, a design a line; names that hold a comma or a quote are quoted (RFC 4180).
    public var csvText: String {
        var text = (["run", "trial"] + metrics.map(\.key)).joined(separator: ",") + "\n"
        for member in front {
            let run = member.candidate.run
            let needsQuotes = run.contains { ",\"\n\r".contains($0) }
            let cells =
                [needsQuotes ? "\"\(run.replacing("\"", with: "\"\""))\"" : run, "\(member.candidate.trial)"]
                + member.values.map { "\($0)" }
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }
}

extension Design {
    /// The design in a line: `8×8 PEs of 32×32, 128 MiB, 448 GB/s, batch 8`.
    public var summary: String {
        let memory = datapath.globalMemoryMiB > 0 ? "\(datapath.globalMemoryMiB) MiB" : "no Global Memory"
        return "\(datapath.peGrid.x)×\(datapath.peGrid.y) PEs of \(datapath.array.x)×\(datapath.array.y), \(memory), "
            + "\(datapath.dram.gigabytesPerSecond.threeDigits) GB/s, batch \(batch)"
    }
}
