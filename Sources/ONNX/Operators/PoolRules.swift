internal import Workloads

/// Pools over windows of an image and over all of it.
enum PoolRules {
    static let rules: [String: OperatorRule] = [
        "MaxPool": { [try pool($0, &$1) { .maxPool(taps: $0) }] },
        "AveragePool": { [try pool($0, &$1) { .averagePool(taps: $0) }] },
        // The absolute value of each tap, a power of it and the root of the sum are left out.
        "LpPool": { [try pool($0, &$1) { .averagePool(taps: $0) }] },
        "GlobalAveragePool": { node, lowering in
            let input = try node.input(0)
            if input.shape.count == 4 {
                let shape = Array(input.shape[..<2]) + [1, 1]
                return [try lowering.append(.globalAveragePool, [input], shape: shape, of: node)]
            }
            return [try reduced(.mean, node, &lowering)]
        },
        "GlobalMaxPool": { [try reduced(.maximum, $0, &$1)] },
        "GlobalLpPool": { [try reduced(.norm, $0, &$1)] },
    ]

    /// Input [N, C, …]: over one or two spatial axes.
    private static func pool(_ node: OperatorNode, _ lowering: inout Lowering, _ kind: (Int) -> OperatorKind) throws
        -> Tensor
    {
        let given = try node.input(0)
        let (input, before, after) = ConvolutionRules.unpadded(given)
        guard (3...4).contains(input.shape.count) else {
            throw node.fault(
                "expected an input [N, C, L] or [N, C, H, W], found \(shapeText(input.shape))",
                remedy: "pools over three or more spatial axes are not supported")
        }
        let window = try SpatialWindow(
            node, kernel: nil, input: Array(input.shape[2...]), before: before, after: after)
        let extents = try window.outputExtents(node, roundsUp: node.int("ceil_mode") == 1)
        let leading = Array(input.shape[..<2])
        try lowering.check(leading + extents + [window.taps], of: node)
        guard extents.count == 1 else {
            return try lowering.append(kind(window.taps), [input], shape: leading + extents, of: node)
        }
        let rows = try lowering.view(input, shape: leading + [1] + window.input, of: node, part: "rows")
        let pooled = try lowering.append(kind(window.taps), [rows], shape: leading + [1] + extents, of: node)
        return try lowering.view(pooled, shape: leading + extents, of: node, part: "columns")
    }

    /// A reduction over all spatial axes.
    private static func reduced(_ function: ReductionFunction, _ node: OperatorNode, _ lowering: inout Lowering) throws
        -> Tensor
    {
        let input = try node.input(0)
        guard input.shape.count > 2 else {
            throw node.fault("expected an input [N, C, …], found \(shapeText(input.shape))")
        }
        return try lowering.reduce(function, input, axes: Array(2..<input.shape.count), keepsAxes: true, of: node)
    }
}
