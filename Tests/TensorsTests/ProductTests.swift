import RandomNumbers
import Tensors
import Testing

/// Products against the textbook's triple loop in double precision.
@Suite struct ProductTests {
    private static let sizes = [(1, 1, 1), (1, 7, 3), (5, 1, 2), (3, 4, 5), (17, 33, 9), (64, 200, 128), (13, 0, 4)]

    @Test(arguments: sizes, [(false, false), (true, false), (false, true), (true, true)])
    func agreesWithTripleLoop(size: (Int, Int, Int), transposition: (Bool, Bool)) {
        let (m, k, n) = size
        let (isATransposed, isBTransposed) = transposition
        var generator = SplitMix64(seed: 7)
        let a = Tensor.normal(isATransposed ? [k, m] : [m, k], using: &generator)
        let b = Tensor.normal(isBTransposed ? [n, k] : [k, n], using: &generator)
        let product = a.multiplied(by: b, transposed: isATransposed, otherTransposed: isBTransposed)
        #expect(product.shape == [m, n])
        var expected: [Double] = []
        for i in 0..<m {
            for j in 0..<n {
                var sum = 0.0
                for l in 0..<k {
                    sum += Double(isATransposed ? a[l, i] : a[i, l]) * Double(isBTransposed ? b[j, l] : b[l, j])
                }
                expected.append(sum)
            }
        }
        // k products of numbers of size 1, each rounded to 24 bits: k · 2^-24 and some.
        #expect(product.distance(to: expected) < 1e-6 * Double(k + 1))
    }

    @Test func affineAddsTheBiasToEveryRow() {
        let x = Tensor([[1, 2], [3, 4], [0, -1]])
        let weight = Tensor([[1, 0, 2], [0, 1, -1]])
        #expect(
            x.affine(weight: weight, bias: Tensor([10, 20, 30]))
                == Tensor([[11, 22, 30], [13, 24, 32], [10, 19, 31]]))
    }

    @Test func repeatsBitForBit() {
        var generator = SplitMix64(seed: 3)
        let a = Tensor.normal([129, 201], using: &generator)
        let b = Tensor.normal([201, 77], using: &generator)
        let first = a.multiplied(by: b)
        for _ in 0..<5 { #expect(a.multiplied(by: b).bits == first.bits) }
    }
}
