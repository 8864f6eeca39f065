import Accelerators
import Configuration
import Foundation
import RandomNumbers
import TestSupport

/// Datapaths, technologies and files that several suites use.
enum Samples {
    static func technology(_ name: String = "7nm") throws -> Technology {
        try Technology(named: name, in: Repository.files)
    }

    static let datapath = Datapath(
        peGrid: Extent2D(x: 8, y: 4), array: Extent2D(x: 32, y: 16), vectorMultiplier: 2,
        l1: L1Buffers(configuration: .private, inputKiB: 32, weightKiB: 64, outputKiB: 16),
        l2: L2Buffers(configuration: .shared, inputMultiplier: 2, weightMultiplier: 4, outputMultiplier: 8),
        globalMemoryMiB: 64, dram: .gddr6(channels: 4), clockGHz: 1)

    static let design = Design(
        datapath: datapath, batch: 8,
        compiler: CompilerOptions(fusion: .residency, padding: .array, softmax: .twoPass, dataflow: .best))

    /// A datapath of the search space, or beyond it.
    static func datapath(using generator: inout SplitMix64) -> Datapath {
        func power(_ range: ClosedRange<Int>) -> Int { 1 << Int.random(in: range, using: &generator) }
        return Datapath(
            peGrid: Extent2D(x: power(0...8), y: power(0...8)), array: Extent2D(x: power(0...8), y: power(0...8)),
            vectorMultiplier: power(0...4),
            l1: L1Buffers(
                configuration: Bool.random(using: &generator) ? .private : .shared, inputKiB: power(0...10),
                weightKiB: power(0...10), outputKiB: power(0...10)),
            l2: Int.random(in: 0..<3, using: &generator) == 0
                ? nil
                : L2Buffers(
                    configuration: Bool.random(using: &generator) ? .private : .shared, inputMultiplier: power(0...7),
                    weightMultiplier: power(0...7), outputMultiplier: power(0...7)),
            globalMemoryMiB: Int.random(in: 0..<4, using: &generator) == 0 ? 0 : power(0...8),
            dram: Bool.random(using: &generator)
                ? .gddr6(channels: power(0...3))
                : DRAM(
                    technology: DRAM.Technology.allCases.randomElement(using: &generator) ?? .hbm2,
                    gigabytesPerSecond: Double.random(in: 1...1000, using: &generator)),
            clockGHz: Bool.random(using: &generator) ? 1 : Double.random(in: 0.1...2, using: &generator),
            overlapsWeightLoading: Bool.random(using: &generator))
    }
}
