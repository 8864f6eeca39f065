internal import Configuration
internal import Diagnostics
public import Environments
internal import Foundation

/// Evaluates every design of a space that meets the budgets, into a folder.
///
///     var enumeration = try Enumeration(of: evaluator, in: "runs/mine-enumeration", threads: 2)
///     let truth = try enumeration.run()
///
/// The folder holds `problem.yaml`, the table `outcomes.bin` (see `EnumeratedDesign`) and at the end `ground-truth.json`. Stopped at
/// any moment, kill -9 included, it goes on where it was; neither stops nor threads change a byte of the table.
public struct Enumeration {
    private let evaluator: ProblemEvaluator
    private let folder: String
    private let lock: RunLock
    private let threads: Int
    private let command: String
    private let timeSlice: Duration
    /// The index of the first design of each datapath within budget.
    private let datapaths: [Int]
    private let designsPerDatapath: Int
    private var table: OutcomeTable
    /// Of this session and those before.
    private var seconds: Double

    /// More designs than this are a matter of days.
    public static let defaultLimit = 2_000_000

    private static let problemName = "problem.yaml"
    private static let tableName = "outcomes.bin"
    private static let truthName = "ground-truth.json"
    private static let secondsName = "seconds"
    private static let lockName = "lock"
    /// Designs that one thread evaluates in a go: of one datapath, since they share its mappings.
    private static let largestUnit = 256
    /// The most designs of a time slice.
    private static let sliceDesigns = 1 << 15

    /// Designs within budget.
    public var designs: Int { datapaths.count * designsPerDatapath }
    /// Where the ground truth is at the end.
    public var truthPath: String { "\(folder)/\(Enumeration.truthName)" }
    /// The table of all outcomes.
    public var tablePath: String { table.path }

    /// An enumeration at its beginning, or where it was when it was stopped.
    ///
    /// - Parameters:
    ///   - folder: a new or empty folder, or one that holds an enumeration of the same problem.
    ///   - limit: the most designs that may be evaluated.
    ///   - timeSlice: how long designs are evaluated before what was found is recorded and shown.
    /// - Throws: `DiagnosticError`: `usage` where there are more designs than `limit`, `cannotCreate` where the folder holds something
    ///   else, `configuration` where it holds another problem's outcomes or those of another model.
    public init(
        of evaluator: ProblemEvaluator, in folder: String, threads: Int, limit: Int = Enumeration.defaultLimit,
        command: String = "fast environment enumerate", timeSlice: Duration = .seconds(2)
    ) throws {
        let space = evaluator.problem.searchSpace
        designsPerDatapath = space.designsPerDatapath
        guard space.isIndexable,
            let datapaths = evaluator.budgetedSpace.datapathsWithinBudget(limit: limit / designsPerDatapath)
        else { throw try EnumerationEstimate(of: evaluator, threads: threads).refusal(limit: limit) }
        self.datapaths = datapaths
        self.evaluator = evaluator
        self.threads = threads
        self.command = command
        self.timeSlice = timeSlice
        self.folder = folder
        let problemText = evaluator.problem.yamlText
        let problemPath = "\(folder)/\(Enumeration.problemName)"
        try Enumeration.requireOwnOrVacant(folder, problemText: problemText)
        try createFolder(folder)
        lock = try RunLock(path: "\(folder)/\(Enumeration.lockName)", folder: folder)
        try Enumeration.requireOwnOrVacant(folder, problemText: problemText)
        if !FileManager.default.fileExists(atPath: problemPath) {
            try writeAtomically(Array(problemText.utf8), to: problemPath)
        }
        table = try OutcomeTable(path: "\(folder)/\(Enumeration.tableName)")
        let secondsPath = "\(folder)/\(Enumeration.secondsName)"
        seconds =
            FileManager.default.fileExists(atPath: secondsPath)
            ? Double(try readTextFile(secondsPath).filter { !$0.isWhitespace }) ?? 0 : 0
    }

    /// Evaluates what is missing.
    ///
    /// - Returns: the ground truth; nil where somebody asked to stop before the end.
    /// - Throws: `DiagnosticError`: `configuration` where what is recorded doesn't come out again, `inputOutput` or `cannotCreate` where
    ///   nothing can be written.
    public mutating func run(
        stop: StopSignal = StopSignal(), report: (EnumerationProgress) -> Void = { _ in }
    ) throws -> GroundTruth? {
        if let finished = try finishedTruth() { return finished }
        var progress = try recordedProgress()
        try requireSameModel(progress)
        let secondsBefore = seconds
        let start = ContinuousClock.now
        let parallelism = OrderedParallelism(threads: threads, timeSlice: timeSlice)
        while table.count < designs, !stop.isRequested {
            let units = nextUnits()
            let rows = try parallelism.results(of: units, stop: stop) { [evaluator] unit in
                try unit.map { index in
                    EnumeratedDesign(
                        index: index,
                        outcome: try evaluator.outcome(of: evaluator.problem.searchSpace.decisions(at: index)))
                }
            }.flatMap { $0 }
            guard !rows.isEmpty else { break }
            try table.append(rows)
            progress.add(rows)
            progress.seconds = (ContinuousClock.now - start) / .seconds(1)
            seconds = secondsBefore + progress.seconds
            try writeAtomically(Array("\(seconds)\n".utf8), to: "\(folder)/\(Enumeration.secondsName)")
            report(progress)
        }
        guard table.count == designs else { return nil }
        let truth = try makeTruth()
        try writeAtomically(Array(try truth.jsonText.utf8), to: truthPath)
        return truth
    }

