internal import Accelerators
internal import Configuration
internal import Environments
internal import Simulation
internal import Training

extension ReportData {
    var baselineName: String { DisplayName.baseline(baseline.name) }

    var technologyName: String { InstalledFiles.title(of: technology) }

    /// What is served, as the subject of a sentence: `EfficientNet-B7`, or `3 workloads`.
    var workloadsText: String {
        guard workloads.count != 1 else { return workloads[0].displayName }
        return "\(workloads.count) workloads"
    }

    var objectiveText: String {
        switch objective {
        case .perfPerTDP: "Perf/TDP"
        case .perf: "Perf"
        case .energy: "inferences per joule"
        case .perfPerTCO: "Perf/TCO"
        }
    }

    var trialsText: String {
        history.trials.count == 1 ? "1 trial" : "\(history.trials.count.grouped) trials"
    }

    var feasibleCount: Int { history.trials.count - history.infeasibleCount }

    /// What must be done before `command` where a file of the run's isn't the software's.
    var commandPreparation: String? {
        let parts = [
            ("its problem", run.arguments.problem), ("its agent’s recipe", run.arguments.agent),
        ].filter { InstalledFiles.isPath($0.1) }.map { "\($0) as \($1)" }
        return parts.isEmpty ? nil : "After saving, from the run’s configuration below, \(parts.listed):"
    }

    /// The command that makes the same trials again.
    var command: String {
        "fast train --environment \(shellQuoted(run.arguments.problem)) --agent \(shellQuoted(run.arguments.agent)) "
            + "--trials \(run.budget) --seed \(run.seed)"
    }
}

/// A word for a shell, in quotes where it needs them.
package func shellQuoted(_ word: String) -> String {
    let isPlain =
        !word.isEmpty
        && word.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":": true
            default: false
            }
        }
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
}

extension RegionEvaluation.Bound {
    /// What limits a region, as a reader sees it.
    var title: String {
        switch self {
        case .compute: "Compute"
        case .dram: "DRAM"
        case .globalMemory: "Global Memory"
        case .vector: "Vector unit"
        }
    }

    /// The class of its marks.
    var mark: String { "bound-\(rawValue)" }

    /// From what works to what waits.
    static let inOrder: [RegionEvaluation.Bound] = [.compute, .vector, .globalMemory, .dram]
}

extension RegionKind {
    var mark: String { "kind-\(rawValue)" }
}

extension HardwareComponent {
    var title: String {
        switch self {
        case .systolicArrays: "Systolic arrays"
        case .vectorUnits: "Vector units"
        case .l1: "L1 scratchpads"
        case .l2: "L2 scratchpads"
        case .globalMemory: "Global Memory"
        case .network: "On-chip network"
        case .dramInterface: "DRAM and interface"
        case .controlAndClock: "Control and clock"
        case .host: "Host interface"
        }
    }

    var mark: String { "component-\(rawValue)" }
}

extension Infeasibility.Reason {
    var title: String {
        switch self {
        case .area: "Over the area budget"
        case .tdp: "Over the TDP budget"
        case .latency: "Over the latency limit"
        case .notMappable: "Not mappable"
        }
    }

    /// The title where there is little room.
    var shortTitle: String {
        switch self {
        case .area: "area"
        case .tdp: "TDP"
        case .latency: "latency"
        case .notMappable: "mapping"
        }
    }
}

extension ReportData.WorkloadComparison {
    var displayName: String { DisplayName.workload(name, dimensions: dimensions) }
}
