// Designs a second within a search, its agent apart: as the search goes, and again with every mapping remembered.
//
//     Benchmarks/search_speed [ENVIRONMENT] [AGENT] [TRIALS] [SEED] [THREADS] [PASSES] [DESIGNS]
//
// A change of a design's figures changes what a search evaluates next. To compare two programs, name a file: where it doesn't exist, it is made of the
// search's designs; where it does, its designs are evaluated in place of a search's.
import Agents
import Environments
import Foundation
import Measuring

let arguments = Arguments(
    usage: "Benchmarks/search_speed [ENVIRONMENT] [AGENT] [TRIALS] [SEED] [THREADS] [PASSES] [DESIGNS]")
let environment = arguments.text(0, or: "efficientnet-b7")
let agentName = arguments.text(1, or: "ppo")
let trials = arguments.number(2, "TRIALS", or: 2000)
let seed = arguments.number(3, "SEED", or: UInt64(1), least: 0)
let threads = arguments.number(4, "THREADS", or: 2)
let passes = arguments.number(5, "PASSES", or: 2)
let file = arguments.text(6, or: "")
let readsDesigns = FileManager.default.fileExists(atPath: file)

let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
if !file.isEmpty, !readsDesigns, !FileManager.default.isWritableFile(atPath: folder) {
    fail("DESIGNS: expected a file or a folder that one can be made in, found '\(file)'", exitCode: 73)
}

/// The designs of a file: one a line, by the positions of its choices, '-' where a parameter has nothing to decide.
func read(_ file: String, in space: SearchSpace) -> [[Int?]] {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8), !text.isEmpty else {
        fail("\(file): expected a text of designs, one a line", exitCode: 65)
    }
    return text.split(separator: "\n").enumerated().map { number, line in
        let words = line.split(separator: " ")
        let decisions = words.map { Int($0) }
        if let odd = zip(words, decisions).first(where: { $0 != "-" && $1 == nil }) {
            fail("\(file):\(number + 1): expected a choice's position or '-', found '\(odd.0)'", exitCode: 65)
        }
        do {
            _ = try space.design(from: decisions)
        } catch {
            fail("\(file):\(number + 1): \(error)", exitCode: 65)
        }
        return decisions
    }
}

func text(of designs: [[Int?]]) -> String {
    designs.map { $0.map { $0.map(String.init) ?? "-" }.joined(separator: " ") + "\n" }.sorted().joined()
}

/// Processor seconds of all threads, which other programs on the machine hardly change.
func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

let evaluator = orExit { try ProblemEvaluator(try Problem(named: environment)) }
var agent = orExit { try AgentRecipe(named: agentName).makeAgent(problem: evaluator, seed: seed) }
let watch = ContinuousClock()

var known: [[Int?]: Outcome] = [:]
var (made, evaluating, learning) = (0, 0.0, 0.0)
if readsDesigns {
    let designs = read(file, in: evaluator.problem.searchSpace)
    let started = watch.now
    for (design, outcome) in zip(designs, try evaluator.outcomes(of: designs, threads: threads)) {
        known[design] = outcome
    }
    (made, evaluating) = (designs.count, (watch.now - started) / Duration.seconds(1))
}
while !readsDesigns, made < trials {
    let asked = watch.now
    let proposals = try agent.ask()
    let began = watch.now
    // What was evaluated before is a trial, but no work.
    let unknown = Array(Set(proposals.filter { known[$0] == nil })).sorted { "\($0)" < "\($1)" }
    let started = watch.now
    let outcomes = try evaluator.outcomes(of: unknown, threads: threads)
    let evaluated = watch.now
    for (design, outcome) in zip(unknown, outcomes) { known[design] = outcome }
    let told = watch.now
    _ = try agent.tell(proposals.map { known[$0]! })
    evaluating += (evaluated - started) / Duration.seconds(1)
    let learned: Duration = watch.now - told
    let asking: Duration = began - asked
    learning += (asking + learned) / Duration.seconds(1)
    made += proposals.count
}
let designs = known.keys.sorted { "\($0)" < "\($1)" }
if !readsDesigns, !file.isEmpty {
    orExit { try text(of: designs).write(toFile: file, atomically: true, encoding: .utf8) }
}
print(
    "\(environment), \(readsDesigns ? file : "\(agentName), seed \(seed)"): \(made) trials, \(designs.count) distinct designs, \(threads) threads"
)
if !readsDesigns { print(String(format: "agent: %.2f s", learning)) }
print(
    String(
        format: "\(readsDesigns ? "at first" : "as the search goes"): %.2f s, %.0f designs/s, %.0f trials/s",
        evaluating,
        Double(designs.count) / evaluating, Double(made) / evaluating))
for pass in 1...passes {
    let (start, used) = (watch.now, processorSeconds())
    let again = try evaluator.outcomes(of: designs, threads: threads)
    let seconds = (watch.now - start) / Duration.seconds(1)
    precondition(again == designs.map { known[$0]! }, "An outcome does not depend on what is remembered.")
    print(
        String(
            format: "once more, pass \(pass): %.2f s, %.0f designs/s, %.2f ms of a processor a design", seconds,
            Double(designs.count) / seconds, 1000 * (processorSeconds() - used) / Double(designs.count)))
}
