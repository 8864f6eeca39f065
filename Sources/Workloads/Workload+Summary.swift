extension Workload {
    /// Multiply–accumulates of one pass over the whole batch, by kind.
    ///
    /// The product of a recurrent layer's input belongs to the layer.
    public var macsByKind: MACsByKind {
        var sums = MACsByKind()
        let recurrent = recurrentProducts
        for node in operators {
            switch node.kind {
            case .convolution where node.loopNest?.isDepthwise == true: sums.depthwise += node.macs
            case .convolution: sums.conv += node.macs
            case .linear where recurrent.contains(node.id): sums.recurrent += node.macs
            case .linear: sums.linear += node.macs
            case .matmul: sums.matmul += node.macs
            case .recurrence: sums.recurrent += node.macs
            case .elementwise, .batchNorm, .layerNorm, .softmax, .maxPool, .averagePool, .globalAveragePool, .reduce,
                .embedding, .concat, .slice, .copy, .reshape, .upsample:
                break
            }
        }
        return sums
    }

    /// Bytes of all trained parameters.
    public var parameterBytes: Int { values.reduce(0) { $0 + ($1.role == .parameter ? $1.bytes : 0) } }

    /// Bytes of the tensors that operators write, over one pass; views (reshapes, upsampled images) are not written.
    public var activationBytes: Int {
        operators.reduce(0) { $0 + ($1.kind.isView ? 0 : self[$1.output].bytes) }
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
        // Parameters that several operators share move once.
        var moved: Set<Value.ID> = []
        let parameterTraffic = operators.reduce(0) { sum, node in
            if node.kind == .embedding {
                return sum + min(node.parameters.reduce(0) { $0 + self[$1].bytes }, self[node.output].bytes)
            }
            return sum + node.parameters.reduce(0) { $0 + (moved.insert($1).inserted ? self[$1].bytes : 0) }
        }
        let bytes = inputBytes + parameterTraffic + outputBytes
        return bytes == 0 ? 0 : 2 * Double(macs) / Double(bytes)
    }
}
