public import Accelerators
internal import Workloads

/// What a mapping's accesses cost in energy, so far as it depends on the mapping.
public struct MappingEnergies: Hashable, Sendable {
    /// Picojoules a byte at the buffers of each operand.
    public struct Buffers: Hashable, Sendable {
        public var input: Double
        public var weight: Double
        public var output: Double

        public init(input: Double, weight: Double, output: Double) {
            self.input = input
            self.weight = weight
            self.output = output
        }

        func energyPJ(_ traffic: LevelTraffic) -> Double {
            traffic.inputReads * input + traffic.weightReads * weight
                + (traffic.outputReads + traffic.outputWrites) * output
        }
    }

    /// Picojoules of one multiply–accumulate on the array, and of one operation of a vector lane.
    public var macPJ: AccessEnergy.MAC
    public var vectorOperationPJ: Double
    public var l1PJPerByte: Buffers
    public var l2PJPerByte: Buffers
    public var globalMemoryPJPerByte: Double
    public var dramPJPerByte: Double

    public init(
        macPJ: AccessEnergy.MAC, vectorOperationPJ: Double, l1PJPerByte: Buffers, l2PJPerByte: Buffers,
        globalMemoryPJPerByte: Double, dramPJPerByte: Double
    ) {
        self.macPJ = macPJ
        self.vectorOperationPJ = vectorOperationPJ
        self.l1PJPerByte = l1PJPerByte
        self.l2PJPerByte = l2PJPerByte
        self.globalMemoryPJPerByte = globalMemoryPJPerByte
        self.dramPJPerByte = dramPJPerByte
    }

    /// A technology's energies, without static power.
    public init(_ energies: AccessEnergy) {
        func buffers(_ energy: (input: Double, weight: Double, output: Double)) -> Buffers {
            Buffers(input: energy.input, weight: energy.weight, output: energy.output)
        }
        self.init(
            macPJ: energies.macPJ, vectorOperationPJ: energies.vectorOperationPJ,
            l1PJPerByte: buffers(energies.l1PJPerByte), l2PJPerByte: buffers(energies.l2PJPerByte),
            globalMemoryPJPerByte: energies.globalMemoryPJPerByte, dramPJPerByte: energies.dramPJPerByte)
    }
}
