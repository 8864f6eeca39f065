import Accelerators
import Scheduling
import Testing
import Timeloop
import Workloads

/// Exported mappings, read again and evaluated, against our own analysis of the same mappings.
@Suite struct ExportRoundTripTests {
    /// The loop nest with its padding stored: Timeloop fetches padding as data.
    private func padded(_ nest: LoopNest) -> LoopNest {
        LoopNest(
            groups: nest.groups, batch: nest.batch, outputChannels: nest.outputChannels,
            inputChannels: nest.inputChannels, outputHeight: nest.outputHeight, outputWidth: nest.outputWidth,
            filterHeight: nest.filterHeight, filterWidth: nest.filterWidth, strideHeight: nest.strideHeight,
            strideWidth: nest.strideWidth, dilationHeight: nest.dilationHeight, dilationWidth: nest.dilationWidth,
            weightIsActivation: nest.weightIsActivation)
    }

    private func design(_ generator: inout SplitMix64) -> Datapath {
        func power(_ range: ClosedRange<Int>) -> Int { 1 << Int.random(in: range, using: &generator) }
        func sharing() -> BufferSharing { Bool.random(using: &generator) ? .private : .shared }
        let l2 = Int.random(in: 0..<3, using: &generator)
        return Datapath(
            peGrid: Extent2D(x: power(0...4), y: power(0...4)), array: Extent2D(x: power(2...6), y: power(2...6)),
            vectorMultiplier: power(0...3),
            l1: L1Buffers(
                configuration: sharing(), inputKiB: power(4...8), weightKiB: power(4...8), outputKiB: power(4...8)),
            l2: l2 == 0
                ? nil
                : L2Buffers(
                    configuration: sharing(), inputMultiplier: power(0...3), weightMultiplier: power(0...3),
                    outputMultiplier: power(0...3)),
            globalMemoryMiB: [0, 1, 8, 64].randomElement(using: &generator) ?? 0,
            dram: .gddr6(channels: power(0...3)))
    }

    struct Tally { var all = 0, equal = 0 }

    @Test func wordsAreOurOwn() throws {
        var generator = SplitMix64(seed: 7)
        var tally: [String: Tally] = [:]
        let scheduler = Scheduler()
        var nests: [LoopNest] = []
        for name in ["efficientnet-b0", "resnet-50-v2", "bert-base-128", "mobilenet-v2", "vit-b16"] {
            guard let workload = try? WorkloadZoo.workload(named: name, batch: 4) else { continue }
            nests += Set(workload.operators.compactMap(\.loopNest)).sorted { "\($0)" < "\($1)" }
        }
        for _ in 0..<600 {
            let datapath = design(&generator)
            let nest = padded(try #require(nests.randomElement(using: &generator)))
            let view = SchedulingView(datapath)
            guard let mapped = try? scheduler.bestMapping(of: nest, on: view, under: MappingConstraints()) else {
                continue
            }
            let export = TimeloopExport(nest, mapped.mapping, on: datapath, named: "test")
            let architecture = try TimeloopArchitecture(yaml: export.architecture, file: "arch.yaml")
            let problem = try TimeloopProblem(yaml: export.problem, file: "problem.yaml")
            let mapping = try TimeloopMapping(
                yaml: export.mapping, file: "map.yaml", architecture: architecture, problem: problem)
            let evaluation = try TimeloopModel(architecture, problem).evaluate(mapping)
            let cost = NestAnalysis(nest, on: view).cost(of: mapped.mapping)
            for (level, traffic) in [("L3", cost.globalMemory), ("DRAM", cost.dram)] {
                guard let found = evaluation.levels.first(where: { $0.name == level }) else { continue }
                let outputs = Double(nest.outputElements)
                let expected = [
                    "Weights reads": traffic.weightReads / 2, "Inputs reads": traffic.inputReads / 2,
                    "Outputs reads": traffic.outputReads / 4,
                    "Outputs updates": outputs + (traffic.outputWrites - 2 * outputs) / 4,
                ]
                for tensor in found.tensors {
                    for (key, value) in [("reads", tensor.reads), ("updates", tensor.updates)] {
                        guard let ours = expected["\(tensor.name) \(key)"] else { continue }
                        let kind =
                            "\(level) \(tensor.name) \(key) \(nest.filterHeight * nest.filterWidth > 1 && tensor.name == "Inputs")"
                        tally[kind, default: Tally()].all += 1
                        if value == ours {
                            tally[kind, default: Tally()].equal += 1
                        } else {
                            print("DIFF", kind, value, ours, value / ours, nest, mapped.mapping)
                        }
                    }
                }
            }
        }
        for (kind, tally) in tally.sorted(by: { $0.key < $1.key }) { print("TALLY", kind, tally) }
    }
}
