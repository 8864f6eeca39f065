public import Accelerators
public import Workloads

extension MappedOperator {
    /// Picojoules within the PEs: multiply–accumulates or lane operations, and every byte at L1 and L2.
    public func datapathPJ(_ energies: AccessEnergy) -> Double {
        let arithmetic =
            switch mapping.unit {
            case .array, .arrayBlockDiagonal: Double(nest.macs) * energies.macPJ.pj(nest.types)
            case .vector: cost.vectorOperations * energies.vectorOperationPJ
            }
        return arithmetic + cost.l1.energy(energies.l1PJPerByte) + cost.l2.energy(energies.l2PJPerByte)
    }

    /// Picojoules with all operands from and to DRAM, through Global Memory where there is one; without static power.
    public func energyPJ(_ energies: AccessEnergy, on view: SchedulingView) -> Double {
        let throughGlobalMemory = cost.globalMemory.total + (view.stagingBytes == nil ? 0 : cost.dram.total)
        return datapathPJ(energies) + throughGlobalMemory * energies.globalMemoryPJPerByte
            + cost.dram.total * energies.dramPJPerByte
    }
}

extension MappedAttention {
    /// Picojoules within the PEs: multiply–accumulates, lane operations of the softmax, and every byte at L1 and L2.
    public func datapathPJ(_ energies: AccessEnergy) -> Double {
        Double(nest.macs) * energies.macPJ.pj(nest.types) + cost.vectorOperations * energies.vectorOperationPJ
            + cost.l1.energy(energies.l1PJPerByte) + cost.l2.energy(energies.l2PJPerByte)
    }
}

extension LevelTraffic {
    /// Picojoules of the bytes moved, each operand at its buffer's energy.
    func energy(_ pjPerByte: (input: Double, weight: Double, output: Double)) -> Double {
        inputReads * pjPerByte.input + weightReads * pjPerByte.weight
            + (outputReads + outputWrites) * pjPerByte.output
    }
}

extension AccessEnergy.MAC {
    /// Picojoules of one multiply–accumulate of operands of some types.
    public func pj(_ types: OperandTypes) -> Double {
        switch (types.input, types.weight) {
        case (.int8, .int8): int8
        case (.float16, .float16): float16
        default: bfloat16 * Double(types.arrayPasses)
        }
    }
}
