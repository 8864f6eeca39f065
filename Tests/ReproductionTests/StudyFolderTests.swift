import Accelerators
import Configuration
import Diagnostics
import Foundation
import Reproduction
import TestSupport
import Testing

/// What a study's folder takes and refuses.
@Suite struct StudyFolderTests {
    private func open(_ path: String, _ change: (inout StudySettings.Request) -> Void = { _ in }) throws -> StudyFolder
    {
        var request = StudySettings.Request()
        change(&request)
        return try StudyFolder(at: path, request, files: Repository.files)
    }

    @Test func settingsComeBackFromTheFolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/deep/study"
        let settings: StudySettings
        do {
            let study = try StudyFolder(at: path + "/", Samples.request, files: Repository.files)
            #expect(!study.isResumed && study.path == path)
            settings = study.settings
        }
        #expect(settings.trials == 12 && settings.allSeeds == [1, 2] && settings.agent == "random")
        let again = try open(path)
        #expect(again.isResumed && again.settings == settings)
    }

    @Test func defaultsAndFullBudget() throws {
        let plain = try StudySettings(StudySettings.Request(), files: Repository.files)
        #expect(plain.trials == StudySettings.defaultTrials && plain.allSeeds == [1])
        #expect(plain.ablationWorkloads == ["efficientnet-b7", "bert-base-1024"])
        var request = StudySettings.Request()
        request.isFull = true
        request.firstSeed = 7
        let full = try StudySettings(request, files: Repository.files)
        #expect(full.trials == 5000 && full.allSeeds == [7, 8, 9] && full.ablationWorkloads.count == 5)
    }

    @Test(arguments: [
        ("--trials", "12"), ("--seeds", "2"), ("--seed", "1"), ("--agent", "random"), ("--technology", "7nm"),
        ("--baseline", "tpu-v3"), ("--full", "12"),
    ])
    func otherSettingsAreRefusedByName(option: String, recorded: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/study"
        do { _ = try StudyFolder(at: path, Samples.request, files: Repository.files) }
        let error = DiagnosticError.thrown {
            _ = try open(path) { request in
                switch option {
                case "--trials": request.trials = 13
                case "--seeds": request.seeds = 3
                case "--seed": request.firstSeed = 2
                case "--agent": request.agent = "ppo"
                case "--technology": request.technology = "16nm"
                case "--baseline": request.baseline = "tpu-v4i"
                default: request.isFull = true
                }
            }
        }
        #expect(error?.kind == .configuration)
        #expect(error?.location.field == (option == "--full" ? "--trials" : option))
        #expect(error?.message.contains(recorded) == true && error?.remedy?.contains("--output") == true)
        // The same settings, said again, are no change.
        #expect(try StudyFolder(at: path, Samples.request, files: Repository.files).isResumed)
    }

    @Test func changedFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let baseline = folder.path + "/chip.yaml"
        var design = try Samples.design("tpu-v3")
        try design.yamlText.write(toFile: baseline, atomically: true, encoding: .utf8)
        do { _ = try open(folder.path + "/study") { $0.baseline = baseline } }
        design.batch = 32
        try design.yamlText.write(toFile: baseline, atomically: true, encoding: .utf8)
        let error = DiagnosticError.thrown { _ = try open(folder.path + "/study") }
        #expect(error?.kind == .configuration && error?.message.contains("baseline") == true)
    }

    @Test func foreignFoldersAreLeftAlone() throws {
        let folder = try TemporaryFolder()
        try "x".write(toFile: folder.path + "/thesis.txt", atomically: true, encoding: .utf8)
        for path in [folder.path, folder.path + "/thesis.txt", folder.path + "/thesis.txt/study"] {
            #expect(DiagnosticError.thrown { _ = try open(path) }?.kind == .cannotCreate)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["thesis.txt"])
    }

    @Test func damagedSettingsAreNamed() throws {
        let folder = try TemporaryFolder()
        do { _ = try open(folder.path) }
        let file = folder.path + "/study.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for cut in stride(from: 0, to: text.utf8.count - 2, by: 9) {
            try String(text.prefix(cut)).write(toFile: file, atomically: true, encoding: .utf8)
            let error = DiagnosticError.thrown { _ = try open(folder.path) }
            #expect(error?.kind == .badData || error?.kind == .configuration, "\(cut): \(String(describing: error))")
            #expect(error?.location.file?.hasPrefix(folder.path) == true)
        }
        for (old, new) in [
            ("trials: ", "trials: -"), ("formatVersion: 1", "formatVersion: 2"), ("efficientnet-b7", "b7"),
        ] {
            try text.replacingOccurrences(of: old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
            #expect(DiagnosticError.thrown { _ = try open(folder.path) } != nil)
        }
    }

    @Test func twoAtATimeAreRefused() throws {
        let folder = try TemporaryFolder()
        let first = try open(folder.path)
        let error = DiagnosticError.thrown { _ = try open(folder.path) }
        #expect(error?.kind == .cannotCreate && error?.message.contains("at work in this folder") == true)
        withExtendedLifetime(first) {}
    }
}
