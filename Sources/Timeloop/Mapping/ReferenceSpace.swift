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
    /// The problem's index of weights, inputs and outputs.
    let tensors: [Int]
    /// The problem's index of each dimension; nil where it has none.
    let index: [Int?]
    /// The extent of each dimension.
    let bounds: [Int]
    let hasL3: Bool
    /// Instances that no mapping of the space uses, for people; none in the reference's shape.
    let notes: [String]
    /// Where the mesh has the array's rows along x, or its columns along y, and nothing along the other axis.
    let rowsLieAlongX: Bool
    let columnsLieAlongY: Bool
    /// Instances at each spatial slot.
    private let limits: [Int]

    private static let inner = ["Reg", "Col", "L1_w", "L1_in", "L1_out"]

    /// - Throws: `DiagnosticError` (`badData`) where the architecture or the problem isn't of this shape.
    init(_ architecture: TimeloopArchitecture, _ problem: TimeloopProblem) throws {
        self.architecture = architecture
        self.problem = problem
        let names = architecture.levels.map(\.name)
        guard names == Self.inner + ["DRAM"] || names == Self.inner + ["L3", "DRAM"] else {
            throw DiagnosticError(
                .badData,
                "expected the levels Reg, Col, L1_w, L1_in, L1_out, L3 or none, and DRAM, from the inside out, found "
                    + names.joined(separator: ", "), at: architecture.location,
                remedy: "name the levels so; other hierarchies can be evaluated, but not mapped")
        }
        hasL3 = names.contains("L3")
        tensors = try Self.tensors(of: problem)
        let letters = Dimension.allCases.map(\.letter)
        index = letters.map { problem.dimensions.firstIndex(of: $0) }
        bounds = index.map { $0.map { problem.bounds[$0] } ?? 1 }

        let (rows, columns, grid) = (architecture.fanout(of: 1), architecture.fanout(of: 2), architecture.fanout(of: 5))
        (rowsLieAlongX, columnsLieAlongY) = (rows.y == 1, columns.x == 1)
        limits = [
            rowsLieAlongX ? rows.x : rows.y, columnsLieAlongY ? columns.y : columns.x, .max, grid.x, grid.y, .max, .max,
        ]
        let used = [1, limits[0], limits[1], 1, 1, grid.instances, 1]
        notes = architecture.levels.indices.compactMap { level in
            let fanout = architecture.fanout(of: level)
            guard fanout.instances > used[level] else { return nil }
            return "under '\(names[level])', \(used[level]) of \(fanout.instances) instances are used "
                + "(mesh \(fanout.x)×\(fanout.y)): the mapper knows no loop to share out there"
        }
    }

    /// The index of weights, inputs and outputs.
    private static func tensors(of problem: TimeloopProblem) throws -> [Int] {
        let letters = Dimension.allCases.map(\.letter)
        if let other = problem.dimensions.first(where: { !letters.contains($0) }) {
            throw DiagnosticError(
                .badData, "expected dimensions of \(letters.joined(separator: " ")), found '\(other)'",
                at: problem.location,
                remedy: "write the problem as a grouped convolution; a product of matrices has C, K and P")
        }
        let names = problem.dataSpaces.map(\.name)
        let indices = ["Weights", "Inputs", "Outputs"].compactMap { names.firstIndex(of: $0) }
        guard indices.count == 3, names.count == 3 else {
            throw DiagnosticError(
                .badData,
                "expected the data spaces Weights, Inputs and Outputs, found \(names.joined(separator: ", "))",
                at: problem.location, remedy: "name the convolution's tensors so")
        }
        return indices
    }

    /// Instances that a spatial slot has.
    func limit(_ slot: Slot) -> Int { limits[slot.rawValue] }

    /// Words of all tensors that are touched at least: a stride that leaves out pixels need not fetch them.
    private var leastWords: Double {
        problem.dataSpaces.reduce(0) { words, space in
            words
                + space.projection.reduce(1) { product, rank in
                    var (last, points) = (0.0, 1.0)
                    for term in rank {
                        last += Double(term.coefficient) * Double(problem.bounds[term.dimension] - 1)
                        points *= Double(problem.bounds[term.dimension])
                    }
                    return product * min(last + 1, points)
                }
        }
    }

    /// Cycles that DRAM's bandwidth takes at least.
    var leastDRAMCycles: Double {
        architecture.levels[architecture.levels.count - 1].sharedBandwidth.map { leastWords / $0 } ?? 1
    }

    /// Energy of the products and of every word from or to DRAM once, pJ.
    var leastEnergyPJ: Double {
        let (register, dram) = (architecture.levels[0], architecture.levels[architecture.levels.count - 1])
        return problem.computes
            * (architecture.macEnergyPJ + register.vectorAccessEnergyPJ / Double(register.blockSize))
            + leastWords * dram.vectorAccessEnergyPJ / Double(dram.blockSize)
    }

    /// Slots where a dimension may have loops of its own choice; the outermost takes what is left.
    func slots(of dimension: Dimension) -> [Slot] {
        Slot.allCases.filter { slot in
            slot.dimensions.contains(dimension) && slot != .dram && (slot != .l3 || hasL3)
                && (!slot.isSpatial || limit(slot) > 1)
        }
    }
}
