import Testing
import Workloads

@Suite struct WindowTests {
    /// Every window, stride, dilation and padding of small sizes, against placing the window step by step.
    @Test(arguments: 1...5, 1...3)
    func outputSizeEqualsPlacingTheWindow(_ size: Int, _ stride: Int) {
        for dilation in 1...3 {
            for input in 1...12 {
                for (before, after) in [(0, 0), (1, 1), (0, 1), (2, 0), (3, 2)] {
                    let window = Window(
                        size, stride: stride, dilation: dilation,
                        padding: .explicit(top: before, left: after, bottom: after, right: before))
                    var places = 0
                    var start = -before
                    while start + (size - 1) * dilation < input + after {
                        places += 1
                        start += stride
                    }
                    let found = window.outputSize(inputHeight: input, inputWidth: input)
                    #expect((found?.height ?? 0) == places)
                    #expect((found?.width ?? 0) == places)
                }
            }
        }
    }

    /// "Same" makes ⌈input / stride⌉ outputs with the fewest rows of padding, of which the end has as many or one more.
    @Test(arguments: 1...7, 1...4)
    func samePaddingIsTheLeastThatCoversTheInput(_ size: Int, _ stride: Int) throws {
        for dilation in 1...2 {
            for input in 1...20 {
                let window = Window(size, stride: stride, dilation: dilation, padding: .same)
                let margins = window.margins(inputHeight: input, inputWidth: input)
                let outputs = (1...input).count { ($0 - 1) % stride == 0 }
                #expect(window.outputSize(inputHeight: input, inputWidth: input)?.height == outputs)
                #expect(margins.bottom - margins.top == 0 || margins.bottom - margins.top == 1)
                #expect(margins.top == margins.left && margins.bottom == margins.right)
                let total = margins.top + margins.bottom
                if total > 0 {
                    let less = Window(
                        size, stride: stride, dilation: dilation,
                        padding: .explicit(top: 0, left: 0, bottom: total - 1, right: total - 1))
                    #expect((less.outputSize(inputHeight: input, inputWidth: input)?.height ?? 0) < outputs)
                }
            }
        }
    }

    @Test func faultsAreNamed() {
        #expect(Window(3).fault == nil)
        #expect(Window(0).fault?.contains("height") == true)
        #expect(Window(3, stride: 0).fault?.contains("stride") == true)
        #expect(Window(3, dilation: -1).fault?.contains("dilation") == true)
        #expect(Window(3, padding: .symmetric(-1)).fault?.contains("padding") == true)
        #expect(Window(Int.max, stride: Int.max).fault != nil)
    }
}
