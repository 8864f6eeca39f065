import Diagnostics

/// ViT: a transformer encoder over the patches of an image and a token that stands for its class.
///
/// Source: Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", ICLR 2021, in the layout
/// of timm's `vit_base_patch16_224`: norms stand before attention and feed-forward blocks, query, key and value are one product,
/// queries are scaled.
public struct VisionTransformer: Hashable, Sendable {
    /// The name in the zoo.
    public var name: String
    /// Rows and columns of the image, a multiple of `patch`.
    public var resolution: Int
    /// Rows and columns of a patch.
    public var patch: Int
    public var layers: Int
    public var hidden: Int
    public var heads: Int
    /// Features between the two products of a feed-forward block.
    public var intermediate: Int

    /// ViT-B/16.
    public static let base16 = VisionTransformer(
        name: "vit-b16", resolution: 224, patch: 16, layers: 12, hidden: 768, heads: 12, intermediate: 3072)

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count, or the resolution no multiple of a patch's.
    public func workload(batch: Int) throws -> Workload {
        guard resolution % patch == 0 else {
            throw DiagnosticError(
                .usage, "expected a multiple of a patch's \(patch) rows, found \(resolution)",
                at: SourceLocation(field: "resolution"))
        }
        var builder = try WorkloadBuilder(name: name, batch: batch)
        let image = try builder.input("image", shape: [batch, 3, resolution, resolution])
        var x = try builder.convolution(
            image, channels: hidden, window: Window(patch, stride: patch), bias: true, named: "patches")
        let size = builder.shape(of: x)
        let patches = size[2] * size[3]
        x = try builder.reshape(x, to: [batch, hidden, patches], named: "patches.flatten")
        x = try builder.transpose(x, order: [0, 2, 1], named: "patches.transpose")
        let token = try builder.parameter("class", shape: [1, 1, hidden])
        x = try builder.concat([x, token], axis: 1, named: "tokens")
        let positions = try builder.parameter("positions", shape: [1, patches + 1, hidden])
        x = try builder.elementwise(.add, x, positions, named: "tokens.addPosition")

        for layer in 0..<layers {
            let name = "layer\(layer)"
            let normed = try builder.layerNorm(x, named: name + ".attention.norm")
            let parts = try builder.queryKeyValue(normed, heads: heads, named: name + ".attention")
            let attended = try builder.attend(
                parts[0], parts[1], parts[2], scalesQuery: true, mask: nil, named: name + ".attention")
            x = try builder.elementwise(.add, attended, x, named: name + ".attention.add")
            let inner = try builder.feedForward(
                try builder.layerNorm(x, named: name + ".norm"), intermediate: intermediate, activation: .gelu,
                named: name)
            x = try builder.elementwise(.add, inner, x, named: name + ".add")
        }
        x = try builder.layerNorm(x, named: "head.norm")
        x = try builder.firstPosition(of: x, named: "head.class")
        let logits = try builder.linear(x, features: 1000, bias: true, named: "classifier")
        return try builder.build(outputs: [logits])
    }
}
