extension WorkloadBuilder {
    /// ResNet-50 v1.5 without its classifier: the results of its four stages, of 256, 512, 1024 and 2048 channels at a 4th to a
    /// 32nd of the image's rows and columns.
    ///
    /// Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, in the layout of torchvision's `resnet50`,
    /// known as v1.5: the stride is in a block's 3×3 convolution.
    mutating func resNet50Stages(_ image: Value.ID) throws -> [Value.ID] {
        var x = try convolutionNorm(
            image, channels: 64, window: Window(7, stride: 2, padding: .symmetric(3)), named: "stem")
        x = try elementwise(.relu, x, named: "stem.relu")
        x = try maxPool(x, window: Window(3, stride: 2, padding: .symmetric(1)), named: "stem.pool")
        var stages: [Value.ID] = []
        for (stage, blocks) in [3, 4, 6, 3].enumerated() {
            for block in 0..<blocks {
                x = try bottleneck(
                    x, channels: 256 << stage, stride: block == 0 && stage > 0 ? 2 : 1, projectsShortcut: block == 0,
                    named: "stage\(stage + 1).block\(block + 1)")
            }
            stages.append(x)
        }
        return stages
    }

    private mutating func convolutionNorm(_ input: Value.ID, channels: Int, window: Window, named name: String) throws
        -> Value.ID
    {
        let x = try convolution(input, channels: channels, window: window, named: name + ".conv")
        return try batchNorm(x, named: name + ".norm")
    }

    /// 1×1 down to a quarter of the channels, 3×3, 1×1 up again, and the residual add.
    private mutating func bottleneck(
        _ input: Value.ID, channels: Int, stride: Int, projectsShortcut: Bool, named name: String
    ) throws -> Value.ID {
        var x = try convolutionNorm(input, channels: channels / 4, window: Window(1), named: name + ".1")
        x = try elementwise(.relu, x, named: name + ".1.relu")
        x = try convolutionNorm(
            x, channels: channels / 4, window: Window(3, stride: stride, padding: .symmetric(1)), named: name + ".2")
        x = try elementwise(.relu, x, named: name + ".2.relu")
        x = try convolutionNorm(x, channels: channels, window: Window(1), named: name + ".3")
        let shortcut =
            projectsShortcut
            ? try convolutionNorm(
                input, channels: channels, window: Window(1, stride: stride), named: name + ".shortcut") : input
        x = try elementwise(.add, x, shortcut, named: name + ".add")
        return try elementwise(.relu, x, named: name + ".relu")
    }
}
