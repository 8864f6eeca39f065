import Diagnostics
import Testing
import Workloads

/// Shapes that do not fit are refused with the operator's name and the shapes found.
@Suite struct BadInputTests {
    /// Something done to a builder that holds one input.
    typealias Step = @Sendable (inout WorkloadBuilder, Value.ID) throws -> Void

    struct BadStep: CustomTestStringConvertible, Sendable {
        var shape: [Int]
        var mentions: [String]
        var step: Step
        var testDescription: String { mentions.joined(separator: " ") }
    }

    static let badSteps: [BadStep] = [
        BadStep(shape: [1, 16, 8, 8], mentions: ["groups", "3", "[1, 16, 8, 8]"]) { builder, x in
            _ = try builder.convolution(x, channels: 9, window: Window(1), groups: 3, named: "bad")
        },
        BadStep(shape: [1, 16, 8, 8], mentions: ["groups", "found 0"]) { builder, x in
            _ = try builder.convolution(x, channels: 9, window: Window(1), groups: 0, named: "bad")
        },
        BadStep(shape: [1, 16, 8, 8], mentions: ["output channels", "6"]) { builder, x in
            _ = try builder.convolution(x, channels: 6, window: Window(1), groups: 4, named: "bad")
        },
        BadStep(shape: [1, 16, 8, 8], mentions: ["stride", "found 0"]) { builder, x in
            _ = try builder.convolution(x, channels: 4, window: Window(3, stride: 0), named: "bad")
        },
        BadStep(shape: [1, 16, 2, 8], mentions: ["3 × 3", "[1, 16, 2, 8]"]) { builder, x in
            _ = try builder.convolution(x, channels: 4, window: Window(3), named: "bad")
        },
        BadStep(shape: [1, 16, 8], mentions: ["image", "[1, 16, 8]"]) { builder, x in
            _ = try builder.convolution(x, channels: 4, window: Window(3), named: "bad")
        },
        BadStep(shape: [1], mentions: ["features", "[1]"]) { builder, x in
            _ = try builder.linear(x, features: 4, named: "bad")
        },
        BadStep(shape: [1, 8], mentions: ["output feature", "found 0"]) { builder, x in
            _ = try builder.linear(x, features: 0, named: "bad")
        },
        BadStep(shape: [1, 4, 8], mentions: ["[1, 4, 8]", "8 and 4"]) { builder, x in
            _ = try builder.matmul(x, x, named: "bad")
        },
        BadStep(shape: [1, 4, 8, 8], mentions: ["[1, 4, 8, 8]", "[1, 2, 8, 8]", "leading"]) { builder, x in
            let y = try builder.input("y", shape: [1, 2, 8, 8])
            _ = try builder.matmul(x, y, named: "bad")
        },
        BadStep(shape: [1, 16, 8, 8], mentions: ["broadcast", "[1, 16, 8, 8]", "[1, 8, 8, 8]"]) { builder, x in
            let y = try builder.input("y", shape: [1, 8, 8, 8])
            _ = try builder.elementwise(.add, x, y, named: "bad")
        },
        BadStep(shape: [1, 16, 8], mentions: ["[1, 16, 8]", "[1, 64]"]) { builder, x in
            _ = try builder.reshape(x, to: [1, 64], named: "bad")
        },
        BadStep(shape: [4, 16], mentions: ["batch", "[16, 4]"]) { builder, x in
            _ = try builder.reshape(x, to: [16, 4], named: "bad")
        },
        BadStep(shape: [1, 16], mentions: ["sequence", "[1, 16]"]) { builder, x in
            _ = try builder.lstm(x, hidden: 4, named: "bad")
        },
        BadStep(shape: [1, 5, 16], mentions: ["directions", "4 and 3"]) { builder, x in
            _ = try builder.lstm(x, hidden: 4, directions: 3, named: "bad")
        },
        BadStep(shape: [1, 5, 16], mentions: ["hidden", String(Int.max)]) { builder, x in
            _ = try builder.lstm(x, hidden: Int.max, named: "bad")
        },
        BadStep(shape: [1, 5, 16], mentions: ["axis 1", "[1, 5, 16]", "[1, 5, 8]"]) { builder, x in
            _ = try builder.concat([x, builder.input("y", shape: [1, 5, 8])], axis: 1, named: "bad")
        },
        BadStep(shape: [1, 5, 16], mentions: ["two or more", "axis 0"]) { builder, x in
            _ = try builder.concat([x, x], axis: 0, named: "bad")
        },
        BadStep(shape: [1, 5, 16], mentions: ["axis 2", "8 ..< 17"]) { builder, x in
            _ = try builder.slice(x, axis: 2, 8..<17, named: "bad")
        },
        BadStep(shape: [1, 4, 8, 8], mentions: ["larger", "[1, 4, 8, 8]", "[1, 4, 4, 9]"]) { builder, x in
            _ = try builder.upsample(x, toSizeOf: builder.input("y", shape: [1, 4, 4, 9]), named: "bad")
        },
        BadStep(shape: [1, 8], mentions: ["shared weights", "[8, 4]", "[8, 5]"]) { builder, x in
            let weight = try builder.parameter("weight", shape: [8, 5])
            _ = try builder.linear(x, features: 4, sharedWeight: weight, named: "bad")
        },
        BadStep(shape: [1, 8], mentions: ["vector of 8", "[7]"]) { builder, x in
            _ = try builder.biasAdd(x, sharedVector: builder.parameter("vector", shape: [7]), named: "bad")
        },
        BadStep(shape: [4, 16, 2], mentions: ["axis", "[1, 0, 2]"]) { builder, x in
            _ = try builder.transpose(x, order: [1, 0, 2], named: "bad")
        },
        BadStep(shape: [4, 16, 2], mentions: ["order", "[0, 1, 1]"]) { builder, x in
            _ = try builder.transpose(x, order: [0, 1, 1], named: "bad")
        },
        BadStep(shape: [4, 16, 10], mentions: ["3 heads", "[4, 16, 10]"]) { builder, x in
            _ = try builder.splitHeads(x, heads: 3, named: "bad")
        },
        BadStep(shape: [1, 3, 1 << 20, 1 << 20], mentions: ["2^53"]) { builder, x in
            _ = try builder.convolution(x, channels: 1 << 20, window: Window(1), named: "bad")
        },
        BadStep(shape: [1, 4], mentions: ["second operator"]) { builder, x in
            let y = try builder.softmax(x, named: "bad")
            _ = try builder.softmax(y, named: "bad")
        },
    ]

