public import Configuration
internal import Diagnostics
internal import Foundation
public import Training

/// A run's report: one HTML page that needs nothing else.
///
///     let report = try Report(run: RunFolder(reading: "runs/b7"))
///     try report.write(to: "runs/b7/report.html")
///     report.figures.objectiveRatio
public struct Report: Sendable {
    public let data: ReportData

    /// - Throws: `DiagnosticError` as `ReportData.init(run:files:)`.
    public init(run folder: RunFolder, files: InstalledFiles = .standard) throws {
        data = try ReportData(run: folder, files: files)
    }

    public init(_ data: ReportData) {
        self.data = data
    }

    /// The figures of the headline, for other programs.
    public var figures: ReportFigures { ReportFigures(data) }

    /// What was found, in a sentence.
    public var summary: String { Headline(data: data).text }

    /// The page. It refers to nothing outside itself and runs no script.
    public var html: String {
        let workloads = data.workloads.map { WorkloadSection(data: data, comparison: $0) }
        let ratio = data.best.map { "\($0.objectiveRatio.ratio) " } ?? ""
        return Page(
            title: "\(data.workloadsText): \(ratio)\(data.baselineName) · FAST report",
            body: .group([
                Headline(data: data).markup,
                .element("main") {
                    DesignSection(data: data).markup
                    if workloads.count == 1 {
                        workloads[0].why
                        CostSection(data: data).markup
                        workloads[0].time
                        workloads[0].compiler
                        SearchSection(data: data).markup
                        workloads[0].roofline
                    } else {
                        CostSection(data: data).markup
                        SearchSection(data: data).markup
                        workloads.map(\.markup)
                    }
                    MethodSection(data: data).markup
                },
            ])
        ).html
    }

    /// Writes the page; a file that was there before is replaced as a whole.
    ///
    /// - Throws: `DiagnosticError`, `cannotCreate`, where it cannot be written.
    public func write(to path: String) throws {
        let location = SourceLocation(file: path)
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard !isFolder.boolValue else {
            throw DiagnosticError(
                .cannotCreate, "expected a file to write the report to, found a folder", at: location,
                remedy: "name a file in it with --output")
        }
        // Only a file may be replaced by another: not a device or a pipe.
        let kind = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        do {
            try Data(html.utf8).write(
                to: URL(fileURLWithPath: path), options: exists && kind != .typeRegular ? [] : .atomic)
        } catch {
            throw DiagnosticError(
                .cannotCreate, "the report cannot be written: \(error.localizedDescription)", at: location,
                remedy: "check that the folder exists and its permissions, or name another file with --output")
        }
    }
}
