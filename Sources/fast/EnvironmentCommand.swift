import ArgumentParser
import Diagnostics
import Environments

/// Lists, checks and enumerates problems.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "List the problems that come with the software, check one, or evaluate all its designs.",
        subcommands: [List.self, Check.self, EnumerateCommand.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the problems: workloads, objective, and the size of the search space.")

        @OptionGroup var output: OutputOptions

        private struct Listing: Encodable {
            struct Row: Encodable {
                var name: String
                var workloads: [String]
                var objective: String
                var technology: String
                var baseline: String
                var designs: Double
            }
            var environments: [Row]
        }

        func run() throws {
            let rows = try Problem.names().map { name in
                let problem = try Problem(named: name)
                return Listing.Row(
                    name: name, workloads: problem.workloads.map(\.name), objective: problem.objective.rawValue,
                    technology: problem.technology, baseline: problem.baseline, designs: problem.searchSpace.size)
            }
            if output.json { return try StandardOutput.writeJSON(Listing(environments: rows)) }
            var table = TextTable(["environment", "objective", "baseline", "node", "designs", "workloads"])
            for row in rows {
                table.append([
                    row.name, row.objective, row.baseline, row.technology, NumberFormat.short(row.designs),
                    row.workloads.joined(separator: ", "),
                ])
            }
            StandardOutput.write(table.text)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check that a problem's environments keep Gymnasium's contract.")

        @Argument(help: "A problem's name, such as efficientnet-b7, or its file.")
        var environment: String

        @OptionGroup var output: OutputOptions

        private struct Summary: Encodable {
            struct Row: Encodable {
                var name: String
                var passed: Bool
                var failure: String?
            }
            var checks: [Row]
        }

        func run() throws {
            let evaluator = try ProblemEvaluator(Problem(named: environment))
            let rows = EnvironmentChecker().checks(of: evaluator).map {
                Summary.Row(name: $0.name, passed: $0.passed, failure: $0.failure)
            }
            if output.json {
                try StandardOutput.writeJSON(Summary(checks: rows))
            } else {
                for row in rows {
                    StandardOutput.write("\(row.passed ? "passed" : "FAILED")  \(row.name)\n")
                    if let failure = row.failure { StandardOutput.write("        \(failure)\n") }
                }
            }
            let failed = rows.filter { !$0.passed }.count
            guard failed == 0 else {
                throw DiagnosticError(.badData, "\(failed) of \(rows.count) checks of '\(environment)' failed")
            }
        }
    }
}
