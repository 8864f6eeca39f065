public import Accelerators
public import Scheduling
public import Workloads

/// A mapping of ours as the three files that timeloop-model reads.
///
///     let view = TimeloopExport.view(of: design.datapath)
///     let mapped = try Scheduler().bestMapping(of: nest, on: view, under: constraints)
///     let export = TimeloopExport(nest, mapped.mapping, on: design.datapath, named: "conv1")
///     for file in export.files { … }
///
/// Words are elements: a bfloat16 operand and a float32 partial sum count one each. The array's cells, the PE grid and the tiles at L1, L2
/// and Global Memory become loops with residual factors. What Timeloop cannot say (filling and draining the array, padding that is not
/// fetched, idle cells off a block diagonal) is left out: docs/TIMELOOP.md lists it.
public struct TimeloopExport: Sendable {
    /// A file's name and text.
    public struct File: Hashable, Sendable {
        public var name: String
        public var text: String
    }

    public let architecture: String
    public let problem: String
    public let mapping: String
    /// What the files say otherwise than the mapping does.
    public let notes: [String]

    /// The files, in the order in which timeloop-model is given them.
    public var files: [File] {
        [
            File(name: "arch.yaml", text: architecture), File(name: "problem.yaml", text: problem),
            File(name: "map.yaml", text: mapping),
        ]
    }

    /// What scheduling sees of a datapath if it is to map as Timeloop's files can say: a factor for each dimension. Mappings found so take as many
    /// compute cycles with us as in the files; others may take more in the files.
    public static func view(of datapath: Datapath) -> SchedulingView {
        var view = SchedulingView(datapath)
        view.unrollsByFactors = true
        return view
    }

    /// - Parameters:
    ///   - name: what the files say that they are of.
    ///   - energies: energy of each access; 0 where not given.
    /// - Precondition: the mapping is valid for the loop nest and datapath.
    public init(
        _ nest: LoopNest, _ mapping: Mapping, on datapath: Datapath, named name: String,
        energies: AccessEnergy? = nil
    ) {
        let exported = ExportedNest(nest, mapping, on: datapath)
        var notes = exported.notes
        var levels = exported.levels
        if let energies { levels = levels.map { $0.withEnergy(energies, wordBytes: exported.wordBytes) } }
        let problem = ExportedProblem(nest, stepsPerMAC: exported.stepsPerMAC)
        notes += problem.notes
        notes += ExportedNest.enlarge(&levels, toHold: nest, of: problem)
        self.notes = notes
        self.problem = problem.text(named: name)
        architecture = ExportedNest.architectureText(
            levels, wordBits: 8 * exported.wordBytes,
            macEnergyPJ: energies.map {
                mapping.unit == .vector ? $0.vectorOperationPJ : $0.macPJ.pj(nest.types) / Double(exported.stepsPerMAC)
            } ?? 0,
            named: name, notes: notes)
        self.mapping = ExportedNest.mappingText(levels, of: nest, named: name, unit: mapping.unit)
    }

    /// What the files come to when they are read and evaluated again.
    ///
    /// - Throws: `DiagnosticError` where they cost more than a Double holds.
    public func evaluated() throws -> TimeloopEvaluation {
        let architecture = try TimeloopArchitecture(yaml: architecture, file: "arch.yaml")
        let problem = try TimeloopProblem(yaml: problem, file: "problem.yaml")
        let mapping = try TimeloopMapping(
            yaml: mapping, file: "map.yaml", architecture: architecture, problem: problem)
        return try TimeloopModel(architecture, problem).evaluate(mapping)
    }
}
