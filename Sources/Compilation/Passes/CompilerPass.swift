public import Accelerators
public import Workloads

/// One step of the compiler, as a value: the compiler runs a list of them, which a design's options choose and anybody may change.
///
/// A pass that doesn't need the design transforms the graph, once a workload; the others work on the schedule of one design. To add one, write
/// a file with its type and add a line to `CompilerPasses.all`.
public protocol CompilerPass: Hashable, Sendable {
    /// As users write it: `fast compile --without attention`.
    static var name: String { get }
    /// What it does, in a line.
    static var summary: String { get }
    /// Whether it transforms the graph, whatever the design.
    static var isGraphPass: Bool { get }

    /// The pass as a design's options want it; nil where they don't.
    init?(_ options: CompilerOptions)

    /// What a graph pass does.
    func transform(_ draft: inout GraphDraft) throws

    /// What the others do.
    func run(on compilation: inout Compilation) throws
}

extension CompilerPass {
    public func transform(_ draft: inout GraphDraft) throws {}
    public func run(on compilation: inout Compilation) throws {}

    public var name: String { Self.name }
}

/// A workload on its way to a graph of regions.
public struct GraphDraft: Sendable {
    public var workload: Workload
    /// In execution order; one an operator until a pass fuses them.
    public var regions: [Region] {
        get { formed ?? RegionFormation.regions(of: workload, softmax: softmax, fuses: false) }
        set { formed = newValue }
    }
    private var formed: [Region]?
    /// How softmaxes go over their input; regions that aren't fused yet follow.
    public var softmax = CompilerOptions.Softmax.threePass
    /// The order of the regions, once a pass has chosen one, and the peak of live bytes before.
    public var order: RegionOrder?
    public var peakLiveBytesAsGiven: Int?
    /// What passes have to say of what they did.
    public var notes: [String]

    /// A workload with a region an operator.
    public init(workload: Workload, notes: [String] = []) {
        self.workload = workload
        self.notes = notes
    }
}

/// All passes, in the order in which they run.
public enum CompilerPasses {
    public static let all: [any CompilerPass.Type] = [
        PatternPass.self, SoftmaxPass.self, RegionFusion.self, AttentionFusion.self, OrderPass.self,
        SchedulingPass.self,
        ResidencyPass.self, ChainFusion.self,
    ]

    /// The passes that a design's options ask for.
    ///
    /// - Parameter excluded: names of passes to leave out.
    public static func list(for options: CompilerOptions, without excluded: Set<String> = []) -> [any CompilerPass] {
        all.filter { !excluded.contains($0.name) }.compactMap { $0.init(options) }
    }
}
