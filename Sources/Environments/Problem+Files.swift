public import Accelerators
public import Configuration
internal import Diagnostics
internal import Economics
internal import Simulation
internal import Workloads

extension Problem {
    /// The folder of the problem files, from the project's root.
    private static let folder = "environments"

    /// The names of the problems that come with the software, in alphabetical order.
    public static func names(in files: InstalledFiles = .standard) -> [String] {
        files.names(in: folder)
    }

    /// Reads a problem by its name, e.g. `efficientnet-b7`, or any problem file by its path.
    ///
    /// - Throws: `DiagnosticError`: `missingInput` for an unknown name, with the nearest known one; else as
    ///   `init(contentsOfFile:)`.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        try self.init(contentsOfFile: Problem.path(named: name, in: files))
    }

    /// The path of a problem file by its name, e.g. `efficientnet-b7`; a path stays as it is.
    public static func path(named name: String, in files: InstalledFiles = .standard) throws -> String {
        try files.file(named: name, in: folder)
    }

    /// The paths of all files that an evaluator of the problem reads: models, technology, baseline, and costs where they count.
    ///
    /// - Throws: `DiagnosticError` where technology, baseline or economics is missing, or the technology is wrong.
    public func paths(in files: InstalledFiles = .standard) throws -> [String] {
        try workloads.map(\.name).filter { !WorkloadZoo.names.contains($0) }
            + Technology.paths(named: technology, in: files)
            + [Design.path(named: baseline, in: files)]
            + (objective.needsCosts ? [Economics.path(named: economics, in: files)] : [])
    }

    /// Reads the technology that the problem names.
    ///
    /// - Throws: `DiagnosticError` where it is missing or wrong.
    public func readTechnology(in files: InstalledFiles = .standard) throws -> Technology {
        try naming("technology") { try Technology(named: technology, in: files) }
    }

    /// Adds which of the problem's fields names a file that isn't there.
    fileprivate func naming<Content>(_ field: String, _ read: () throws -> Content) throws -> Content {
        do {
            return try read()
        } catch var error as DiagnosticError where error.kind == .missingInput && error.location.field == nil {
            error.location.field = "\(field) of problem '\(name)'"
            throw error
        }
    }
}

extension ProblemEvaluator {
    /// An evaluator with the technology, the baseline and the costs that the problem names, and a simulator of its own.
    ///
    /// - Throws: `DiagnosticError` where technology, baseline or economics is missing or wrong, or no design meets the budget.
    public init(_ problem: Problem, files: InstalledFiles = .standard) throws {
        try self.init(problem, technology: problem.readTechnology(in: files), files: files)
    }

    /// The same where the problem's technology has been read.
    package init(_ problem: Problem, technology: Technology, files: InstalledFiles) throws {
        let baseline = try problem.naming("baseline") { try Design(named: problem.baseline, in: files) }
        let costs =
            try !problem.objective.needsCosts
            ? nil
            : problem.naming("economics") {
                try Economics(named: problem.economics, in: files).costModel(node: technology.name)
            }
        let simulator = ZooSimulator(
            Simulator(hardware: HardwareModel(technology: technology)), dimensions: problem.dimensions)
        try self.init(problem, simulator: simulator, baseline: baseline, costs: costs)
    }
}
