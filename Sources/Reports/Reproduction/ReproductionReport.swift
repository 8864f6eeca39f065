internal import Foundation
public import Reproduction
internal import Training

/// A study's page and tables.
///
///     let report = try ReproductionReport(results, in: folder)
///     try report.write()          // reproduction.html, summary.json, single.csv …
public struct ReproductionReport: Sendable {
    public let figures: ReproductionFigures
    private let results: StudyResults
    private let fronts: [ParetoStudy]
    private let folder: StudyFolder

    private static let pageName = "reproduction.html"
    private static let summaryName = "summary.json"

    /// - Throws: `DiagnosticError` where a run that a front is made of is damaged.
    public init(_ results: StudyResults, in folder: StudyFolder) throws {
        self.results = results
        self.folder = folder
        fronts = try results.perf.compactMap { perf in
            let singles = results.singles.first { $0.workload == perf.workload }?.results ?? []
            let runs = try (singles + perf.results).filter { $0.best != nil }.map { try RunFolder(reading: $0.run) }
            return runs.isEmpty ? nil : try ParetoStudy(of: runs, in: [.perf, .tdp])
        }
        let tables = ReproductionTables(results: results, fronts: fronts).all
        let settings = results.settings
        figures = ReproductionFigures(
            study: folder.path,
            settings: ReproductionFigures.Settings(
                trials: settings.trials, seeds: settings.allSeeds, agent: settings.agent,
                technology: settings.technology,
                baseline: settings.baseline),
            headline: StudyHeadline.all(results), tables: tables,
            files: ([ReproductionReport.pageName, ReproductionReport.summaryName] + tables.map { "\($0.name).csv" }).map
            {
                folder.path(of: $0)
            })
    }

    /// The page. It refers to nothing outside itself and runs no script.
    public var html: String {
        ReproductionPage(results: results, fronts: fronts, figures: figures).html
    }

    /// Writes everything into the study's folder.
    ///
    /// - Throws: `DiagnosticError` where a file cannot be written.
    public func write() throws {
        for table in figures.tables { try folder.write(table.csvText, to: "\(table.name).csv") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try folder.write(
            String(decoding: encoder.encode(figures), as: UTF8.self) + "\n", to: ReproductionReport.summaryName)
        try folder.write(html, to: ReproductionReport.pageName)
    }
}
