import Accelerators
import Economics
import Environments
import Simulation

/// A simulator whose area, TDP and speed are closed forms.
///
/// A shared buffer needs less area and more power than private ones, so that neither configuration is the cheaper one.
struct FakeSimulator: DesignSimulating {
    /// Changes what evaluations report.
    var distort: @Sendable (Design, inout Evaluation) throws -> Void = { _, _ in }

    func totals(of datapath: Datapath) -> HardwareTotals {
        let pes = Double(datapath.peGrid.x * datapath.peGrid.y)
        let macs = Double(datapath.array.x * datapath.array.y)
        let l1 = datapath.l1
        let l1KiB = Double(l1.inputKiB + l1.weightKiB + l1.outputKiB)
        let l1IsShared = l1.configuration == .shared
        var area = 0.01 * macs + 0.02 * Double(datapath.vectorLanes) + l1KiB * (l1IsShared ? 0.07 : 0.1)
        var tdp = 0.02 * macs + 0.03 * Double(datapath.vectorLanes) + l1KiB * (l1IsShared ? 0.14 : 0.1)
        if let l2 = datapath.l2 {
            let l2KiB =
                Double(l1.inputKiB * l2.inputMultiplier + l1.weightKiB * l2.weightMultiplier)
                + Double(l1.outputKiB * l2.outputMultiplier)
            area += l2KiB * (l2.configuration == .shared ? 0.03 : 0.05)
            tdp += l2KiB * (l2.configuration == .shared ? 0.06 : 0.04)
        }
        return HardwareTotals(
            areaMM2: pes * area + Double(datapath.globalMemoryMiB) + 0.05 * datapath.dram.gigabytesPerSecond,
            tdpWatts: pes * tdp + 0.5 * Double(datapath.globalMemoryMiB) + 0.1 * datapath.dram.gigabytesPerSecond)
    }

    func evaluate(workload name: String, on design: Design, detail: Evaluation.Detail) throws -> Evaluation {
        let totals = totals(of: design.datapath)
        let seconds = Double(design.batch + 1) / Double(design.datapath.macUnits) / Double(name.utf8.count)
        var evaluation = Evaluation(
            workload: name, batch: design.batch, inferencesPerSecond: Double(design.batch) / seconds,
            latencySeconds: seconds, energyJoules: seconds * totals.tdpWatts / 2, utilization: 0.5,
            areaMM2: totals.areaMM2, tdpWatts: totals.tdpWatts, regions: [])
        try distort(design, &evaluation)
        return evaluation
    }
}

extension Design {
    /// A design of 4 PEs, batch 2.
    static let example = Design(
        datapath: Datapath(
            peGrid: Extent2D(x: 2, y: 2), array: Extent2D(x: 8, y: 8), vectorMultiplier: 2,
            l1: L1Buffers(configuration: .private, inputKiB: 4, weightKiB: 4, outputKiB: 4), globalMemoryMiB: 4,
            dram: .gddr6(channels: 1)),
        batch: 2,
        compiler: CompilerOptions(fusion: .regions, padding: .array, softmax: .threePass, dataflow: .weightStationary))
}

extension SearchSpace {
    /// A space of 4608 designs with every kind of parameter open; the compiler's options are fixed.
    static let small = SearchSpace(replacing: [
        Parameter(.peGridX, codes: [1, 2]), Parameter(.peGridY, codes: [1]), Parameter(.arrayX, codes: [4, 8]),
        Parameter(.arrayY, codes: [4]), Parameter(.vectorMultiplier, codes: [1, 2]),
        Parameter(.l1Configuration, codes: [0, 1]), Parameter(.l1InputKiB, codes: [1, 4]),
        Parameter(.l1WeightKiB, codes: [2]), Parameter(.l1OutputKiB, codes: [1, 8]),
        Parameter(.l2Configuration, codes: [0, 1, 2]), Parameter(.l2InputMultiplier, codes: [1, 4]),
        Parameter(.l2WeightMultiplier, codes: [2]), Parameter(.l2OutputMultiplier, codes: [1, 2]),
        Parameter(.globalMemoryMiB, codes: [0, 3]), Parameter(.gddr6Channels, codes: [1, 2]),
        Parameter(.batch, codes: [1, 16]), Parameter(.fusion, codes: [1]), Parameter(.padding, codes: [1]),
        Parameter(.softmax, codes: [1]), Parameter(.dataflow, codes: [3]), Parameter(.order, codes: [0]),
    ])
}

/// All designs of `SearchSpace.small`, each with its decisions, written out independently of the space's own codec.
func enumerateSmallSpace() -> [(decisions: [Int?], design: Design)] {
    var all: [(decisions: [Int?], design: Design)] = []
    let l2Choices: [[Int?]] =
        [[0, nil, nil, nil]]
        + [1, 2].flatMap { c in [0, 1].flatMap { i in [0, 1].map { o in [c, i, 0, o] } } }
    for bits in 0..<512 {
        func bit(_ index: Int) -> Int { (bits >> index) & 1 }
        for l2 in l2Choices {
            let decisions: [Int?] =
                [bit(0), 0, bit(1), 0, bit(2), bit(3), bit(4), 0, bit(5)] + l2 + [
                    bit(6), bit(7), bit(8), 0, 0, 0, 0, 0,
                ]
            let datapath = Datapath(
                peGrid: Extent2D(x: [1, 2][bit(0)], y: 1), array: Extent2D(x: [4, 8][bit(1)], y: 4),
                vectorMultiplier: [1, 2][bit(2)],
                l1: L1Buffers(
                    configuration: [.private, .shared][bit(3)], inputKiB: [1, 4][bit(4)], weightKiB: 2,
                    outputKiB: [1, 8][bit(5)]),
                l2: l2[0] == 0
                    ? nil
                    : L2Buffers(
                        configuration: l2[0] == 1 ? .private : .shared, inputMultiplier: [1, 4][l2[1] ?? 0],
                        weightMultiplier: 2, outputMultiplier: [1, 2][l2[3] ?? 0]),
                globalMemoryMiB: [0, 3][bit(6)], dram: .gddr6(channels: [1, 2][bit(7)]))
            let compiler = CompilerOptions(fusion: .regions, padding: .array, softmax: .twoPass, dataflow: .best)
            all.append((decisions, Design(datapath: datapath, batch: [1, 16][bit(8)], compiler: compiler)))
        }
    }
    return all
}

extension CostModel {
    /// The costs that ship, at 7 nm.
    static func datacenter() throws -> CostModel {
        try Economics(named: "datacenter", in: InstalledProblemTests.files).costModel(node: "7nm")
    }
}

extension ProblemEvaluator {
    /// An evaluator on the fake simulator.
    static func fake(
        space: SearchSpace = .small, workloads: [Problem.WeightedWorkload] = [.init(name: "efficientnet-b0")],
        objective: Objective = .perfPerTDP, constraints: Problem.Constraints = .init(),
        simulator: FakeSimulator = FakeSimulator(), costs: CostModel? = nil
    ) throws -> ProblemEvaluator {
        let problem = Problem(
            name: "test", workloads: workloads, objective: objective, constraints: constraints, searchSpace: space)
        return try ProblemEvaluator(
            problem, simulator: simulator, baseline: .example, costs: try costs ?? CostModel.datacenter())
    }
}
