/// CRNN: reads a line of text. Seven convolutions make of an image of the line a sequence, two bidirectional long short-term
/// memories go along it, and a product with a softmax gives each place the probabilities of its characters.
///
/// Source: Shi et al., "An End-to-End Trainable Neural Network for Image-based Sequence Recognition and Its Application to Scene
/// Text Recognition", TPAMI 2017, table 1, without the decoder (connectionist temporal classification).
public struct ConvolutionalRecurrentNetwork: Hashable, Sendable {
    /// Columns of the image, whose rows are 32: a line of text. The sequence has a place for every four, and one more.
    public var width: Int
    /// Features of a direction's hidden state.
    public var hidden = 256
    /// Digits, letters, and the blank.
    public var classes = 37

    public init(width: Int = 320) {
        self.width = width
    }

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count, or the image too narrow.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: "ocr-recognizer", batch: batch)
        let image = try builder.input("image", shape: [batch, 1, 32, width])
        // Rows are halved five times, columns twice.
        let halving = Window(2, stride: 2)
        let narrowing = Window(
            height: 2, width: 2, strideHeight: 2, strideWidth: 1,
            padding: .explicit(top: 0, left: 1, bottom: 0, right: 1))
        var x = try builder.convolutionReLU(image, channels: 64, named: "conv1")
        x = try builder.maxPool(x, window: halving, named: "pool1")
        x = try builder.convolutionReLU(x, channels: 128, named: "conv2")
        x = try builder.maxPool(x, window: halving, named: "pool2")
        x = try builder.convolutionReLU(x, channels: 256, normalizes: true, named: "conv3")
        x = try builder.convolutionReLU(x, channels: 256, named: "conv4")
        x = try builder.maxPool(x, window: narrowing, named: "pool3")
        x = try builder.convolutionReLU(x, channels: 512, normalizes: true, named: "conv5")
        x = try builder.convolutionReLU(x, channels: 512, named: "conv6")
        x = try builder.maxPool(x, window: narrowing, named: "pool4")
        x = try builder.convolutionReLU(x, channels: 512, window: Window(2), normalizes: true, named: "conv7")

        let shape = builder.shape(of: x)
        x = try builder.reshape(x, to: [batch, shape[1], shape[3]], named: "sequence.flatten")
        x = try builder.transpose(x, order: [0, 2, 1], named: "sequence")
        x = try builder.lstm(x, hidden: hidden, directions: 2, named: "lstm1")
        x = try builder.lstm(x, hidden: hidden, directions: 2, named: "lstm2")
        let scores = try builder.linear(x, features: classes, bias: true, named: "classifier")
        return try builder.build(outputs: [try builder.softmax(scores, named: "classifier.softmax")])
    }
}

extension WorkloadBuilder {
    fileprivate mutating func convolutionReLU(
        _ input: Value.ID, channels: Int, window: Window = Window(3, padding: .symmetric(1)), normalizes: Bool = false,
        named name: String
    ) throws -> Value.ID {
        var x = try convolution(input, channels: channels, window: window, bias: true, named: name)
        if normalizes { x = try batchNorm(x, named: name + ".norm") }
        return try elementwise(.relu, x, named: name + ".relu")
    }
}
