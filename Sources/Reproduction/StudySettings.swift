internal import Accelerators
public import Agents
public import Configuration
internal import Diagnostics
internal import Environments
internal import Training
internal import Workloads

/// What decides a study's results: the budget of each search, the seeds, and the files that all searches share.
///
/// It stands in the study's folder as `study.yaml`. The files are held by their fingerprints: one that was changed since is refused,
/// as the study's searches would no longer be comparable.
public struct StudySettings: Hashable, Sendable {
    /// Trials of each search.
    public var trials: Int
    /// How many seeds each search is made with, and the first of them.
    public var seeds: Int
    public var firstSeed: Int
    /// The agent's name, or the file of its recipe, as the user gave it.
    public var agent: String
    public var technology: String
    public var baseline: String
    /// The workloads of the ablations.
    public var ablationWorkloads: [String]
    private var fingerprints: [String: String]

    /// The paper's budget.
    public static let fullTrials = 5000
    public static let fullSeeds = 3
    /// What takes minutes.
    public static let defaultTrials = 500
    /// The workloads that the paper sets side by side: a convolutional network and a transformer.
    public static let focus = ["efficientnet-b7", "bert-base-1024"]
    /// The paper's workloads.
    public static let workloads =
        (0...7).map { "efficientnet-b\($0)" } + [
            "resnet-50-v2", "bert-base-128", "bert-base-1024", "ocr-rpn", "ocr-recognizer",
        ]
    /// The problem of the suite.
    public static let suite = "suite"

    private static let formatVersion = 1
    private static let settingKeys = [
        "trials", "seeds", "firstSeed", "agent", "technology", "baseline", "ablationWorkloads",
    ]

    /// What a user asks of a study; what is nil is as the study has it, or by default.
    public struct Request: Hashable, Sendable {
        /// The paper's budget where nothing else is said.
        public var isFull = false
        public var trials: Int?
        public var seeds: Int?
        public var firstSeed: Int?
        public var agent: String?
        public var technology: String?
        public var baseline: String?

        public init() {}
    }

    /// The settings of a new study.
    ///
    /// - Throws: `DiagnosticError` where a file is missing or wrong.
    public init(_ request: Request, files: InstalledFiles = .standard) throws {
        trials = request.trials ?? (request.isFull ? StudySettings.fullTrials : StudySettings.defaultTrials)
        seeds = request.seeds ?? (request.isFull ? StudySettings.fullSeeds : 1)
        firstSeed = request.firstSeed ?? 1
        agent = request.agent ?? "ppo"
        technology = request.technology ?? Problem.defaultTechnology
        baseline = request.baseline ?? Problem.defaultBaseline
        ablationWorkloads =
            try request.isFull
            ? Problem(named: StudySettings.suite, in: files).workloads.map(\.name) : StudySettings.focus
        fingerprints = [:]
        fingerprints = try fingerprints(of: files)
    }

    /// The seeds of each search.
    public var allSeeds: [UInt64] { (0..<seeds).map { UInt64(firstSeed + $0) } }

    /// What it is made of, in a line: `300 trials, 1 seed from 1, ppo, 7nm, against tpu-v3`.
    public var summary: String {
        "\(trials) trials a search, \(seeds) \(seeds == 1 ? "seed" : "seeds") from \(firstSeed), \(agent), \(technology), against \(baseline)"
    }

    /// The agent's recipe.
    public func recipe(files: InstalledFiles = .standard) throws -> AgentRecipe {
        try AgentRecipe(named: agent, in: files)
    }

    private func fingerprints(of files: InstalledFiles) throws -> [String: String] {
        let texts = [
            "agent": try recipe(files: files).yamlText,
            "technology": try RunConfiguration.technologyText(technology, in: files),
            "baseline": try Design(named: baseline, in: files).yamlText,
        ]
        return texts.mapValues(RunConfiguration.fingerprint)
    }

    private var values: [(key: String, text: String)] {
        [
            ("trials", "\(trials)"), ("seeds", "\(seeds)"), ("firstSeed", "\(firstSeed)"), ("agent", quoted(agent)),
            ("technology", quoted(technology)), ("baseline", quoted(baseline)),
            ("ablationWorkloads", "[" + ablationWorkloads.joined(separator: ", ") + "]"),
        ]
    }

