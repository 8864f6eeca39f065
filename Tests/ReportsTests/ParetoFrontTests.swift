import Diagnostics
import Environments
import Reports
import Testing

@Suite struct ParetoFrontTests {
    /// By definition: compares every point with every other.
    private func bruteForce(_ points: [[Double]]) -> [Int] {
        points.indices.filter { candidate in
            !points.indices.contains { other in
                zip(points[other], points[candidate]).allSatisfy { $0 <= $1 }
                    && zip(points[other], points[candidate]).contains { $0 < $1 }
            }
        }
    }

    /// Random points on grids from coarse to fine: on coarse ones most coordinates tie and many points are equal.
    @Test(arguments: 2...3)
    func theFrontIsThatOfTheDefinition(metrics: Int) {
        for round in 0..<400 {
            var stream = RandomStream(seed: 11, episode: round, purpose: .checking)
            let levels = [2, 4, 9, 1_000_000][round % 4]
            let points = (0..<Int.random(in: 0...60, using: &stream)).map { _ in
                (0..<metrics).map { _ in Double(Int.random(in: -levels...levels, using: &stream)) }
            }
            #expect(nonDominated(points) == bruteForce(points))
            // Each point twice: both are in or both out.
            let twice = nonDominated(points + points)
            #expect(twice == bruteForce(points) + bruteForce(points).map { $0 + points.count })
        }
    }

    @Test func smallFrontsAreThoseByHand() {
        #expect(nonDominated([]) == [])
        #expect(nonDominated([[1, 1]]) == [0])
        #expect(nonDominated([[1, 3], [2, 2], [2, 3], [3, 1]]) == [0, 1, 3])
        #expect(nonDominated([[1, 1], [1, 1], [1, 2]]) == [0, 1])
        #expect(nonDominated([[0, 5, 5], [5, 0, 5], [5, 5, 0], [5, 5, 5], [0, 5, 6]]) == [0, 1, 2])
    }

    @Test func metricsAreReadByName() throws {
        #expect(try ParetoMetric.list("perf,tdp") == [.perf, .tdp])
        #expect(try ParetoMetric.list("perfPerTdp, area,tco") == [.perfPerTdp, .area, .tco])
        for (text, part) in [
            ("perf,tpd", "did you mean 'tdp'?"), ("perf", "two or three"), ("", "found ''"), ("perf,perf", "different"),
            ("perf,tdp,area,energy", "two or three"), ("perf,,tdp", "found ''"),
        ] {
            let error = try #require(throws: DiagnosticError.self) { try ParetoMetric.list(text) }
            #expect(error.kind == .usage && error.description.contains(part), "\(error)")
        }
    }
}
