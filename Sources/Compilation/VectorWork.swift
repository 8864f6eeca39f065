public import Accelerators
internal import Scheduling
public import Workloads

/// Lane operations and passes of operators that the vector unit computes.
public enum VectorWork {
    /// Lane operations that an operator takes for the whole batch.
    ///
    /// - Parameter foldsIntoWeights: whether the operator stands right behind a tensor operator in its region, so that a normalisation's scale
    ///   disappears into the weights.
    public static func operations(
        of node: Operator, in workload: Workload, softmax: CompilerOptions.Softmax, foldsIntoWeights: Bool
    ) -> Int {
        let elements = workload[node.output].elements
        switch node.kind {
        // The product itself runs on the unit that the mapping names.
        case .convolution, .linear, .matmul: return 0
        case .recurrence(let cell, _): return elements * VectorCost.operations(of: cell)
        case .elementwise(let function): return elements * VectorCost.operations(of: function, scalars: node.scalars)
        case .batchNorm: return elements * VectorCost.batchNormOperations(foldsIntoWeights: foldsIntoWeights)
        case .layerNorm: return elements * VectorCost.layerNormOperations(parameters: node.parameters.count)
        case .softmax: return elements * softmaxOperations(softmax)
        case .maxPool(let taps), .averagePool(let taps): return elements * taps
        case .globalAveragePool: return workload[node.inputs[0]].elements
        case .reduce(let function, _):
            return VectorCost.operations(of: function, elements: workload[node.inputs[0]].elements, results: elements)
        case .embedding, .concat, .slice, .copy, .reshape, .upsample: return 0
        }
    }

    /// Lane operations an element of a softmax.
    ///
    /// - Three passes: maximum (1); subtract, exp, add to the sum (1 + 2 + 1); subtract, exp, multiply by the sum's reciprocal
    ///   (1 + 2 + 1): 9.
    /// - Two passes (Milakov & Gimelshein, "Online normalizer calculation for softmax", 2018, algorithm 3): a running maximum (1), the
    ///   old sum rescaled by exp(m − m′) (1 + 2 + 1) and exp(x − m′) added (1 + 2 + 1); then the last pass as above: 13.
    /// - Online: as many as two passes; the first is the epilogue of the product before, the last the prologue of the one after.
    ///
    /// Bytes an element, of bfloat16: three passes read 6 and write 2, two passes read 4 and write 2, besides the 2 that the product before writes
    /// and the 2 that the one after reads: 12 and 10. Online only those last 4 remain. A maximum and a sum a row are not counted.
    public static func softmaxOperations(_ softmax: CompilerOptions.Softmax) -> Int {
        switch softmax {
        case .threePass: 1 + (1 + VectorCost.transcendental + 1) + softmaxNormalisation
        case .twoPass, .online: onlineStatistics + softmaxNormalisation
        }
    }

    /// Lane operations an element of the running maximum and the rescaled running sum.
    static let onlineStatistics = 1 + (1 + VectorCost.transcendental + 1) + (1 + VectorCost.transcendental + 1)

    /// Lane operations an element to subtract the maximum, take exp, and multiply by the sum's reciprocal.
    static let softmaxNormalisation = 1 + VectorCost.transcendental + 1

    /// How often an operator passes over its input.
    public static func passes(of kind: OperatorKind, softmax: CompilerOptions.Softmax) -> Int {
        switch kind {
        case .softmax: softmax == .threePass ? 3 : 2
        // Mean and variance in one pass, then the normalisation.
        case .layerNorm: 2
        default: 1
        }
    }
}
