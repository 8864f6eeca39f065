/// Energy, area and leakage of an SRAM as functions of its capacity C (bytes) and of its ports' width B (bytes a cycle).
///
/// With the constants of `Technology.SRAM` and the node's factors s:
///
///     energy of a byte = e_interface · s_wire + e_array · √C · s_sram
///     area             = (a_bit · 8C · macro + a_port · B · √C) · s_area
///     leakage          = (l · C + m · B · √C) · s_sram
///
/// The array's part is fitted to CACTI at 22 nm: an access drives lines along the sides of the array, hence the roots. B is the
/// width of all banks together: banks of w bytes each count as banks · w. CACTI gives the same energy and, within its scatter, the
/// same area for one bank and for many, since the wires across the whole memory remain; every bank's sense amplifiers and drivers
/// leak, though, so leakage grows with the banks.
public struct SRAMModel: Sendable {
    private let interfacePJ: Double
    private let arrayPJ: Double
    private let byteMM2: Double
    private let macroAreaFactor: Double
    private let portMM2: Double
    private let leakageWattsPerByte: Double
    private let portLeakageWatts: Double

    public init(technology: Technology) {
        let constants = technology.constants.sram
        let scale = technology.scale
        interfacePJ = constants.interfacePJPerByte * scale.wireEnergy
        arrayPJ = constants.arrayPJPerByteRootByte * scale.sramEnergy
        byteMM2 = constants.bitUM2 * 8e-6 * scale.sramArea
        macroAreaFactor = constants.macroAreaFactor
        portMM2 = constants.portUM2PerByteRootByte * 1e-6 * scale.sramArea
        leakageWattsPerByte = constants.leakageMicrowattsPerByte * 1e-6 * scale.sramEnergy
        portLeakageWatts = constants.portLeakageMicrowattsPerByteRootByte * 1e-6 * scale.sramEnergy
    }

    /// Energy of reading or writing one byte, pJ.
    public func pjPerByte(capacityBytes: Double) -> Double {
        interfacePJ + arrayPJPerByte(capacityBytes: capacityBytes)
    }

    /// The array's part of it, as CACTI has it, pJ.
    public func arrayPJPerByte(capacityBytes: Double) -> Double {
        arrayPJ * capacityBytes.squareRoot()
    }

    /// Area of the macro with its ports, mm².
    public func areaMM2(capacityBytes: Double, portBytes: Double) -> Double {
        byteMM2 * macroAreaFactor * capacityBytes + portMM2 * portBytes * capacityBytes.squareRoot()
    }

    /// Area of the bare arrays with their ports, as CACTI has it, mm².
    public func arrayAreaMM2(capacityBytes: Double, portBytes: Double) -> Double {
        byteMM2 * capacityBytes + portMM2 * portBytes * capacityBytes.squareRoot()
    }

    /// Leakage, W.
    public func leakageWatts(capacityBytes: Double, portBytes: Double) -> Double {
        leakageWattsPerByte * capacityBytes + portLeakageWatts * portBytes * capacityBytes.squareRoot()
    }
}
