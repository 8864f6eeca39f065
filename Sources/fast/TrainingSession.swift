import Accelerators
import Agents
import ArgumentParser
import Environments
import Training

/// What `train` and `resume` have in common: they drive a run with progress and Ctrl-C, and print how it ended.
struct TrainingSession {
    let folder: RunFolder
    let evaluator: ProblemEvaluator
    /// Instead of the configuration's.
    var trials: Int?
    var threads: Int?
    let isJSON: Bool
    let isQuiet: Bool

    func run() throws {
        let display = ProgressDisplay(isQuiet: isQuiet)
        var trainer = try Trainer(
            folder: folder, evaluator: evaluator, agent: try folder.configuration.makeAgent(for: evaluator),
            trials: trials,
            threads: threads, warn: { display.print("warning: \($0)") })
        let interruption = Interruption()
        let summary: TrainingSummary
        do {
            defer { display.finish() }
            summary = try trainer.run(stop: interruption.stop, report: display.show)
        }
        if let diagnosis = summary.history.infeasibilityDiagnosis { display.print("warning: \(diagnosis)") }
        let result = try TrainingResult(
            summary, run: folder.path, evaluator: evaluator, truth: groundTruth { display.print("warning: \($0)") })
        if isJSON {
            try StandardOutput.writeJSON(result)
        } else {
            StandardOutput.write(result.text)
        }
        if summary.isInterrupted {
            display.print("stopped; go on with `fast resume \(folder.path)`")
            throw ExitCode(Interruption.exitCode)
        }
    }
    /// The problem's ground truth; nil where it has none, or, with a warning, where that is out of date.
    private func groundTruth(warn: (any Error) -> Void) -> GroundTruth? {
        do {
            let truth = try GroundTruth.installed(for: evaluator.problem)
            try truth?.requireFresh(for: evaluator)
            return truth
        } catch {
            warn(error)
            return nil
        }
    }
}
