import Accelerators
import RandomNumbers
import Scheduling
import TestSupport
import Workloads

/// A datapath's view with buffers so large that capacity never matters.
func roomyView(hasL2: Bool, hasGlobalMemory: Bool, grid: Int = 16, array: Extent2D = Extent2D(x: 4, y: 4))
    -> SchedulingView
{
    SchedulingView(
        Datapath(
            peGrid: Extent2D(x: grid, y: grid), array: array, vectorMultiplier: 2,
            l1: L1Buffers(configuration: .private, inputKiB: 1024, weightKiB: 1024, outputKiB: 1024),
            l2: hasL2
                ? L2Buffers(configuration: .private, inputMultiplier: 2, weightMultiplier: 2, outputMultiplier: 2)
                : nil,
            globalMemoryMiB: hasGlobalMemory ? 16 : 0, dram: .gddr6(channels: 1)))
}

/// What a random nest may have.
struct NestVariety {
    var largestExtent = 7
    var pads = true
    var dilates = false

    func nest(using generator: inout SplitMix64) -> LoopNest {
        let groups = generator.chance(3) ? generator.number(2...4) : 1
        let isDepthwise = groups > 1 && generator.chance(2)
        let filter = (height: generator.number(1...3), width: generator.number(1...3))
        let output = (height: generator.number(1...largestExtent), width: generator.number(1...largestExtent))
        let stride = (height: generator.number(1...2), width: generator.number(1...2))
        let dilation = dilates ? (height: generator.number(1...2), width: generator.number(1...2)) : (1, 1)
        func stored(_ outputs: Int, _ stride: Int, _ filter: Int, _ dilation: Int) -> Int {
            let needed = (outputs - 1) * stride + (filter - 1) * dilation + 1
            guard pads, filter > 1 else { return needed + (stride > 1 ? generator.number(0...1) : 0) }
            return max(1, needed - generator.number(-1...(filter - 1) * dilation))
        }
        let depth = max(2, largestExtent - 2)
        var nest = LoopNest(
            groups: groups, batch: generator.number(1...3),
            outputChannels: isDepthwise ? 1 : generator.number(1...depth),
            inputChannels: isDepthwise ? 1 : generator.number(1...depth), outputHeight: output.height,
            outputWidth: output.width, filterHeight: filter.height, filterWidth: filter.width,
            strideHeight: stride.height, strideWidth: stride.width, dilationHeight: dilation.0,
            dilationWidth: dilation.1,
            inputHeight: stored(output.height, stride.height, filter.height, dilation.0),
            inputWidth: stored(output.width, stride.width, filter.width, dilation.1),
            paddingTop: pads && generator.chance(2) ? generator.number(0...(filter.height - 1) * dilation.0) : nil,
            paddingLeft: pads && generator.chance(2) ? generator.number(0...(filter.width - 1) * dilation.1) : nil)
        nest.types = .random(using: &generator)
        return nest
    }
}

extension OperandTypes {
    /// bfloat16 as often as not.
    static func random(using generator: inout SplitMix64) -> OperandTypes {
        if generator.chance(2) { return .bfloat16 }
        let types: [NumericType] = [.int8, .float16, .float32]
        func type() -> NumericType { types[generator.number(0...2)] }
        return OperandTypes(input: type(), weight: type(), output: type())
    }
}

/// What a random mapping may do.
struct MappingVariety {
    var hasL2: Bool
    var hasGlobalMemory: Bool
    /// Whether tiles may leave remainders.
    var isRagged = true

    /// Whether PEs may share C, and so add up partial sums.
    var sharesReductions = true

    private var spatial: [Dimension] {
        [.outputChannels, .batch, .outputHeight, .outputWidth, .groups] + (sharesReductions ? [.inputChannels] : [])
    }

    func mapping(of nest: LoopNest, unit: ComputeUnit, using generator: inout SplitMix64) -> Mapping {
        /// A part of an extent that divides it, or not.
        func part(_ extent: Int) -> Int {
            while true {
                let part = generator.number(1...extent)
                if isRagged || extent % part == 0 { return part }
            }
        }
        var l1 = Extents()
        var l2 = Extents()
        for dimension in Dimension.allCases {
            let isFilter = dimension == .filterHeight || dimension == .filterWidth
            l2[dimension] = isFilter ? nest[dimension] : part(nest[dimension])
            l1[dimension] = isFilter || !hasL2 ? l2[dimension] : part(l2[dimension])
        }
        let gridX = SpatialLoop(
            spatial.randomElement(using: &generator) ?? .batch, factor: generator.number(1...3))
        let gridY = SpatialLoop(
            spatial.randomElement(using: &generator) ?? .batch, factor: generator.number(1...3))
        func order() -> LoopOrder { LoopOrder(Dimension.allCases.shuffled(using: &generator)) }
        var mapping = Mapping(
            unit: unit, gridX: gridX, gridY: gridY, l1Tile: l1, l2Tile: l2, globalTile: l2, l2Order: order(),
            globalOrder: order(), dramOrder: order())
        for dimension in Dimension.allCases {
            let grid = l2[dimension] * mapping.gridFactors[dimension]
            if !hasGlobalMemory {
                mapping.globalTile[dimension] = grid
            } else if generator.chance(3) {
                mapping.globalTile[dimension] = nest[dimension]
            } else {
                mapping.globalTile[dimension] = grid * generator.number(1...max(1, nest[dimension] / grid))
            }
        }
        return mapping
    }
}
