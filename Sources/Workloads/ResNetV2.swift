/// ResNet v2: residual networks with normalisation and activation before each convolution.
///
/// Source: He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016, in the layout of timm's `resnetv2_50`:
/// the stride is in a block's 3×3 convolution, the shortcut starts after the first normalisation, the classifier is a
/// 1×1 convolution.
public struct ResNetV2: Hashable, Sendable {
    /// The name in the zoo.
    public var name: String
    /// Blocks in each of the four stages.
    public var blocks: [Int]
    /// Rows and columns of the image.
    public var resolution: Int

    /// 50 layers: 3 + 4 + 6 + 3 bottlenecks of 3 convolutions, stem and classifier.
    public static let resNet50 = ResNetV2(name: "resnet-50-v2", blocks: [3, 4, 6, 3], resolution: 224)

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: name, batch: batch)
        let image = try builder.input("image", shape: [batch, 3, resolution, resolution])
        var x = try builder.convolution(
            image, channels: 64, window: Window(7, stride: 2, padding: .symmetric(3)), named: "stem.conv")
        x = try builder.maxPool(x, window: Window(3, stride: 2, padding: .symmetric(1)), named: "stem.pool")
        for (stage, count) in blocks.enumerated() {
            for block in 0..<count {
                x = try builder.preActivationBottleneck(
                    x, channels: 256 << stage, stride: block == 0 && stage > 0 ? 2 : 1, projectsShortcut: block == 0,
                    named: "stage\(stage + 1).block\(block + 1)")
            }
        }
        x = try builder.normRelu(x, named: "head")
        x = try builder.globalAveragePool(x, named: "head.pool")
        x = try builder.convolution(x, channels: 1000, window: Window(1), bias: true, named: "classifier")
        let logits = try builder.reshape(x, to: [batch, 1000], named: "classifier.flatten")
        return try builder.build(outputs: [logits])
    }
}

extension WorkloadBuilder {
    fileprivate mutating func normRelu(_ input: Value.ID, named name: String) throws -> Value.ID {
        try elementwise(.relu, try batchNorm(input, named: name + ".norm"), named: name + ".relu")
    }

    fileprivate mutating func preActivationBottleneck(
        _ input: Value.ID, channels: Int, stride: Int, projectsShortcut: Bool, named name: String
    ) throws -> Value.ID {
        let inner = channels / 4
        let active = try normRelu(input, named: name + ".1")
        let shortcut =
            projectsShortcut
            ? try convolution(
                active, channels: channels, window: Window(1, stride: stride), named: name + ".shortcut") : input
        var x = try convolution(active, channels: inner, window: Window(1), named: name + ".1.conv")
        x = try normRelu(x, named: name + ".2")
        x = try convolution(
            x, channels: inner, window: Window(3, stride: stride, padding: .symmetric(1)), named: name + ".2.conv")
        x = try normRelu(x, named: name + ".3")
        x = try convolution(x, channels: channels, window: Window(1), named: name + ".3.conv")
        return try elementwise(.add, x, shortcut, named: name + ".add")
    }
}
