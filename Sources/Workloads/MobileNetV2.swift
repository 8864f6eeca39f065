/// MobileNetV2: inverted residuals with linear bottlenecks, at width 1.
///
/// Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, table 2.
public struct MobileNetV2: Hashable, Sendable {
    /// Rows and columns of the image.
    public var resolution: Int

    public init(resolution: Int = 224) {
        self.resolution = resolution
    }

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: "mobilenet-v2", batch: batch)
        let image = try builder.input("image", shape: [batch, 3, resolution, resolution])
        var x = try builder.convolutionNormReLU6(image, channels: 32, window: Self.window(stride: 2), named: "stem")
        for (index, stage) in Self.stages.enumerated() {
            for block in 0..<stage.repeats {
                x = try builder.invertedResidual(
                    x, channels: stage.channels, expansion: stage.expansion, stride: block == 0 ? stage.stride : 1,
                    named: "stage\(index + 1).block\(block + 1)")
            }
        }
        x = try builder.convolutionNormReLU6(x, channels: 1280, window: Window(1), named: "head")
        x = try builder.globalAveragePool(x, named: "head.pool")
        let features = try builder.reshape(x, to: [batch, 1280], named: "head.flatten")
        let logits = try builder.linear(features, features: 1000, bias: true, named: "classifier")
        return try builder.build(outputs: [logits])
    }

    /// A row of the paper's table 2.
    private struct Stage {
        var expansion: Int
        var channels: Int
        var repeats: Int
        var stride: Int
    }

    private static let stages: [Stage] = [
        Stage(expansion: 1, channels: 16, repeats: 1, stride: 1),
        Stage(expansion: 6, channels: 24, repeats: 2, stride: 2),
        Stage(expansion: 6, channels: 32, repeats: 3, stride: 2),
        Stage(expansion: 6, channels: 64, repeats: 4, stride: 2),
        Stage(expansion: 6, channels: 96, repeats: 3, stride: 1),
        Stage(expansion: 6, channels: 160, repeats: 3, stride: 2),
        Stage(expansion: 6, channels: 320, repeats: 1, stride: 1),
    ]

    fileprivate static func window(stride: Int) -> Window { Window(3, stride: stride, padding: .symmetric(1)) }
}

extension WorkloadBuilder {
    fileprivate mutating func convolutionNormReLU6(
        _ input: Value.ID, channels: Int, window: Window, groups: Int = 1, named name: String
    ) throws -> Value.ID {
        let x = try convolution(input, channels: channels, window: window, groups: groups, named: name + ".conv")
        return try clip(try batchNorm(x, named: name + ".norm"), to: 0...6, named: name + ".relu6")
    }

    /// Expansion (none at ratio 1), depthwise convolution, projection without activation, and a residual add where shapes
    /// allow.
    fileprivate mutating func invertedResidual(
        _ input: Value.ID, channels: Int, expansion: Int, stride: Int, named name: String
    ) throws -> Value.ID {
        let inputChannels = shape(of: input)[1]
        let expanded = inputChannels * expansion
        var x = input
        if expansion != 1 {
            x = try convolutionNormReLU6(x, channels: expanded, window: Window(1), named: name + ".expand")
        }
        x = try convolutionNormReLU6(
            x, channels: expanded, window: MobileNetV2.window(stride: stride), groups: expanded,
            named: name + ".depthwise")
        x = try convolution(x, channels: channels, window: Window(1), named: name + ".project.conv")
        x = try batchNorm(x, named: name + ".project.norm")
        guard stride == 1, channels == inputChannels else { return x }
        return try elementwise(.add, x, input, named: name + ".add")
    }
}
