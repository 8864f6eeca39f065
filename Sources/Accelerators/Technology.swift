/// A technology node: the constants of the area and power model, and the factors that scale them to the node.
///
/// All nodes share one set of constants; they differ by published scale factors alone.
public struct Technology: Sendable {
    /// The node's name, e.g. `7nm`.
    public var name: String
    public var constants = Constants()
    public var scale = Scale()
    /// What the file says of every constant and factor beside its value, in the order of the schema.
    public internal(set) var entries: [Entry] = []

    init(name: String) { self.name = name }

    /// What a technology file says of a number beside its value.
    public struct Entry: Sendable {
        /// Its groups and name, joined by dots, e.g. `array.registerEnergy` or `scale.logicEnergy`.
        public let name: String
        public let unit: String
        /// Where the value comes from.
        public let source: String
        /// What the source or physics leaves open; nil where the value is taken as it is.
        public let range: ClosedRange<Double>?
        /// Whether the value is fitted to published chips, within the range.
        public let isCalibrated: Bool
        let keyPath: any WritableKeyPath<Technology, Double> & Sendable
    }

    /// The value of a constant or factor.
    public subscript(entry: Entry) -> Double {
        get { self[keyPath: entry.keyPath] }
        set { self[keyPath: entry.keyPath] = newValue }
    }

    /// What the constants are multiplied with to come to the node.
    public struct Scale: Hashable, Sendable {
        /// Energy of logic, from 7 nm.
        public var logicEnergy = 0.0
        /// Area of logic, from 7 nm.
        public var logicArea = 0.0
        /// Energy of registers, from 7 nm.
        public var registerEnergy = 0.0
        /// Energy of wires, from 7 nm.
        public var wireEnergy = 0.0
        /// Energy and leakage of SRAM arrays, from 22 nm.
        public var sramEnergy = 0.0
        /// Area of SRAM arrays, from 22 nm.
        public var sramArea = 0.0
    }

    /// The constants, by component; the files say where each comes from.
    public struct Constants: Sendable {
        public var array = Array()
        public var vector = Vector()
        public var logic = Logic()
        public var sram = SRAM()
        public var network = Network()
        public var control = Control()
        public var host = Host()
        // Fixed storage: a search copies the constants for every design.
        private var gddr6 = OffChip()
        private var hbm2 = OffChip()
        private var ddr3 = OffChip()
        private var ddr4 = OffChip()
        private var lpddr4x = OffChip()
        private var lpddr5 = OffChip()

        /// The constants of an off-chip memory.
        public subscript(memory: DRAM.Technology) -> OffChip {
            get {
                switch memory {
                case .gddr6: gddr6
                case .hbm2: hbm2
                case .ddr3: ddr3
                case .ddr4: ddr4
                case .lpddr4x: lpddr4x
                case .lpddr5: lpddr5
                }
            }
            set {
                switch memory {
                case .gddr6: gddr6 = newValue
                case .hbm2: hbm2 = newValue
                case .ddr3: ddr3 = newValue
                case .ddr4: ddr4 = newValue
                case .lpddr4x: lpddr4x = newValue
                case .lpddr5: lpddr5 = newValue
                }
            }
        }
    }

    /// A cell of the systolic array, at 7 nm.
    public struct Array: Hashable, Sendable {
        public var bfloat16MultiplyPJ = 0.0
        public var float16MultiplyPJ = 0.0
        public var float32AddPJ = 0.0
        public var int8MultiplyPJ = 0.0
        public var int32AddPJ = 0.0
        /// One bit clocked into a register and read from it.
        public var registerPJPerBit = 0.0
        public var bfloat16CellUM2 = 0.0
        public var int8CellUM2 = 0.0
    }

    /// A vector lane, at 7 nm.
    public struct Vector: Hashable, Sendable {
        public var laneOperationPJ = 0.0
        public var laneUM2 = 0.0
    }

    /// Logic as such, at any node.
    public struct Logic: Hashable, Sendable {
        public var leakageWattsPerMM2 = 0.0
    }

    /// SRAM, at 22 nm except for its interface; see `SRAMModel` for the equations.
    public struct SRAM: Hashable, Sendable {
        public var arrayPJPerByteRootByte = 0.0
        /// At 7 nm; scaled as wires are.
        public var interfacePJPerByte = 0.0
        public var bitUM2 = 0.0
        public var portUM2PerByteRootByte = 0.0
        public var leakageMicrowattsPerByte = 0.0
        /// For each byte of the ports' width, in all banks together.
        public var portLeakageMicrowattsPerByteRootByte = 0.0
        /// A macro's area over that of the arrays in it.
        public var macroAreaFactor = 0.0
    }

    /// Wires between Global Memory and the PEs: energy at 7 nm, area at any node.
    public struct Network: Hashable, Sendable {
        public var wirePJPerByteMM = 0.0
        /// For each byte a cycle and millimetre.
        public var wireMM2PerByteMM = 0.0
    }

    /// An off-chip memory and its interface, at any node.
    public struct OffChip: Hashable, Sendable {
        /// Energy of 64 bits, with both ends of the interface.
        public var pjPer64Bits = 0.0
        /// Area of the PHY and its controller.
        public var interfaceMM2PerGigabytePerSecond = 0.0
        /// Refresh and standby of the devices, bias of the PHY.
        public var idleWattsPerGigabytePerSecond = 0.0
    }

    /// Clock, integration, and the PEs' sequencers, at 7 nm.
    public struct Control: Hashable, Sendable {
        /// The clock tree's power over the dynamic power of what it clocks.
        public var clockPowerFactor = 0.0
        /// Area between the blocks over the area of the blocks.
        public var areaFactor = 0.0
        public var sequencerPJPerCycle = 0.0
        public var sequencerMM2 = 0.0
    }

    /// Host interface, chip-to-chip links and pads, at any node.
    public struct Host: Hashable, Sendable {
        public var areaMM2 = 0.0
        public var watts = 0.0
        public var linkPJPerByte = 0.0
        public var linkMM2PerGigabytePerSecond = 0.0
    }
}
