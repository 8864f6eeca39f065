public import Accelerators

/// One number that the cost of a chip, or of designing it, depends on.
///
/// Its `path` is its place in an economics file: `operation.electricityPrice`. Those of a process are stated once a node.
public enum CostInput: Hashable, Sendable {
    // What a node asks for.
    case waferPrice, defectDensity, maskSet, intellectualProperty, hardwareEngineers
    // A wafer, and a die's way into its package.
    case waferDiameter, edgeExclusion, scribeWidth, reticleArea, clustering, waferTest
    case packageBase, packageArea, packageYield, finalTest
    // Off-chip memory.
    case memoryPrice(DRAM.Technology), memoryCapacity(DRAM.Technology), memoryAssembly(DRAM.Technology)
    // What a chip needs around it.
    case card, powerDelivery, host
    // What a bought chip costs over what it costs to make.
    case baselineMarkup
    // Years of service.
    case serviceYears, interestRate, repairs
    case averagePower, pue, electricityPrice, provisioning, facilityYears, facilityOperation
    // One-off costs that don't depend on the node.
    case engineerYear, designYears, designTools, softwareEngineers, softwareYears, tapeouts

    /// The parts of an economics file, in its order.
    public enum Section: String, CaseIterable, Sendable {
        case process, manufacturing, memory, board, purchase, operation, design
    }

    /// The inputs of a section, for one node and one memory technology.
    static func inputs(of section: Section, memory: DRAM.Technology) -> [CostInput] {
        switch section {
        case .process: [.waferPrice, .defectDensity, .maskSet, .intellectualProperty, .hardwareEngineers]
        case .manufacturing:
            [
                .waferDiameter, .edgeExclusion, .scribeWidth, .reticleArea, .clustering, .waferTest, .packageBase,
                .packageArea, .packageYield, .finalTest,
            ]
        case .memory: [.memoryPrice(memory), .memoryCapacity(memory), .memoryAssembly(memory)]
        case .board: [.card, .powerDelivery, .host]
        case .purchase: [.baselineMarkup]
        case .operation:
            [
                .serviceYears, .interestRate, .repairs, .averagePower, .pue, .electricityPrice, .provisioning,
                .facilityYears, .facilityOperation,
            ]
        case .design: [.engineerYear, .designYears, .designTools, .softwareEngineers, .softwareYears, .tapeouts]
        }
    }

    /// Its key within its section.
    public var key: String {
        switch self {
        case .memoryPrice: "price"
        case .memoryCapacity: "capacity"
        case .memoryAssembly: "assembly"
        // The others are named as their keys are.
        default: "\(self)"
        }
    }

    public var section: Section {
        switch self {
        case .waferPrice, .defectDensity, .maskSet, .intellectualProperty, .hardwareEngineers: .process
        case .waferDiameter, .edgeExclusion, .scribeWidth, .reticleArea, .clustering, .waferTest, .packageBase,
            .packageArea, .packageYield, .finalTest:
            .manufacturing
        case .memoryPrice, .memoryCapacity, .memoryAssembly: .memory
        case .card, .powerDelivery, .host: .board
        case .baselineMarkup: .purchase
        case .serviceYears, .interestRate, .repairs, .averagePower, .pue, .electricityPrice, .provisioning,
            .facilityYears, .facilityOperation:
            .operation
        case .engineerYear, .designYears, .designTools, .softwareEngineers, .softwareYears, .tapeouts: .design
        }
    }

    /// Its place in an economics file; the node of a process is left out.
    public var path: String {
        switch self {
        case .memoryPrice(let technology), .memoryCapacity(let technology), .memoryAssembly(let technology):
            "memory.\(technology.rawValue).\(key)"
        default: "\(section.rawValue).\(key)"
        }
    }

    /// The unit that the file must state.
    public var unit: String {
        switch self {
        case .waferPrice, .maskSet, .intellectualProperty, .waferTest, .packageBase, .finalTest, .card:
            "USD"
        case .defectDensity: "1/cm2"
        case .waferDiameter, .edgeExclusion, .scribeWidth: "mm"
        case .reticleArea: "mm2"
        case .packageArea: "USD/mm2"
        case .packageYield, .averagePower: "share"
        case .memoryPrice: "USD/GB"
        case .memoryCapacity: "GB/GBps"
        case .memoryAssembly: "USD/GBps"
        case .powerDelivery, .host, .provisioning: "USD/W"
        case .serviceYears, .facilityYears, .designYears, .softwareYears: "years"
        case .interestRate, .repairs: "1/year"
        case .pue, .clustering, .baselineMarkup: "x"
        case .electricityPrice: "USD/kWh"
        case .facilityOperation: "USD/W/year"
        case .engineerYear, .designTools: "USD/year"
        case .hardwareEngineers, .softwareEngineers: "engineers"
        case .tapeouts: "tapeouts"
        }
    }

    /// What makes sense: no cost is negative, no time is nothing, no share is above 1.
    var limits: ClosedRange<Double> {
        switch self {
        case .waferDiameter: 25...450
        case .edgeExclusion, .scribeWidth: 0...10
        case .reticleArea: 1...10_000
        case .clustering: 0.1...1000
        case .packageYield: 0.01...1
        case .averagePower: 0...1
        case .pue: 1...10
        case .baselineMarkup: 1...100
        case .serviceYears, .facilityYears: 0.1...100
        case .interestRate, .repairs: 0...1
        case .defectDensity: 0...100
        case .tapeouts: 1...100
        // Designing a chip costs something, so that there is something to earn back.
        case .maskSet: 1...1e12
        case .waferPrice, .intellectualProperty, .hardwareEngineers, .waferTest, .packageBase, .packageArea,
            .finalTest, .memoryPrice, .memoryCapacity, .memoryAssembly, .card, .powerDelivery, .host,
            .electricityPrice, .provisioning, .facilityOperation, .engineerYear, .designYears, .designTools,
            .softwareEngineers, .softwareYears:
            0...1e12
        }
    }
}
