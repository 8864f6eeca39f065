internal import Diagnostics
internal import Workloads

/// The mappings of a problem on an architecture of the reference's shape: `Reg`, `Col`, `L1_w`, `L1_in`, `L1_out`, perhaps `L3`, and `DRAM`.
///
/// As in the reference's own searches, a cell of the array holds a weight, C, R and S lie down the rows and K along the columns; the PE grid
/// shares out G and K along x and N, P and Q along y; all loops within a PE stand at `L1_w`, and nothing is bypassed.
struct ReferenceSpace: Sendable {
    /// Where a dimension's loops stand, from the inside out.
    enum Slot: Int, CaseIterable {
        case rows, columns, l1, gridX, gridY, l3, dram

        /// Whether instances share the dimension out at the same time.
        var isSpatial: Bool { self != .l1 && self != .l3 && self != .dram }

        /// The dimensions that may stand here.
        var dimensions: [Dimension] {
            switch self {
            case .rows: [.inputChannels, .filterHeight, .filterWidth]
            case .columns: [.outputChannels]
            case .gridX: [.outputChannels, .groups]
            case .gridY: [.outputHeight, .outputWidth, .batch]
            case .l1, .l3, .dram: Dimension.allCases
            }
        }
    }

    let architecture: TimeloopArchitecture
    let problem: TimeloopProblem
    /// The problem's index of each dimension; nil where it has none.
    let index: [Int?]
    /// The extent of each dimension.
    let bounds: [Int]
    let hasL3: Bool
    /// Instances at each spatial slot.
    private let limits: [Int]

    private static let inner = ["Reg", "Col", "L1_w", "L1_in", "L1_out"]

    /// - Throws: `DiagnosticError` (`badData`) where the architecture or the problem isn't of this shape.
    init(_ architecture: TimeloopArchitecture, _ problem: TimeloopProblem) throws {
        let names = architecture.levels.map(\.name)
        guard names == Self.inner + ["DRAM"] || names == Self.inner + ["L3", "DRAM"] else {
            throw DiagnosticError(
                .badData,
                "expected the levels Reg, Col, L1_w, L1_in, L1_out, L3 or none, and DRAM, found "
                    + names.joined(separator: ", "), remedy: "name the levels so, from the inside out")
        }
        let letters = Dimension.allCases.map(\.letter)
        guard problem.dataSpaces.map(\.name) == ["Weights", "Inputs", "Outputs"],
            problem.dimensions.allSatisfy(letters.contains)
        else {
            throw DiagnosticError(
                .badData, "expected the data spaces Weights, Inputs and Outputs over dimensions of G N K C P Q R S",
                remedy: "write the problem as a grouped convolution")
        }
        self.architecture = architecture
        self.problem = problem
        index = letters.map { problem.dimensions.firstIndex(of: $0) }
        bounds = index.map { $0.map { problem.bounds[$0] } ?? 1 }
        hasL3 = names.contains("L3")
        let grid = architecture.fanout(of: 5)
        limits = [architecture.fanout(of: 1).y, architecture.fanout(of: 2).x, .max, grid.x, grid.y, .max, .max]
    }

    /// Instances that a spatial slot has.
    func limit(_ slot: Slot) -> Int { limits[slot.rawValue] }

    /// Words of all tensors.
    private var words: Double {
        let tiling = ReferenceTiling(in: self)
        return (0..<3).reduce(0) { $0 + tiling.words($1, through: .dram, in: self) }
    }

    /// Cycles that DRAM's bandwidth takes at least.
    var leastDRAMCycles: Double {
        architecture.levels[architecture.levels.count - 1].sharedBandwidth.map { words / $0 } ?? 1
    }

    /// Energy of the products and of every word from or to DRAM once, pJ.
    var leastEnergyPJ: Double {
        let (register, dram) = (architecture.levels[0], architecture.levels[architecture.levels.count - 1])
        return problem.computes
            * (architecture.macEnergyPJ + register.vectorAccessEnergyPJ / Double(register.blockSize))
            + words * dram.vectorAccessEnergyPJ / Double(dram.blockSize)
    }

    /// Slots where a dimension may have loops of its own choice; the outermost takes what is left.
    func slots(of dimension: Dimension) -> [Slot] {
        Slot.allCases.filter { slot in
            slot.dimensions.contains(dimension) && slot != .dram && (slot != .l3 || hasL3)
                && (!slot.isSpatial || limit(slot) > 1)
        }
    }
}
