internal import Accelerators
internal import Scheduling
internal import Workloads

/// A storage level of an exported design, with the loops that a mapping runs there.
struct ExportedLevel {
    var name: String
    var mesh: TimeloopArchitecture.Mesh
    /// Words that an instance holds; nil for DRAM.
    var entries: Int?
    var keeps: Set<Operand>
    /// Words a cycle.
    var readBandwidth: Double?
    var writeBandwidth: Double?
    var sharedBandwidth: Double?
    /// Energy of a word's access, pJ.
    var accessEnergyPJ = 0.0
    /// Factors of the loops over the next level in: along x, along y, in time.
    var spatialX = Extents()
    var spatialY = Extents()
    var temporal = Extents()
    /// The outermost loop, over the steps of a MAC.
    var stepsPerMAC = 1
    /// Dimensions of the temporal loops, innermost first; the others follow.
    var order: [Dimension] = []

    init(_ name: String, mesh: TimeloopArchitecture.Mesh, keeps: Set<Operand>) {
        self.name = name
        self.mesh = mesh
        self.keeps = keeps
    }

    /// All dimensions, those that are named first.
    static func complete(_ order: [Dimension]) -> [Dimension] {
        order + Dimension.allCases.filter { !order.contains($0) }
    }
}

extension Dimension {
    /// The problem's dimension of a MAC's steps, where it takes several.
    static let stepsLetter = "U"
}

extension Operand {
    /// The data space's name in exported problems.
    var dataSpace: String {
        switch self {
        case .weight: "Weights"
        case .input: "Inputs"
        case .output: "Outputs"
        }
    }
}
