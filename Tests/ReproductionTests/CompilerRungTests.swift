import Accelerators
import Environments
import Reproduction
import Testing

/// The ladder from the baseline's compiler to ours.
@Suite struct CompilerRungTests {
    private static let own = CompilerOptions(
        fusion: .regions, padding: .array, softmax: .threePass, dataflow: .weightStationary)
    private static let all: [CompilerOptions] = CompilerOptions.Fusion.allCases.flatMap { fusion in
        CompilerOptions.Padding.allCases.flatMap { padding in
            CompilerOptions.Softmax.allCases.flatMap { softmax in
                CompilerOptions.DataflowChoice.allCases.flatMap { dataflow in
                    CompilerOptions.Order.allCases.map { order in
                        CompilerOptions(
                            fusion: fusion, padding: padding, softmax: softmax, dataflow: dataflow, order: order)
                    }
                }
            }
        }
    }

    @Test func everyRungAdmitsWhatTheOneBeforeDoesAndMore() {
        let ladder = CompilerRung.ladder(from: Self.own)
        #expect(ladder.map(\.name) == ["datapath", "scheduling", "padding", "softmax", "residency", "beyond"])
        let admitted = ladder.map { rung in Set(Self.all.filter(rung.admits)) }
        #expect(admitted[0] == [Self.own])
        for (smaller, larger) in zip(admitted, admitted.dropFirst()) { #expect(smaller.isStrictSubset(of: larger)) }
        // 4 dataflows; with 3 paddings; 2 of 3 softmaxes; 3 of 4 fusions; and last all, with 2 orders.
        #expect(admitted.map(\.count) == [1, 4, 12, 24, 72, 288])
    }

    @Test(arguments: 0..<6) func combinationsAndSearchSpaceAreWhatIsAdmitted(position: Int) throws {
        let rung = CompilerRung.ladder(from: Self.own)[position]
        #expect(Set(rung.combinations) == Set(Self.all.filter(rung.admits)))
        #expect(rung.combinations.count == Set(rung.combinations).count)
        for options in Self.all {
            let design = Design(
                datapath: Datapath(
                    peGrid: Extent2D(x: 2, y: 2), array: Extent2D(x: 8, y: 8), vectorMultiplier: 1,
                    l1: L1Buffers(configuration: .private, inputKiB: 8, weightKiB: 8, outputKiB: 8), globalMemoryMiB: 1,
                    dram: .gddr6(channels: 2)), batch: 4, compiler: options)
            #expect((rung.searchSpace.decisions(of: design) != nil) == rung.admits(options))
        }
    }

    @Test func theLastRungSearchesTheFullSpace() {
        for own in Self.all where own.order == .memory || own == Self.own {
            let ladder = CompilerRung.ladder(from: own)
            #expect(ladder[0].combinations == [own])
            #expect(ladder[5].combinations.count == 288)
        }
    }
}
