internal import Scheduling

/// Keeps the tensors that save the most DRAM traffic for the space and time that they take, while they fit.
///
/// Tensors are tried in the order of bytes saved over bytes × regions occupied. First those that shorten the total time are kept, until no
/// more does; then those that still fit, since what they save in DRAM energy costs nothing.
public struct GreedyResidency: ResidencySolver {
    public init() {}

    public func solve(_ problem: ResidencyProblem) -> Residency {
        var state = State(problem)
        let order = problem.candidates.indices.map { (density: state.density(of: $0), index: $0) }
            .sorted { ($1.density, $0.index) < ($0.density, $1.index) }.map(\.index)
        var waiting = order.filter {
            problem.candidates[$0].bytes <= problem.capacityBytes && state.savedBytes(by: $0) > 0
        }
        for mustSaveTime in [true, true, false] {
            waiting.removeAll { state.keep($0, mustSaveTime: mustSaveTime) }
        }
        return state.residency
    }

    /// The decision so far, with every region's traffic and time.
    private struct State {
        let problem: ResidencyProblem
        var traffic: [RegionTraffic]
        var cycles: [Double]
        var occupied: [Int]
        var kept: [Int] = []

        init(_ problem: ResidencyProblem) {
            self.problem = problem
            traffic = problem.schedules.map(RegionTraffic.init)
            cycles = zip(problem.schedules, traffic).map { $0.timing($1, on: problem.view).cycles }
            occupied = problem.schedules.map(\.tileBytes)
        }

        func savedBytes(by candidate: Int) -> Double {
            problem.candidates[candidate].uses.reduce(0) {
                $0 + problem.schedules[$1.region].movements[$1.movement].bytes
            }
        }

        func density(of candidate: Int) -> Double {
            let candidateValue = problem.candidates[candidate]
            return savedBytes(by: candidate) / (Double(candidateValue.bytes) * Double(candidateValue.live.count))
        }

        /// Keeps a tensor if it fits and does not cost time (or saves some); whether it is kept.
        mutating func keep(_ index: Int, mustSaveTime: Bool) -> Bool {
            let candidate = problem.candidates[index]
            let fits = candidate.live.allSatisfy { occupied[$0] + candidate.bytes <= problem.capacityBytes }
            guard fits else { return false }
            var changed: [(region: Int, traffic: RegionTraffic)] = []
            for use in candidate.uses {
                if changed.last?.region != use.region { changed.append((use.region, traffic[use.region])) }
                changed[changed.count - 1].traffic.remove(problem.schedules[use.region].movements[use.movement])
            }
            let timed = changed.map { region, traffic in
                problem.schedules[region].timing(traffic, on: problem.view).cycles
            }
            let saved = zip(changed, timed).reduce(0) { $0 + cycles[$1.0.region] - $1.1 }
            guard mustSaveTime ? saved > 0 : saved >= 0 else { return false }
            for ((region, traffic), time) in zip(changed, timed) {
                self.traffic[region] = traffic
                cycles[region] = time
            }
            for region in candidate.live { occupied[region] += candidate.bytes }
            kept.append(index)
            return true
        }

        var residency: Residency {
            let chosen = kept.map { problem.candidates[$0] }
            var bound = 0.0
            for schedule in problem.schedules {
                var everythingKept = RegionTraffic(schedule)
                for movement in schedule.movements { everythingKept.remove(movement) }
                bound += schedule.timing(everythingKept, on: problem.view).cycles
            }
            return Residency(
                residentTensors: chosen.filter { !$0.isWeight }.map(\.value).sorted(),
                pinnedWeights: chosen.filter(\.isWeight).map(\.value).sorted(), kept: kept.sorted(),
                occupiedBytes: occupied,
                capacityBytes: problem.capacityBytes, objectiveCycles: cycles.reduce(0, +), lowerBoundCycles: bound)
        }
    }
}
