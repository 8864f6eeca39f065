public import Accelerators
internal import Scheduling

/// Maps every region on the datapath: dataflow, tiles, loop orders, padding.
public struct SchedulingPass: CompilerPass {
    public static let name = "scheduling"
    public static let summary = "maps every region on the datapath"
    public static let isGraphPass = false

    private let dataflow: CompilerOptions.DataflowChoice
    private let padding: CompilerOptions.Padding
    private let depthwise: CompilerOptions.Depthwise

    public init(_ options: CompilerOptions) {
        dataflow = options.dataflow
        padding = options.padding
        depthwise = options.depthwise
    }

    public func run(on compilation: inout Compilation) throws {
        let constraints = MappingConstraints(
            dataflow: dataflow, padding: padding, depthwise: depthwise, objective: compilation.objective)
        compilation.constraints = constraints
        compilation.schedules = try RegionScheduling(compilation.graph, on: compilation.view)
            .schedules(under: constraints, by: compilation.scheduler)
        let (schedules, view) = (compilation.schedules, compilation.view)
        compilation.leastCyclesWithoutResidency = schedules.withUnsafeBufferPointer { schedules in
            schedules.indices.reduce(0) { sum, region in
                // By position: a copy of a schedule or a mapping counts its references.
                sum
                    + (schedules[region].tiles.isEmpty
                        ? schedules[region].timing(RegionTraffic(schedules[region]), on: view).cycles
                        : schedules[region].tiles[0].mapped.idealCycles)
            }
        }
    }
}