    @Test(arguments: badSteps)
    func badShapesAreNamed(_ bad: BadStep) throws {
        var builder = try WorkloadBuilder(name: "test", batch: bad.shape[0])
        let x = try builder.input("x", shape: bad.shape)
        let error = #expect(throws: DiagnosticError.self) { try bad.step(&builder, x) }
        #expect(error?.kind == .badData)
        #expect(error?.location.field?.hasPrefix("bad") == true)
        for mention in bad.mentions { #expect(error?.message.contains(mention) == true, "\(error?.message ?? "")") }
    }

    @Test(arguments: [[1, 0, 8, 8], [1, 3, -8, 8], [2, 3, 8, 8], [], [1, Int.max, Int.max, 2]])
    func badInputShapesAreNamed(_ shape: [Int]) throws {
        var builder = try WorkloadBuilder(name: "test", batch: 1)
        let error = #expect(throws: DiagnosticError.self) { try builder.input("image", shape: shape) }
        #expect(error?.kind == .badData)
        #expect(error?.location.field == "image")
    }

    /// Eight convolutions of 2^50 multiply–accumulates are as many as can be counted; the ninth is refused.
    @Test func theSumOverOperatorsIsBounded() throws {
        var builder = try WorkloadBuilder(name: "test", batch: 1)
        let x = try builder.input("x", shape: [1, 1 << 10, 1 << 15, 1 << 15])
        func convolve(_ index: Int) throws {
            _ = try builder.convolution(x, channels: 1 << 10, window: Window(1), named: "conv\(index)")
        }
        for index in 1...8 { try convolve(index) }
        let error = #expect(throws: DiagnosticError.self) { try convolve(9) }
        #expect(error?.location.field == "conv9")
        #expect(error?.message.contains("2^53 multiply–accumulates") == true)
    }

    @Test func emptyWorkloadIsRefused() throws {
        var builder = try WorkloadBuilder(name: "test", batch: 1)
        #expect(throws: DiagnosticError.self) { try builder.build(outputs: []) }
    }
}
