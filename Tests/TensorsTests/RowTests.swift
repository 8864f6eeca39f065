import Tensors
import Testing

@Suite struct RowTests {
    private let x = Tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 9, -4]])

    @Test func selectsAndJoins() {
        #expect(x.slicingColumns(1..<3) == Tensor([[2, 3], [5, 6], [8, 9], [9, -4]]))
        #expect(Tensor.concatenatingColumns([x.slicingColumns(0..<1), x.slicingColumns(1..<3)]) == x)
        #expect(x.gatheringRows([2, 0, 2]) == Tensor([[7, 8, 9], [1, 2, 3], [7, 8, 9]]))
        #expect(x.selectingColumns([2, 0, 1, 2]) == Tensor([3, 4, 8, -4]))
        #expect(x.addingToRows(Tensor([1, 0, -1])).values[0..<6] == [2, 2, 2, 5, 5, 5])
    }

    @Test func reducesSegments() {
        #expect(x.segmentMeans(lengths: [3, 0, 1]) == Tensor([[4, 5, 6], [0, 0, 0], [0, 9, -4]]))
        #expect(x.segmentSums(lengths: [1, 3]) == Tensor([[1, 2, 3], [11, 22, 11]]))
        let maxima = Variable(x).segmentMaxima(lengths: [2, 2, 0]).value
        #expect(maxima == Tensor([[4, 5, 6], [7, 9, 9], [0, 0, 0]]))
        let negative = Variable(Tensor([[-3], [-2], [-5]])).segmentMaxima(lengths: [3]).value
        #expect(negative == Tensor([[-2]]))
    }

    @Test func shapesAreKept() {
        let cube = Tensor(shape: [2, 2, 3], values: x.values)
        #expect(cube.rows == 4 && cube.columns == 3)
        #expect(cube.tanh().shape == [2, 2, 3])
        #expect(Tensor(3).shape == [] && Tensor(3).rows == 1 && Tensor(3).columns == 1)
        #expect(cube.reshaped([4, 3]) == x)
    }
}