    /// The designs of a row of the table.
    private func index(ofRow row: Int) -> Int {
        datapaths[row / designsPerDatapath] + row % designsPerDatapath
    }

    /// The indices of the next designs, enough for a time slice, in units none of which spans two datapaths.
    private func nextUnits() -> [Range<Int>] {
        var units: [Range<Int>] = []
        var row = table.count
        while row < designs, row - table.count < Enumeration.sliceDesigns {
            let length = min(designsPerDatapath - row % designsPerDatapath, Enumeration.largestUnit)
            let first = index(ofRow: row)
            units.append(first..<(first + length))
            row += length
        }
        return units
    }

    /// What the table holds; rows that don't belong there, as a power cut may leave them, are cut off.
    private mutating func recordedProgress() throws -> EnumerationProgress {
        var progress = EnumerationProgress(budget: designs)
        var row = 0
        let sound = try table.forEach { design in
            guard row < designs, design.index == index(ofRow: row) else { return false }
            progress.add([design])
            row += 1
            return true
        }
        if sound < table.count { try table.keepFirst(sound) }
        progress.sessionStart = progress.evaluated
        return progress
    }

    /// Checks that some of the recorded rows, and the last one, come out again.
    private func requireSameModel(_ progress: EnumerationProgress) throws {
        guard table.count > 0 else { return }
        let count = min(TruthCollector.probeCount, table.count)
        let rows = Set(TruthCollector.positions(of: count, in: table.count) + [table.count - 1])
        var row = 0
        _ = try table.forEach { recorded in
            defer { row += 1 }
            guard rows.contains(row) else { return true }
            let found = EnumeratedDesign(
                index: recorded.index,
                outcome: try evaluator.outcome(of: evaluator.problem.searchSpace.decisions(at: recorded.index)))
            guard found == recorded else {
                throw DiagnosticError(
                    .configuration,
                    "design \(recorded.index) does not come out as it is recorded, so that the outcomes would not be comparable: "
                        + "expected \(recorded.objective.map { "\($0)" } ?? "infeasible"), found "
                        + "\(found.objective.map { "\($0)" } ?? "infeasible")",
                    at: SourceLocation(file: table.path),
                    remedy: "delete the folder, or choose another with --run")
            }
            return true
        }
    }

    /// The ground truth of a folder that is finished; nil where it isn't.
    private func finishedTruth() throws -> GroundTruth? {
        guard FileManager.default.fileExists(atPath: truthPath) else { return nil }
        let truth = try GroundTruth(contentsOfFile: truthPath)
        do {
            try truth.requireFresh(for: evaluator)
        } catch var error as DiagnosticError {
            error.location = SourceLocation(file: truthPath)
            error.remedy = "delete the folder, or choose another with --run"
            throw error
        }
        return truth
    }

    private func makeTruth() throws -> GroundTruth {
        var collector = TruthCollector(rowCount: table.count)
        var crc = CRC32C()
        _ = try table.forEach { row in
            collector.add(row)
            var bytes: [UInt8] = []
            row.append(to: &bytes)
            crc.update(bytes)
            return true
        }
        return try collector.truth(
            of: evaluator, designs: Int(evaluator.problem.searchSpace.size), command: command, crc: crc.value,
            seconds: seconds, threads: threads)
    }

    /// Refuses a folder that holds anything but an enumeration of this problem.
    private static func requireOwnOrVacant(_ folder: String, problemText: String) throws {
        let contents = try folderContents(for: "the enumeration", at: folder, option: "--run")
        let location = SourceLocation(file: folder)
        let own = [problemName, tableName, truthName, secondsName, lockName].flatMap { [$0, $0 + partialSuffix] }
        if let stranger = contents.first(where: { !own.contains($0) }) {
            throw DiagnosticError(
                .cannotCreate,
                "expected a new or empty folder, or an enumeration, found one that holds '\(stranger)'", at: location,
                remedy: "choose another with --run")
        }
        guard contents.contains(problemName) else { return }
        guard try readTextFile("\(folder)/\(problemName)") == problemText else {
            throw DiagnosticError(
                .configuration,
                "the folder holds the outcomes of another problem, or of this one before it was changed",
                at: SourceLocation(file: "\(folder)/\(problemName)"),
                remedy: "delete the folder, or choose another with --run")
        }
    }
}