    /// The settings as a file; reading it gives the same settings.
    var yamlText: String {
        "# What this study is made of. `fast reproduce --output` with its folder goes on with it.\n"
            + "formatVersion: \(StudySettings.formatVersion)\n"
            + values.map { "\($0.key): \($0.text)\n" }.joined()
            + "fingerprints:\n"
            + fingerprints.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"\n" }.joined()
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Reads what `yamlText` wrote.
    ///
    /// - Throws: `DiagnosticError`: `badData` where the text is something else, `configuration` where a newer program wrote it.
    init(yaml: String, file: String) throws {
        let root = try ConfigurationNode(yaml: yaml, file: file)
        let version = try root.mapping().required("formatVersion")
        guard try version.integer(in: 1...Int.max) <= StudySettings.formatVersion else {
            throw DiagnosticError(
                .configuration, "expected format version \(StudySettings.formatVersion) or older, found a newer one",
                at: version.location, remedy: "use a newer version of fast")
        }
        let mapping = try root.mapping(keys: ["formatVersion", "fingerprints"] + StudySettings.settingKeys)
        trials = try mapping.required("trials").integer(in: StudySettings.trialsRange)
        seeds = try mapping.required("seeds").integer(in: StudySettings.seedsRange)
        firstSeed = try mapping.required("firstSeed").integer(in: StudySettings.firstSeedRange)
        agent = try mapping.required("agent").string()
        technology = try mapping.required("technology").string()
        baseline = try mapping.required("baseline").string()
        ablationWorkloads = try mapping.required("ablationWorkloads").list().map { node in
            let name = try node.string()
            guard WorkloadZoo.names.contains(name) else { throw node.error(expected: "the name of a workload") }
            return name
        }
        let prints = try mapping.required("fingerprints").mapping(keys: ["agent", "technology", "baseline"])
        fingerprints = [:]
        for key in ["agent", "technology", "baseline"] { fingerprints[key] = try prints.required(key).string() }
    }

    /// How many trials, seeds, and which first seed can be asked for.
    public static let trialsRange = 1...10_000_000
    public static let seedsRange = 1...1000
    public static let firstSeedRange = 0...1_000_000_000

    /// Refuses a request that asks for something else than a study is made of.
    ///
    /// - Throws: `DiagnosticError`, `configuration`, naming the setting.
    func require(_ request: Request, in path: String) throws {
        var asked: [(option: String, wanted: String?, found: String)] = [
            ("--trials", request.trials.map(String.init), "\(trials)"),
            ("--seeds", request.seeds.map(String.init), "\(seeds)"),
            ("--seed", request.firstSeed.map(String.init), "\(firstSeed)"), ("--agent", request.agent, agent),
            ("--technology", request.technology, technology), ("--baseline", request.baseline, baseline),
        ]
        if request.isFull {
            asked[0].wanted = asked[0].wanted ?? "\(StudySettings.fullTrials) (--full)"
            asked[1].wanted = asked[1].wanted ?? "\(StudySettings.fullSeeds) (--full)"
            if request.trials == nil, trials == StudySettings.fullTrials { asked[0].wanted = nil }
            if request.seeds == nil, seeds == StudySettings.fullSeeds { asked[1].wanted = nil }
        }
        for (option, wanted, found) in asked {
            guard let wanted, wanted != found else { continue }
            throw DiagnosticError(
                .configuration, "the study in this folder was begun with \(found), not \(wanted)",
                at: SourceLocation(file: path, field: option),
                remedy: "leave the option out to go on with the study, or choose another folder with --output")
        }
    }

    /// Refuses to go on where a file that all searches share is no longer what it was.
    ///
    /// - Throws: `DiagnosticError`, `configuration`, naming the file.
    func requireUnchangedFiles(in path: String, files: InstalledFiles) throws {
        let present = try fingerprints(of: files)
        let names = ["agent": agent, "technology": technology, "baseline": baseline]
        for key in ["agent", "technology", "baseline"] where present[key] != fingerprints[key] {
            throw DiagnosticError(
                .configuration, "the \(key) '\(names[key] ?? "")' was changed since the study began",
                at: SourceLocation(file: path),
                remedy: "put it back, or begin another study in another folder with --output")
        }
    }
}
