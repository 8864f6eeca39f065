internal import Workloads

/// Images of another size.
enum ResizeRules {
    static let rules: [String: OperatorRule] = [
        "Resize": { node, lowering in [try resize(node, &lowering)] },
        "Upsample": { node, lowering in
            let input = try node.input(0)
            let scales = try node.floats("scales") ?? node.constantNumbers(1, "scales") ?? []
            return [try resized(input, to: try scaled(input.shape, by: scales, node), node, &lowering)]
        },
        "GridSample": { node, lowering in
            let (input, grid) = (try node.input(0), try node.input(1))
            guard input.shape.count == 4, grid.shape.count == 4, grid.shape[0] == input.shape[0] else {
                throw node.fault(
                    "expected an image [N, C, H, W] and a grid [N, P, Q, 2], found \(shapeText(input.shape)) and"
                        + " \(shapeText(grid.shape))")
            }
            let shape = Array(input.shape[..<2]) + Array(grid.shape[1..<3])
            let mode = try node.string("mode") ?? "linear"
            return [
                try lowering.append(
                    .averagePool(taps: taps(mode, axes: 2)), [input], parameters: grid.id == nil ? [grid] : [],
                    shape: shape, of: node)
            ]
        },
    ]

    private static func resize(_ node: OperatorNode, _ lowering: inout Lowering) throws -> Tensor {
        let input = try node.input(0)
        let rank = input.shape.count
        // Opset 10 has the scales where later ones have the region.
        let scalesIndex = node.opset < 11 ? 1 : 2
        let axes = try (try node.ints("axes") ?? Array(0..<rank)).map { try node.axis($0, rank: rank) }
        var shape = input.shape
        if let sizes = try node.constantInts(3, "sizes"), !sizes.isEmpty {
            guard sizes.count == axes.count, sizes.allSatisfy({ $0 > 0 }) else {
                throw node.fault("expected \(axes.count) sizes of at least 1, found \(shapeText(sizes))")
            }
            for (size, axis) in zip(sizes, axes) { shape[axis] = size }
            let policy = try node.string("keep_aspect_ratio_policy") ?? "stretch"
            if policy != "stretch" {
                let ratios = zip(sizes, axes).map { Double($0) / Double(max(1, input.shape[$1])) }
                let ratio = (policy == "not_larger" ? ratios.min() : ratios.max()) ?? 1
                for axis in axes { shape[axis] = Int(clamping: (ratio * Double(input.shape[axis])).rounded()) }
            }
        } else {
            let scales = try node.constantNumbers(scalesIndex, "scales") ?? []
            guard scales.count == axes.count else {
                throw node.fault("expected \(axes.count) scales or sizes, found \(scales.count)")
            }
            guard try node.string("coordinate_transformation_mode") != "tf_crop_and_resize" else {
                throw node.fault(
                    "expected sizes with the mode tf_crop_and_resize, found scales, which are not supported")
            }
            let extents = try scaled(axes.map { input.shape[$0] }, by: scales, node)
            for (extent, axis) in zip(extents, axes) { shape[axis] = extent }
        }
        return try resized(input, to: shape, node, &lowering)
    }

    private static func scaled(_ shape: [Int], by scales: [Double], _ node: OperatorNode) throws -> [Int] {
        guard scales.count == shape.count, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw node.fault("expected a scale above 0 for each of \(shape.count) axes, found \(scales.prefix(64))")
        }
        return zip(shape, scales).map { Int(clamping: (Double($0) * $1).rounded(.down)) }
    }

    /// Elements that a result is interpolated from, when so many axes change.
    private static func taps(_ mode: String, axes: Int) -> Int {
        let perAxis =
            switch mode {
            case "linear", "bilinear": 2
            case "cubic", "bicubic": 4
            default: 1
            }
        return (0..<min(axes, 8)).reduce(1) { taps, _ in taps * perAxis }
    }

    /// Nearest-neighbour growth is a view; interpolation is a weighted mean, costed as an average pool.
    private static func resized(_ input: Tensor, to shape: [Int], _ node: OperatorNode, _ lowering: inout Lowering)
        throws -> Tensor
    {
        try lowering.check(shape, of: node)
        let changed = shape.indices.filter { shape[$0] != input.shape[$0] }
        guard !changed.isEmpty else { return input }
        let mode = try node.string("mode") ?? "nearest"
        let isImage = shape.count == 4 && changed.allSatisfy { $0 > 1 }
        if mode == "nearest" {
            let grows = changed.allSatisfy { shape[$0] > input.shape[$0] }
            return try lowering.append(isImage && grows ? .upsample : .copy, [input], shape: shape, of: node)
        }
        let kind = OperatorKind.averagePool(taps: taps(mode, axes: changed.count))
        if isImage { return try lowering.append(kind, [input], shape: shape, of: node) }
        guard changed.allSatisfy({ $0 > 1 }), shape.count == 3 || shape.count == 5 else {
            throw node.fault(
                "expected an image [N, C, …] whose rows and columns change, found \(shapeText(input.shape)) →"
                    + " \(shapeText(shape))")
        }
        // As an image: of one row, or with depth and rows drawn together.
        func image(_ shape: [Int]) -> [Int] {
            shape.count == 3 ? [shape[0], shape[1], 1, shape[2]] : [shape[0], shape[1], shape[2] * shape[3], shape[4]]
        }
        let source = try lowering.view(input, shape: image(input.shape), of: node, part: "rows")
        let result = try lowering.append(kind, [source], shape: image(shape), of: node)
        return try lowering.view(result, shape: shape, of: node, part: "columns")
    }
}
