import Accelerators
import Compilation
import Foundation
import RandomNumbers
import Scheduling
import TestSupport
import Testing
import Workloads

/// Small residency problems of every shape, and what trying all subsets finds.
enum RandomResidency {
    /// - Parameter isCrowded: whether activations live all the time and all weights belong to few regions.
    static func problem(
        seed: Int, regions: Int? = nil, activations: Int? = nil, weights: Int? = nil, isCrowded: Bool = false
    ) -> ResidencyProblem {
        var random = SplitMix64(seed: UInt64(seed))
        let regionCount = regions ?? random.number(1...8)
        let design = Samples.design(fusion: .residency, batch: 1, globalMemoryMiB: 1)
        var view = SchedulingView(design.datapath)
        if random.chance(5) { view.stagingBytes = nil }
        var schedules = (0..<regionCount).map { _ in schedule(using: &random) }
        var candidates: [ResidencyProblem.Candidate] = []
        func add(_ isWeight: Bool) {
            let bytes = random.chance(4) ? 256 * random.number(1...64) : random.number(1...40_000)
            let value = Value.ID(candidates.count)
            var places = Set(
                (0..<(isCrowded ? 2 : random.number(1...3))).map { _ in random.number(0...(regionCount - 1)) })
            if isWeight, !random.chance(4) || isCrowded { places = [isCrowded ? 0 : places.min() ?? 0] }
            if !isWeight, isCrowded { places = [0, regionCount - 1] }
            var uses: [ResidencyProblem.Candidate.Use] = []
            for (order, region) in places.sorted().enumerated() {
                // Now and then a region reads a tensor twice.
                for _ in 0..<(random.chance(8) ? 2 : 1) {
                    uses.append(.init(region: region, movement: schedules[region].movements.count))
                    let isWrite = !isWeight && order == 0
                    let times = isWrite || random.chance(2) ? 1 : random.number(0...5)
                    schedules[region].movements.append(
                        .init(
                            value: value, isWrite: isWrite, bytes: Double(bytes * times),
                            exposedBytes: random.chance(3) ? Double(random.number(0...bytes)) : 0))
                }
            }
            let live = isWeight ? 0...(regionCount - 1) : (places.min() ?? 0)...(places.max() ?? 0)
            candidates.append(.init(value: value, bytes: bytes, live: live, isWeight: isWeight, uses: uses))
        }
        for _ in 0..<(activations ?? random.number(0...7)) { add(false) }
        for _ in 0..<(weights ?? random.number(0...6)) { add(true) }
        let capacity = 20_000 + random.number(0...(random.chance(2) ? 60_000 : 200_000))
        return ResidencyProblem(schedules, on: view, capacityBytes: capacity, candidates: candidates)
    }

    /// A region of no account: what counts is in the schedule.
    private static let region: Region = {
        var builder = try? WorkloadBuilder(name: "region", batch: 1)
        guard let input = try? builder?.input("image", shape: [1, 8, 4, 4]),
            let output = try? builder?.convolution(input, channels: 8, window: Window(1), named: "conv"),
            let workload = try? builder?.build(outputs: [output]),
            let graph = try? RegionGraph(workload, softmax: .threePass, fuses: true)
        else { preconditionFailure("A small workload can be built.") }
        return graph.regions[0]
    }()

    private static func schedule(using random: inout SplitMix64) -> RegionSchedule {
        var schedule = RegionSchedule(region: region)
        schedule.arrayCycles = random.chance(2) ? 0 : Double(random.number(0...200))
        schedule.vectorCycles = Double(random.number(0...50))
        schedule.fixedCycles = Double(random.number(0...20))
        schedule.peReadBytes = Double(random.number(0...200_000))
        schedule.peWriteBytes = Double(random.number(0...100_000))
        schedule.partialReadBytes = random.chance(4) ? Double(random.number(0...20_000)) : 0
        schedule.partialWriteBytes = schedule.partialReadBytes
        schedule.tileBytes = random.number(0...20_000)
        return schedule
    }

    /// Cycles with some candidates kept.
    static func cycles(_ problem: ResidencyProblem, keeping kept: [Int]) -> Double {
        var traffic = problem.schedules.map(RegionTraffic.init)
        for index in kept {
            for use in problem.candidates[index].uses {
                traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
            }
        }
        return zip(problem.schedules, traffic).reduce(0) { $0 + $1.0.timing($1.1, on: problem.view).cycles }
    }

    /// Bytes of Global Memory in use while each region runs.
    static func occupied(_ problem: ResidencyProblem, keeping kept: [Int]) -> [Int] {
        problem.schedules.indices.map { region in
            problem.schedules[region].tileBytes
                + kept.filter { problem.candidates[$0].isWeight || problem.candidates[$0].live.contains(region) }
                .reduce(0) { $0 + problem.candidates[$1].bytes }
        }
    }

    /// The fewest cycles of any subset that fits, by trying all of them depth first.
    static func bestCycles(_ problem: ResidencyProblem) -> Double {
        let tiles = problem.schedules.map(\.tileBytes)
        var best = Double.infinity
        var traffic = problem.schedules.map(RegionTraffic.init)
        var used = tiles
        func visit(_ index: Int) {
            guard index < problem.candidates.count else {
                best = min(
                    best,
                    zip(problem.schedules, traffic).reduce(0) { $0 + $1.0.timing($1.1, on: problem.view).cycles })
                return
            }
            let candidate = problem.candidates[index]
            let regions = candidate.isWeight ? Array(tiles.indices) : Array(candidate.live)
            if regions.allSatisfy({ used[$0] + candidate.bytes <= problem.capacityBytes }) {
                let before = traffic
                for region in regions { used[region] += candidate.bytes }
                for use in candidate.uses {
                    traffic[use.region].remove(problem.schedules[use.region].movements[use.movement])
                }
                visit(index + 1)
                traffic = before
                for region in regions { used[region] -= candidate.bytes }
            }
            visit(index + 1)
        }
        visit(0)
        return best
    }

    /// That a residency fits, and says the truth about itself.
    static func check(_ residency: Residency, of problem: ResidencyProblem) {
        #expect(Set(residency.kept).count == residency.kept.count)
        let occupied = occupied(problem, keeping: residency.kept)
        #expect(occupied == residency.occupiedBytes)
        for (region, bytes) in occupied.enumerated() {
            #expect(bytes <= max(problem.capacityBytes, problem.schedules[region].tileBytes))
        }
        if !residency.kept.isEmpty { #expect(residency.peakBytes <= problem.capacityBytes) }
        let cycles = cycles(problem, keeping: residency.kept)
        #expect(abs(cycles - residency.objectiveCycles) <= 1e-9 * cycles)
        #expect(residency.lowerBoundCycles <= residency.objectiveCycles)
        let values = residency.kept.map { problem.candidates[$0] }
        #expect(residency.pinnedWeights == values.filter(\.isWeight).map(\.value).sorted())
        #expect(residency.residentTensors == values.filter { !$0.isWeight }.map(\.value).sorted())
    }
}

/// A name for an MPS file that is gone with what it names when the test is.
final class TemporaryFile {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("fast-\(UUID().uuidString).mps").path

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
