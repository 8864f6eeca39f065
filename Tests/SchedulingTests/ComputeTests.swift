import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Compute cycles of a mapping against the sum over every tile of every PE; the slowest PE counts.
@Suite struct ComputeTests {
    static let arrayUnits: [ComputeUnit] = [
        .array(.weightStationary), .array(.outputStationary), .array(.inputStationary),
    ]

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func cyclesAreThoseOfTheSlowestPE(hasL2: Bool, overlapsLoading: Bool) throws {
        var view = roomyView(hasL2: hasL2, hasGlobalMemory: true, array: Extent2D(x: 4, y: 3))
        view.array.overlapsLoading = overlapsLoading
        let mappings = MappingVariety(hasL2: hasL2, hasGlobalMemory: true, sharesReductions: false)
        var generator = SplitMix64(seed: 5)
        for _ in 0..<800 {
            let nest = NestVariety().nest(using: &generator)
            for unit in Self.units(for: nest, on: view) {
                let mapping = mappings.mapping(of: nest, unit: unit, using: &generator)
                let cost = NestAnalysis(nest, on: view).cost(of: mapping)
                let enumerator = NestEnumerator(nest: nest, mapping: mapping)
                let levels = [enumerator.dramLevel, enumerator.gridLevel, enumerator.l2Level]
                let slowest =
                    enumerator.pes.map { pe in
                        enumerator.steps(levels, pe: pe).reduce(0) { $0 + cycles(of: $1.box, unit, nest, view) }
                    }.max() ?? 0
                let counted = unit == .vector ? cost.vectorCycles : cost.arrayCycles
                try #require(counted == Double(slowest), "\(nest) \(mapping)")
                #expect(unit == .vector ? cost.arrayCycles == 0 : cost.vectorCycles == 0)
                let start =
                    switch unit {
                    case .vector: 0
                    case .array(.outputStationary): view.array.rows + view.array.columns - 2
                    default: 2 * view.array.rows + view.array.columns - 2
                    }
                #expect(cost.fillAndDrainCycles == (overlapsLoading ? Double(start) : 0))
            }
        }
    }

    /// What the vector unit does is every MAC, whatever the tiles.
    @Test func vectorOperationsAreEveryTap() {
        let view = roomyView(hasL2: false, hasGlobalMemory: true)
        var generator = SplitMix64(seed: 6)
        for _ in 0..<200 {
            let nest = NestVariety().nest(using: &generator)
            let mapping = MappingVariety(hasL2: false, hasGlobalMemory: true, sharesReductions: false).mapping(
                of: nest, unit: .vector, using: &generator)
            let perTap = nest.filterHeight * nest.filterWidth > 1 ? 3 : 2
            #expect(NestAnalysis(nest, on: view).cost(of: mapping).vectorOperations == Double(nest.macs * perTap))
        }
    }

