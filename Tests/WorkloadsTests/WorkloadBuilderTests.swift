import Diagnostics
import Testing
import Workloads

@Suite struct WorkloadBuilderTests {
    private func builder(_ shape: [Int]) throws -> (WorkloadBuilder, Value.ID) {
        var builder = try WorkloadBuilder(name: "test", batch: shape[0])
        let input = try builder.input("x", shape: shape)
        return (builder, input)
    }

    /// The loop nest of a convolution does as many multiply–accumulates as walking its outputs and taps.
    @Test(arguments: [1, 2, 4])
    func convolutionCountsEqualBruteForce(_ groups: Int) throws {
        var (builder, x) = try builder([2, 4, 9, 7])
        let window = Window(
            height: 3, width: 2, strideHeight: 2, strideWidth: 1, dilationHeight: 1, dilationWidth: 2,
            padding: .explicit(top: 1, left: 0, bottom: 0, right: 1))
        let y = try builder.convolution(x, channels: 8, window: window, groups: groups, named: "conv")
        let workload = try builder.build(outputs: [y])
        let nest = try #require(workload.operators[0].loopNest)

        var macs = 0
        var inputsRead: Set<[Int]> = []
        for _ in 0..<2 {
            for k in 0..<8 {
                for top in stride(from: -1, through: 9 - 3, by: 2) {
                    for left in 0...(7 + 1 - 3) {
                        for c in 0..<4 where c / (4 / groups) == k / (8 / groups) {
                            for r in 0..<3 {
                                for s in [0, 2] {
                                    macs += 1
                                    inputsRead.insert([c, top + r, left + s])
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(workload.macs == macs)
        #expect(workload[y].shape == [2, 8, 4, 6])
        #expect(workload.parameters == 8 * (4 / groups) * 3 * 2)
        #expect(
            [nest.groups, nest.batch, nest.outputChannels, nest.inputChannels] == [groups, 2, 8 / groups, 4 / groups])
        #expect([nest.inputHeight, nest.inputWidth] == [9, 7])
        #expect(nest.isDepthwise == (groups == 4))
        #expect(inputsRead.contains { $0[1] == -1 }, "The padded row is read, but never stored.")
    }

    @Test func linearLoopNests() throws {
        var (vectors, x) = try builder([5, 12])
        let y = try vectors.linear(x, features: 7, bias: true, named: "fc")
        let flat = try vectors.build(outputs: [y])
        #expect(flat.operators[0].loopNest == LoopNest(batch: 5, outputChannels: 7, inputChannels: 12))
        #expect(flat.macs == 5 * 12 * 7)
        #expect(flat.parameters == 12 * 7 + 7)
        #expect(flat.operators.map(\.kind) == [.linear, .elementwise(.biasAdd)])

        var (sequences, z) = try builder([5, 3, 11, 12])
        let w = try sequences.linear(z, features: 7, named: "fc")
        let deep = try sequences.build(outputs: [w])
        #expect(
            deep.operators[0].loopNest
                == LoopNest(batch: 5, outputChannels: 7, inputChannels: 12, outputWidth: 33))
        #expect(deep[w].shape == [5, 3, 11, 7])
    }

    @Test(arguments: [false, true], [false, true])
    func matmulLoopNest(_ transposeLeft: Bool, _ transposeRight: Bool) throws {
        var (builder, left) = try builder(transposeLeft ? [2, 3, 8, 5] : [2, 3, 5, 8])
        let right = try builder.input("y", shape: transposeRight ? [2, 3, 9, 8] : [2, 3, 8, 9])
        let z = try builder.matmul(
            left, right, transposeLeft: transposeLeft, transposeRight: transposeRight, named: "product")
        let workload = try builder.build(outputs: [z])
        #expect(workload[z].shape == [2, 3, 5, 9])
        #expect(
            workload.operators[0].loopNest
                == LoopNest(
                    groups: 6, outputChannels: 9, inputChannels: 8, outputWidth: 5, weightIsActivation: true))
        #expect(workload.operators[0].inputs == [left, right])
        #expect(workload.macsByKind.matmul == 6 * 5 * 8 * 9)
    }

    @Test func vectorOperatorShapes() throws {
        var (builder, x) = try builder([2, 6, 8, 10])
        let pooled = try builder.maxPool(x, window: Window(2, stride: 2), named: "max")
        let mean = try builder.averagePool(x, window: Window(3, padding: .symmetric(1)), named: "mean")
        let squeezed = try builder.globalAveragePool(x, named: "squeeze")
        let gated = try builder.elementwise(.multiply, x, squeezed, named: "gate")
        let normed = try builder.batchNorm(gated, named: "norm")
        let flat = try builder.reshape(normed, to: [2, 6, 80], named: "flat")
        let turned = try builder.transpose(flat, order: [0, 2, 1], named: "turn")
        let layer = try builder.layerNorm(turned, named: "layer")
        let soft = try builder.softmax(layer, named: "soft")
        let heads = try builder.splitHeads(soft, heads: 3, named: "split")
        let merged = try builder.mergeHeads(heads, named: "merge")
        let first = try builder.firstPosition(of: merged, named: "first")
        let indices = try builder.input("indices", shape: [2, 7], numericType: .int32)
        let rows = try builder.embedding(indices, rows: 100, features: 16, named: "rows")
        let workload = try builder.build(outputs: [pooled, mean, first, rows])

        #expect(workload[pooled].shape == [2, 6, 4, 5])
        #expect(workload[mean].shape == [2, 6, 8, 10])
        #expect(workload[squeezed].shape == [2, 6, 1, 1])
        #expect(workload[normed].shape == [2, 6, 8, 10])
        #expect(workload[soft].shape == [2, 80, 6])
        #expect(workload[heads].shape == [2, 3, 80, 2])
        #expect(workload[merged].shape == [2, 80, 6])
        #expect(workload[first].shape == [2, 6])
        #expect(workload[rows].shape == [2, 7, 16])
        #expect(workload[rows].numericType == .bfloat16)
        #expect(workload.operators[0].kind == .maxPool(taps: 4))
        #expect(workload.operators[1].kind == .averagePool(taps: 9))
        // Batch norm 2·6, layer norm 2·6, table 100·16; nothing multiplies and accumulates.
        #expect(workload.parameters == 12 + 12 + 1600)
        #expect(workload.macs == 0)
    }

    /// NumPy's broadcasting rule, with its own examples.
    @Test func broadcasting() throws {
        let cases: [([Int], [Int], [Int]?)] = [
            ([8, 32, 56, 56], [8, 32, 1, 1], [8, 32, 56, 56]),
            ([8, 1, 6, 1], [8, 7, 1, 5], [8, 7, 6, 5]),
            ([8, 3], [8, 4], nil),
            ([8, 2, 1], [8, 4, 3], nil),
            ([8, 8, 3], [8, 3], [8, 8, 3]),
        ]
        for (left, right, expected) in cases {
            var (builder, x) = try builder(left)
            let y = try builder.input("y", shape: right)
            if let expected {
                let sum = try builder.elementwise(.add, x, y, named: "sum")
                #expect(builder.shape(of: sum) == expected)
            } else {
                #expect(throws: DiagnosticError.self) { try builder.elementwise(.add, x, y, named: "sum") }
            }
        }
    }
}
