extension Workload {
    /// Multiply–accumulates of one pass over the whole batch, by kind.
    public var macsByKind: MACsByKind {
        var sums = MACsByKind()
        for node in operators {
            guard let loopNest = node.loopNest else { continue }
            switch node.kind {
            case .convolution where loopNest.isDepthwise: sums.depthwise += loopNest.macs
            case .convolution: sums.conv += loopNest.macs
            case .linear: sums.linear += loopNest.macs
            case .matmul: sums.matmul += loopNest.macs
            case .elementwise, .batchNorm, .layerNorm, .softmax, .maxPool, .averagePool, .globalAveragePool, .reduce,
                .embedding, .reshape:
                break
            }
        }
        return sums
    }

    /// Bytes of all trained parameters.
    public var parameterBytes: Int { values.reduce(0) { $0 + ($1.role == .parameter ? $1.bytes : 0) } }

    /// Bytes of the tensors that operators write, over one pass; views (reshapes) are not written.
    public var activationBytes: Int {
        operators.reduce(0) { $0 + ($1.kind == .reshape ? 0 : self[$1.output].bytes) }
    }

    /// Bytes of the tensors given with each pass.
    public var inputBytes: Int { inputs.reduce(0) { $0 + self[$1].bytes } }

    /// Bytes of the results of a pass.
    public var outputBytes: Int { outputs.reduce(0) { $0 + self[$1].bytes } }

    /// Operations (2 a multiply–accumulate) per byte of memory traffic, when every tensor operator reads its operands
    /// from memory and writes its result there, and the rest is free: what fusing element-wise work, and no more,
    /// attains at best.
    ///
    /// 2·MACs / Σ (input + weight + output bytes); 0 without tensor operators.
    public var operationalIntensity: Double {
        let bytes = operators.reduce(0) { sum, node in
            guard node.kind.isTensorOperator else { return sum }
            let operands = (node.inputs + node.parameters).reduce(0) { $0 + self[$1].bytes }
            return sum + operands + self[node.output].bytes
        }
        return bytes == 0 ? 0 : 2 * Double(macs) / Double(bytes)
    }

    /// Operations per byte when nothing but inputs, parameters and results moves, each once: the bound that keeping
    /// every activation on chip approaches. Of an embedding's table only the rows that are picked move.
    ///
    /// 2·MACs / (input + parameter + result bytes).
    public var idealOperationalIntensity: Double {
        let parameterTraffic = operators.reduce(0) { sum, node in
            let trained = node.parameters.reduce(0) { $0 + self[$1].bytes }
            return sum + (node.kind == .embedding ? min(trained, self[node.output].bytes) : trained)
        }
        let bytes = inputBytes + parameterTraffic + outputBytes
        return bytes == 0 ? 0 : 2 * Double(macs) / Double(bytes)
    }
}