    /// float32 goes past the array as bfloat16 terms, one a pass, and every pass adds to the sums in L1.
    @Test func wideOperandsGoPastTheArrayInPasses() {
        let view = roomyView(hasL2: false, hasGlobalMemory: true)
        var generator = SplitMix64(seed: 10)
        for _ in 0..<200 {
            var nest = NestVariety().nest(using: &generator)
            let unit = Self.arrayUnits[generator.number(0...2)]
            let mapping = MappingVariety(hasL2: false, hasGlobalMemory: true).mapping(
                of: nest, unit: unit, using: &generator)
            nest.types = .bfloat16
            let narrow = NestAnalysis(nest, on: view).cost(of: mapping)
            nest.types = OperandTypes(input: .float32, weight: .float32, output: .float32)
            let wide = NestAnalysis(nest, on: view).cost(of: mapping)
            #expect(wide.l1.inputReads == 6 * narrow.l1.inputReads && wide.l1.weightReads == 6 * narrow.l1.weightReads)
            #expect(wide.l1.outputWrites == 6 * narrow.l1.outputWrites)
            #expect(wide.l1.outputReads - narrow.l1.outputReads == 5 * narrow.l1.outputWrites)
            #expect(
                wide.dram.inputReads == 2 * narrow.dram.inputReads && wide.dram.outputReads == narrow.dram.outputReads)
            nest.types.weight = .bfloat16
            #expect(NestAnalysis(nest, on: view).cost(of: mapping).arrayCycles == 3 * narrow.arrayCycles)
        }
    }

    /// PEs that share a reduction add each output that they send up, one PE less often than there are.
    @Test func partialSumsOfSeveralPEsAreAdded() throws {
        let view = roomyView(hasL2: false, hasGlobalMemory: true)
        var generator = SplitMix64(seed: 9)
        var shared = 0
        for _ in 0..<800 {
            let nest = NestVariety().nest(using: &generator)
            let mapping = MappingVariety(hasL2: false, hasGlobalMemory: true).mapping(
                of: nest, unit: .array(.weightStationary), using: &generator)
            let cost = NestAnalysis(nest, on: view).cost(of: mapping)
            let enumerator = NestEnumerator(nest: nest, mapping: mapping)
            let grid = enumerator.gridTraffic()
            let pes = ceiling(
                min(nest.inputChannels, mapping.l2Tile[.inputChannels] * mapping.gridFactors[.inputChannels]),
                mapping.l2Tile[.inputChannels])
            let sentUp = Double(nest.outputElements) + grid.outputReads / 4
            try #require(cost.vectorOperations == sentUp * Double(pes - 1), "\(nest) \(mapping)")
            #expect((cost.vectorCycles > 0) == (pes > 1))
            #expect(cost.vectorCycles * Double(view.vectorLanes * cost.activePEs) >= cost.vectorOperations)
            if pes > 1 { shared += 1 }
        }
        #expect(shared > 50)
    }

    private static func units(for nest: LoopNest, on view: SchedulingView) -> [ComputeUnit] {
        guard nest.groups > 1 else { return arrayUnits }
        return arrayUnits + [
            .arrayBlockDiagonal(groups: 1, taps: 3), .arrayBlockDiagonal(groups: 2, taps: 1), .vector,
        ]
    }

    /// Cycles of one L1 tile.
    private func cycles(of box: NestEnumerator.Box, _ unit: ComputeUnit, _ nest: LoopNest, _ view: SchedulingView)
        -> Int
    {
        let extents = box.map(\.count)
        let (g, n, k, c, p, q) = (extents[0], extents[1], extents[2], extents[3], extents[4], extents[5])
        guard !extents.contains(0) else { return 0 }
        let rows = n * p * q
        let reduction = c * nest.filterHeight * nest.filterWidth
        let array = view.array
        /// Passes one after the other, a group at a time, each with its folds on rows and columns.
        func passes(_ count: Int, _ onRows: Int, _ onColumns: Int, stream: Int, _ dataflow: Dataflow) -> Int {
            var sum = 0
            for _ in 0..<count {
                for _ in stride(from: 0, to: onRows, by: array.rows) {
                    for _ in stride(from: 0, to: onColumns, by: array.columns) {
                        sum += array.cyclesPerFold(stream: stream, dataflow: dataflow)
                    }
                }
            }
            // float32 is three bfloat16 terms; of nine products of two such numbers six matter.
            let wide = [nest.types.input, nest.types.weight].filter { $0 == .float32 }.count
            return sum * [1, 3, 6][wide]
        }
        switch unit {
        case .array(.weightStationary): return passes(g, reduction, k, stream: rows, .weightStationary)
        case .array(.outputStationary): return passes(g, rows, k, stream: reduction, .outputStationary)
        case .array(.inputStationary): return passes(g, reduction, rows, stream: k, .inputStationary)
        case .arrayBlockDiagonal(let packed, let taps):
            // `packed` groups side by side, `taps` of each at a time.
            let folds = ceiling(g, packed) * ceiling(reduction, taps)
            return passes(folds, 1, k, stream: rows, .weightStationary)
        case .vector:
            let perTap = nest.filterHeight * nest.filterWidth > 1 ? 3 : 2
            return ceiling(g * k * rows, view.vectorLanes) * reduction * perTap
        }
    }
}
