/// EfficientNet-B0 … B7 at their native resolutions.
///
/// Mobile inverted bottlenecks with squeeze-and-excite, compound-scaled from B0 in width, depth and resolution. Source:
/// Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019, table 1 (the
/// stages), and the authors' TensorFlow code (scaling coefficients, rounding, "same" padding, swish in the
/// squeeze-and-excite).
public struct EfficientNet: Hashable, Sendable {
    /// 0 … 7.
    public var variant: Int
    /// Multiplier of the channels, in tenths: whole numbers, so that rounding is exact.
    var widthTenths: Int
    /// Multiplier of the blocks a stage, in tenths.
    var depthTenths: Int
    /// Rows and columns of the image.
    public var resolution: Int

    /// B0 … B7.
    public static let variants: [EfficientNet] = [
        EfficientNet(variant: 0, widthTenths: 10, depthTenths: 10, resolution: 224),
        EfficientNet(variant: 1, widthTenths: 10, depthTenths: 11, resolution: 240),
        EfficientNet(variant: 2, widthTenths: 11, depthTenths: 12, resolution: 260),
        EfficientNet(variant: 3, widthTenths: 12, depthTenths: 14, resolution: 300),
        EfficientNet(variant: 4, widthTenths: 14, depthTenths: 18, resolution: 380),
        EfficientNet(variant: 5, widthTenths: 16, depthTenths: 22, resolution: 456),
        EfficientNet(variant: 6, widthTenths: 18, depthTenths: 26, resolution: 528),
        EfficientNet(variant: 7, widthTenths: 20, depthTenths: 31, resolution: 600),
    ]

    /// The name in the zoo.
    public var name: String { "efficientnet-b\(variant)" }

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: name, batch: batch)
        let image = try builder.input("image", shape: [batch, 3, resolution, resolution])
        var x = try builder.convolutionNormSwish(
            image, channels: roundedChannels(32), window: Window(3, stride: 2, padding: .same), named: "stem")
        for (index, stage) in Self.stages.enumerated() {
            for block in 0..<repeats(of: stage) {
                x = try builder.invertedBottleneck(
                    x, channels: roundedChannels(stage.channels), expansion: stage.expansion, kernel: stage.kernel,
                    stride: block == 0 ? stage.stride : 1, named: "stage\(index + 1).block\(block + 1)")
            }
        }
        x = try builder.convolutionNormSwish(x, channels: roundedChannels(1280), window: Window(1), named: "head")
        let pooled = try builder.globalAveragePool(x, named: "head.pool")
        let features = try builder.reshape(pooled, to: [batch, roundedChannels(1280)], named: "head.flatten")
        let logits = try builder.linear(features, features: 1000, bias: true, named: "classifier")
        return try builder.build(outputs: [logits])
    }

    /// A row of the paper's table 1: B0's blocks.
    private struct Stage {
        var repeats: Int
        var kernel: Int
        var stride: Int
        var expansion: Int
        var channels: Int
    }

    private static let stages: [Stage] = [
        Stage(repeats: 1, kernel: 3, stride: 1, expansion: 1, channels: 16),
        Stage(repeats: 2, kernel: 3, stride: 2, expansion: 6, channels: 24),
        Stage(repeats: 2, kernel: 5, stride: 2, expansion: 6, channels: 40),
        Stage(repeats: 3, kernel: 3, stride: 2, expansion: 6, channels: 80),
        Stage(repeats: 3, kernel: 5, stride: 1, expansion: 6, channels: 112),
        Stage(repeats: 4, kernel: 5, stride: 2, expansion: 6, channels: 192),
        Stage(repeats: 1, kernel: 3, stride: 1, expansion: 6, channels: 320),
    ]

    /// ⌈depth · repeats⌉
    private func repeats(of stage: Stage) -> Int { (stage.repeats * depthTenths + 9) / 10 }

    /// Width · channels to the nearest multiple of 8, but never below 9/10 of it.
    private func roundedChannels(_ channels: Int) -> Int {
        let scaledTenths = channels * widthTenths
        let rounded = max(8, (scaledTenths + 40) / 80 * 8)
        return rounded * 100 < scaledTenths * 9 ? rounded + 8 : rounded
    }
}

extension WorkloadBuilder {
    fileprivate mutating func convolutionNormSwish(
        _ input: Value.ID, channels: Int, window: Window, groups: Int = 1, named name: String
    ) throws -> Value.ID {
        let x = try convolution(input, channels: channels, window: window, groups: groups, named: name + ".conv")
        return try elementwise(.swish, try batchNorm(x, named: name + ".norm"), named: name + ".swish")
    }

    /// Expansion (none at ratio 1), depthwise convolution, squeeze-and-excite, projection, and a residual add where
    /// shapes allow.
    fileprivate mutating func invertedBottleneck(
        _ input: Value.ID, channels: Int, expansion: Int, kernel: Int, stride: Int, named name: String
    ) throws -> Value.ID {
        let inputChannels = shape(of: input)[1]
        let expanded = inputChannels * expansion
        var x = input
        if expansion != 1 {
            x = try convolutionNormSwish(x, channels: expanded, window: Window(1), named: name + ".expand")
        }
        x = try convolutionNormSwish(
            x, channels: expanded, window: Window(kernel, stride: stride, padding: .same), groups: expanded,
            named: name + ".depthwise")
        // The ratio, 0.25, is of the block's input, not of the expanded channels.
        x = try squeezeAndExcite(x, squeezedChannels: max(1, inputChannels / 4), named: name + ".se")
        x = try convolution(x, channels: channels, window: Window(1), named: name + ".project.conv")
        x = try batchNorm(x, named: name + ".project.norm")
        guard stride == 1, channels == inputChannels else { return x }
        return try elementwise(.add, x, input, named: name + ".add")
    }

    /// x · sigmoid(W₂ swish(W₁ mean(x) + b₁) + b₂)
    private mutating func squeezeAndExcite(_ input: Value.ID, squeezedChannels: Int, named name: String) throws
        -> Value.ID
    {
        let channels = shape(of: input)[1]
        var gate = try globalAveragePool(input, named: name + ".pool")
        gate = try convolution(
            gate, channels: squeezedChannels, window: Window(1), bias: true, named: name + ".reduce")
        gate = try elementwise(.swish, gate, named: name + ".swish")
        gate = try convolution(gate, channels: channels, window: Window(1), bias: true, named: name + ".expand")
        gate = try elementwise(.sigmoid, gate, named: name + ".sigmoid")
        return try elementwise(.multiply, input, gate, named: name + ".multiply")
    }
}
