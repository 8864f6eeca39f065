/// A detector's region proposal network on a feature pyramid: where in an image there is text, and how large.
///
/// ResNet-50 v1.5, a pyramid of five levels, and a head that all levels share: a 3×3 convolution, and for every anchor of a
/// place a score and four offsets. Choosing among the proposals is not part of it.
///
/// Sources: Ren et al., "Faster R-CNN", NIPS 2015, and Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017, in
/// the layout of torchvision's `fasterrcnn_resnet50_fpn`. It stands in for the detection network of an OCR pipeline that is
/// not published.
public struct RegionProposalNetwork: Hashable, Sendable {
    /// Rows and columns of the image.
    public var resolution: Int
    /// Channels of each level of the pyramid.
    public var channels = 256
    /// Shapes of box that are proposed at each place.
    public var anchors = 3

    public init(resolution: Int = 1024) {
        self.resolution = resolution
    }

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: "ocr-rpn", batch: batch)
        let image = try builder.input("image", shape: [batch, 3, resolution, resolution])
        let levels = try pyramid(try builder.resNet50Stages(image), in: &builder)
        return try builder.build(outputs: try proposals(levels, in: &builder))
    }

    /// P2 … P5, each a stage's result plus the coarser level upsampled, and P6, every second pixel of P5.
    private func pyramid(_ stages: [Value.ID], in builder: inout WorkloadBuilder) throws -> [Value.ID] {
        var levels: [Value.ID] = []
        var coarser: Value.ID?
        for (index, stage) in stages.enumerated().reversed() {
            let name = "pyramid.p\(index + 2)"
            var merged = try builder.convolution(
                stage, channels: channels, window: Window(1), bias: true, named: name + ".lateral")
            if let coarser {
                let upsampled = try builder.upsample(coarser, toSizeOf: merged, named: name + ".upsample")
                merged = try builder.elementwise(.add, merged, upsampled, named: name + ".add")
            }
            coarser = merged
            let level = try builder.convolution(
                merged, channels: channels, window: Window(3, padding: .symmetric(1)), bias: true, named: name)
            levels.insert(level, at: 0)
        }
        let last = try builder.maxPool(levels[levels.count - 1], window: Window(1, stride: 2), named: "pyramid.p6")
        return levels + [last]
    }

    /// The scores of all levels, then the offsets.
    private func proposals(_ levels: [Value.ID], in builder: inout WorkloadBuilder) throws -> [Value.ID] {
        let head = try HeadConvolution("head.conv", from: channels, to: channels, size: 3, in: &builder)
        let score = try HeadConvolution("head.score", from: channels, to: anchors, size: 1, in: &builder)
        let offset = try HeadConvolution("head.offset", from: channels, to: 4 * anchors, size: 1, in: &builder)
        var results: (scores: [Value.ID], offsets: [Value.ID]) = ([], [])
        for (index, level) in levels.enumerated() {
            let name = ".p\(index + 2)"
            var x = try head.apply(to: level, in: &builder, suffix: name)
            x = try builder.elementwise(.relu, x, named: "head.relu" + name)
            results.scores.append(try score.apply(to: x, in: &builder, suffix: name))
            results.offsets.append(try offset.apply(to: x, in: &builder, suffix: name))
        }
        return results.scores + results.offsets
    }

    /// A convolution whose weights and bias all levels share.
    private struct HeadConvolution {
        var name: String
        var channels: Int
        var window: Window
        var weight: Value.ID
        var bias: Value.ID

        init(_ name: String, from input: Int, to channels: Int, size: Int, in builder: inout WorkloadBuilder) throws {
            self.name = name
            self.channels = channels
            window = Window(size, padding: .symmetric(size / 2))
            weight = try builder.parameter(name + ".weight", shape: [channels, input, size, size])
            bias = try builder.parameter(name + ".bias", shape: [channels])
        }

        func apply(to input: Value.ID, in builder: inout WorkloadBuilder, suffix: String) throws -> Value.ID {
            let x = try builder.convolution(
                input, channels: channels, window: window, sharedWeight: weight, named: name + suffix)
            return try builder.biasAdd(x, sharedVector: bias, named: name + suffix + ".bias")
        }
    }
}
