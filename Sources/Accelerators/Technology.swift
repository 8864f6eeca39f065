/// A technology node: the constants of the area and power model, and the factors that scale them to the node.
///
/// All nodes share one set of constants; they differ by published scale factors alone.
public struct Technology: Sendable {
    /// The node's name, e.g. `7nm`.
    public var name: String
    public var constants: Constants
    public var scale: Scale

    public init(name: String, constants: Constants, scale: Scale) {
        self.name = name
        self.constants = constants
        self.scale = scale
    }

    /// What the constants are multiplied with to come to the node.
    public struct Scale: Hashable, Sendable {
        /// Energy of logic, from 7 nm.
        public var logicEnergy: Double
        /// Area of logic, from 7 nm.
        public var logicArea: Double
        /// Energy of wires, from 7 nm.
        public var wireEnergy: Double
        /// Energy and leakage of SRAM arrays, from 22 nm.
        public var sramEnergy: Double
        /// Area of SRAM arrays, from 22 nm.
        public var sramArea: Double

        public init(
            logicEnergy: Double, logicArea: Double, wireEnergy: Double, sramEnergy: Double, sramArea: Double
        ) {
            self.logicEnergy = logicEnergy
            self.logicArea = logicArea
            self.wireEnergy = wireEnergy
            self.sramEnergy = sramEnergy
            self.sramArea = sramArea
        }
    }

    /// The constants, by component; the files say where each comes from.
    public struct Constants: Sendable {
        public var array: Array
        public var vector: Vector
        public var logic: Logic
        public var sram: SRAM
        public var network: Network
        public var hbm2: OffChip
        public var gddr6: OffChip
        public var ddr3: OffChip
        public var control: Control
        public var host: Host

        /// The constants of an off-chip memory.
        public func dram(_ technology: DRAM.Technology) -> OffChip {
            switch technology {
            case .hbm2: hbm2
            case .gddr6: gddr6
            case .ddr3: ddr3
            }
        }
    }

    /// A cell of the systolic array, at 7 nm.
    public struct Array: Hashable, Sendable {
        public var bfloat16MultiplyPJ: Double
        public var float16MultiplyPJ: Double
        public var float32AddPJ: Double
        public var int8MultiplyPJ: Double
        public var int32AddPJ: Double
        /// A cell's energy, with its registers and clock, over its arithmetic's.
        public var cellEnergyFactor: Double
        public var bfloat16CellUM2: Double
        public var int8CellUM2: Double
    }

    /// A vector lane, at 7 nm.
    public struct Vector: Hashable, Sendable {
        public var laneOperationPJ: Double
        public var laneUM2: Double
    }

    /// Logic as such, at any node.
    public struct Logic: Hashable, Sendable {
        public var leakageWattsPerMM2: Double
    }

    /// SRAM, at 22 nm except for its interface; see `SRAMModel` for the equations.
    public struct SRAM: Hashable, Sendable {
        public var arrayPJPerByteRootByte: Double
        /// At 7 nm; scaled as wires are.
        public var interfacePJPerByte: Double
        public var bitUM2: Double
        public var portUM2PerByteRootByte: Double
        public var leakageMicrowattsPerByte: Double
        public var leakageMicrowattsPerRootByte: Double
        /// A macro's area over that of the arrays in it.
        public var macroAreaFactor: Double
    }

    /// Wires between Global Memory and the PEs: energy at 7 nm, area at any node.
    public struct Network: Hashable, Sendable {
        public var wirePJPerByteMM: Double
        /// For each byte a cycle and millimetre.
        public var wireMM2PerByteMM: Double
    }

    /// An off-chip memory and its interface, at any node.
    public struct OffChip: Hashable, Sendable {
        public var pjPer64Bits: Double
        public var interfaceMM2PerGigabytePerSecond: Double
        public var idleWattsPerGigabytePerSecond: Double
    }

    /// Clock, integration, and the PEs' sequencers, at 7 nm.
    public struct Control: Hashable, Sendable {
        /// The clock tree's power over the dynamic power of what it clocks.
        public var clockPowerFactor: Double
        /// Area between the blocks over the area of the blocks.
        public var areaFactor: Double
        public var sequencerPJPerCycle: Double
        public var sequencerMM2: Double
    }

    /// Host interface, chip-to-chip links and pads, at any node.
    public struct Host: Hashable, Sendable {
        public var areaMM2: Double
        public var watts: Double
        public var linkPJPerByte: Double
        public var linkMM2PerGigabytePerSecond: Double
    }
}
