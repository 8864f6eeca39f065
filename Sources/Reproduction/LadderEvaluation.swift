public import Accelerators
package import Environments
internal import ONNX
internal import Simulation
package import Training
internal import Workloads

/// What a fixed datapath does for a workload with each rung's compiler: exactly the best, by trying every combination of options.
public struct LadderEvaluation: Hashable, Sendable, Codable {
    public let workload: String
    /// What is held: the datapath, with the batch and the compiler that are the start of the ladder.
    public let design: Design
    /// From the design as it is to the last rung, none slower than the one before.
    public let levels: [Level]
    /// Compilations that it took, and those of them in which something didn't fit.
    public let compilations: Int
    public let unmappable: Int
    public let seconds: Double

    /// The best that a rung allows.
    public struct Level: Hashable, Sendable, Codable {
        /// `own`, `batch`, or a rung's name.
        public let name: String
        public let inferencesPerSecond: Double
        public let batch: Int
        public let compiler: CompilerOptions
    }

    /// The design as it is.
    public static let own = "own"
    /// The same at any batch.
    public static let anyBatch = "batch"

    /// Perf of a level.
    public func inferencesPerSecond(_ level: String) -> Double? {
        levels.first { $0.name == level }?.inferencesPerSecond
    }

    /// What the last level is worth over the first.
    public func gain(of level: String, over reference: String = own) -> Double? {
        guard let value = inferencesPerSecond(level), let base = inferencesPerSecond(reference) else { return nil }
        return value / base
    }

    private struct Point: Sendable {
        var compiler: CompilerOptions
        var batch: Int
    }

    /// - Parameters:
    ///   - design: its compiler is the start of the ladder; it must be able to run the workload.
    ///   - batches: the batches to try besides the design's own.
    /// - Returns: nil where a stop was requested before the end.
    package init?(
        of workload: String, on design: Design, batches: [Int], simulator: any DesignSimulating, threads: Int,
        stop: StopSignal
    ) throws {
        let start = ContinuousClock.now
        let ladder = CompilerRung.ladder(from: design.compiler)
        let network = try NetworkResolution.network(named: workload, options: ImportOptions(defaultBatch: 1)).workload
        let hasSoftmax = network.operators.contains { $0.kind == .softmax }
        // Options that cannot matter are not varied: a softmax that isn't there, and an order where nothing is kept between regions.
        let options = ladder[ladder.count - 1].combinations.filter { options in
            (hasSoftmax || options.softmax == design.compiler.softmax)
                && (options.fusion == .residency || options.fusion == .tiles || options.order == design.compiler.order)
        }
        let points = Set(batches + [design.batch]).sorted().flatMap { batch in
            options.map { Point(compiler: $0, batch: batch) }
        }
        let found = try concurrentMap(points, threads: threads, stop: stop) { point -> Double? in
            do {
                return try simulator.evaluate(
                    workload: workload,
                    on: Design(datapath: design.datapath, batch: point.batch, compiler: point.compiler), detail: .totals
                ).inferencesPerSecond
            } catch is UnmappableWorkload {
                return nil
            }
        }
        guard let found else { return nil }
        func best(_ name: String, _ isAllowed: (Point) -> Bool) -> Level? {
            var best: Level?
            for (point, value) in zip(points, found) where isAllowed(point) {
                guard let value, value > best?.inferencesPerSecond ?? 0 else { continue }
                best = Level(name: name, inferencesPerSecond: value, batch: point.batch, compiler: point.compiler)
            }
            return best
        }
        let own = best(LadderEvaluation.own) { $0.batch == design.batch && $0.compiler == design.compiler }
        let anyBatch = best(LadderEvaluation.anyBatch) { ladder[0].admits($0.compiler) }
        self.workload = workload
        self.design = design
        levels =
            [own, anyBatch].compactMap { $0 }
            + ladder.dropFirst().compactMap { rung in best(rung.name) { rung.admits($0.compiler) } }
        compilations = points.count
        unmappable = found.count { $0 == nil }
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }
}
