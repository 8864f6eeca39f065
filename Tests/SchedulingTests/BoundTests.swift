import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Bounds of operators too large for brute force, against mappings with tiles and dataflows drawn at random: what no mapping beats none of
/// them does.
@Suite struct BoundTests {
    enum Family: CaseIterable {
        /// Convolutions on arrays without L2, where tiles of fewer input channels may take fewer folds: their last filter tap ends nearer to
        /// the array's last row.
        case packedConvolution
        /// Any operator on buffers that hold but a small part of it.
        case smallBuffers
        /// The zoo's operators on designs of the default space.
        case zoo

        func `case`(using generator: inout SplitMix64) throws -> (nest: LoopNest, view: SchedulingView) {
            switch self {
            case .packedConvolution:
                var nest = LoopNest(
                    outputChannels: generator.number(1...32), inputChannels: generator.number(8...100),
                    outputHeight: generator.number(1...8), outputWidth: generator.number(1...16), filterHeight: 3,
                    filterWidth: generator.chance(2) ? 1 : 3)
                nest.types = .random(using: &generator)
                var view = roomyView(
                    hasL2: false, hasGlobalMemory: false, grid: 1,
                    array: Extent2D(x: generator.power(0...4), y: generator.power(3...7)))
                view.peGrid = Extent2D(x: generator.power(0...1), y: 1)
                Self.shrink(&view, using: &generator)
                return (nest, view)
            case .smallBuffers:
                let nest = NestVariety(largestExtent: 24, dilates: true).nest(using: &generator)
                var view = roomyView(
                    hasL2: generator.chance(3), hasGlobalMemory: generator.chance(2), grid: 1,
                    array: Extent2D(x: generator.power(0...5), y: generator.power(0...7)))
                view.peGrid = Extent2D(x: generator.power(0...3), y: generator.power(0...3))
                view.vectorLanes = generator.power(0...6)
                Self.shrink(&view, using: &generator)
                return (nest, view)
            case .zoo:
                let nest = try #require(MapperTests.zoo.randomElement(using: &generator))
                return (nest, SchedulingView(MapperTests.datapath(using: &generator)))
            }
        }

        private static func shrink(_ view: inout SchedulingView, using generator: inout SplitMix64) {
            func bytes() -> Int { generator.number(1...16) << generator.number(4...9) }
            view.array.overlapsLoading = !generator.chance(4)
            view.l1 = BufferLevel(
                sharing: generator.chance(2) ? .private : .shared, inputBytes: bytes(), weightBytes: bytes(),
                outputBytes: bytes())
            if let l2 = view.l2 {
                let factor = generator.number(1...8)
                view.l2 = BufferLevel(
                    sharing: l2.sharing, inputBytes: view.l1.inputBytes * factor,
                    weightBytes: view.l1.weightBytes * factor, outputBytes: view.l1.outputBytes * factor)
            }
            if view.stagingBytes != nil { view.stagingBytes = bytes() << generator.number(0...6) }
            view.globalMemoryBytesPerCycle = Double(generator.power(3...9))
            view.dramBytesPerCycle = Double(generator.power(1...9))
        }
    }

    /// Constraints that leave a part of the map space.
    private static func part(
        of nest: LoopNest, on view: SchedulingView, under constraints: MappingConstraints,
        using generator: inout SplitMix64
    ) -> MappingConstraints {
        func extent(_ dimension: Dimension) -> Int { generator.number(1...nest[dimension]) }
        let dimensions: [Dimension] = [
            .outputChannels, .inputChannels, .outputHeight, .outputWidth, .batch, .groups,
        ]
        var tiles = TileConstraint()
        for dimension in dimensions.shuffled(using: &generator).prefix(generator.number(0...2)) {
            tiles.l1[dimension] = extent(dimension)
        }
        // As many channels as fill an array's rows in so many folds.
        let packed = generator.number(1...4) * view.array.rows / (nest.filterHeight * nest.filterWidth)
        if generator.chance(3), packed > 0 { tiles.l1[.inputChannels] = min(packed, nest.inputChannels) }
        if view.l2 != nil, generator.chance(2), let dimension = dimensions.randomElement(using: &generator) {
            tiles.l2[dimension] = max(tiles.l1[dimension], extent(dimension))
        }
        var part = constraints
        part.dataflow = CompilerOptions.DataflowChoice.allCases.randomElement(using: &generator) ?? .best
        part.depthwise = CompilerOptions.Depthwise.allCases.randomElement(using: &generator) ?? .best
        part.tiles = tiles
        return part
    }

    @Test(arguments: zip(Family.allCases, [3_000, 1_000, 1_500]))
    func noMappingBeatsTheBound(family: Family, cases: Int) throws {
        var generator = SplitMix64(seed: 64)
        var compared = 0
        for _ in 0..<cases {
            let (nest, view) = try family.case(using: &generator)
            let energies = OptimalityTests.energies(using: &generator)
            let objective: MappingConstraints.Objective = generator.chance(4) ? .edp : .latency
            let all = MappingConstraints(objective: objective, energies: energies)
            func find(_ constraints: MappingConstraints) -> MappedOperator? {
                try? BranchAndBoundMapper().bestMapping(of: nest, on: view, under: constraints)
            }
            func product(_ mapped: MappedOperator) -> Double {
                mapped.cycles
                    * OptimalityTests.energyPJ(of: nest, mapped.mapping, mapped.cost, energies, on: view)
            }
            let found = find(all)
            for _ in 0..<5 {
                let constraints = Self.part(of: nest, on: view, under: all, using: &generator)
                guard let mapped = find(constraints) else { continue }
                let found = try #require(found, "\(nest) \(view) \(mapped.mapping)")
                try mapped.mapping.validate(for: nest, on: view)
                compared += 1
                try #require(
                    found.lowerBoundCycles <= mapped.cycles * (1 + 1e-12),
                    "\(nest) \(view) \(found.mapping) \(mapped.mapping)")
                guard objective == .edp, found.provenOptimal else { continue }
                try #require(
                    product(found) <= product(mapped) * (1 + 1e-9),
                    "\(nest) \(view) \(found.mapping) \(mapped.mapping)")
            }
        }
        #expect(compared > 2 * cases)
    }
}
