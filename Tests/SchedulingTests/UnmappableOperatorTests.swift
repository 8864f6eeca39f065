import Accelerators
import Diagnostics
import Scheduling
import Testing
import Workloads

/// What is said of an operator that fits nowhere.
@Suite struct UnmappableOperatorTests {
    private static let nest = LoopNest(
        outputChannels: 8, inputChannels: 8, outputHeight: 8, outputWidth: 8, filterHeight: 5, filterWidth: 5)

    private static func view(weightBytes: Int) -> SchedulingView {
        var view = roomyView(hasL2: false, hasGlobalMemory: true)
        view.l1 = BufferLevel(sharing: .private, inputBytes: 1024, weightBytes: weightBytes, outputBytes: 1024)
        return view
    }

    /// 25 weights of 2 bytes, twice.
    @Test func theBufferThatIsTooSmallIsNamed() throws {
        let error = #expect(throws: UnmappableOperator.self) {
            try Scheduler().session(on: Self.view(weightBytes: 40), under: MappingConstraints())
                .bestMapping(of: Self.nest, named: "stem")
        }
        #expect(error?.nest == Self.nest)
        #expect(
            error?.buffer == BufferUse(level: .l1, operand: .weight, neededBytes: 100, availableBytes: 40))
        #expect(error?.excess == 2.5)
        let diagnostic = try #require(error?.diagnostic)
        #expect(diagnostic.kind == .configuration)
        for word in ["'stem'", "5×5", "100 bytes", "L1 weight buffer", "40"] {
            #expect(diagnostic.description.contains(word), "\(diagnostic)")
        }
    }

    @Test func whatJustFitsMaps() throws {
        _ = try Scheduler().bestMapping(
            of: Self.nest, on: Self.view(weightBytes: 100), under: MappingConstraints(dataflow: .weightStationary))
    }

    /// Global Memory holds a tile for each PE that takes part: what is asked for is one that the mapper would use.
    @Test func globalMemoryMustHoldATileForEachPE() throws {
        var view = Self.view(weightBytes: 1024)
        view.stagingBytes = 60
        let error = #expect(throws: UnmappableOperator.self) {
            try BranchAndBoundMapper().bestMapping(of: Self.nest, on: view, under: MappingConstraints())
        }
        #expect(error?.buffer.level == .globalMemory)
        #expect(error?.buffer.availableBytes == 60)
        #expect((error?.excess ?? 0) > 1)
    }
}
