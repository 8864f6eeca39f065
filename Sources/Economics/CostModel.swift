public import Accelerators
internal import Diagnostics
internal import Foundation

/// What is needed of a chip to say what it costs.
public struct ChipProfile: Hashable, Sendable {
    public var areaMM2: Double
    public var tdpWatts: Double
    public var dram: DRAM

    public init(areaMM2: Double, tdpWatts: Double, dram: DRAM) {
        self.areaMM2 = areaMM2
        self.tdpWatts = tdpWatts
        self.dram = dram
    }
}

/// Total cost of ownership of one chip over its years of service, by part, USD.
public struct Ownership: Hashable, Sendable, Codable {
    /// A good die: its share of the wafer and of wafer test, over yield.
    public var dieUSD: Double
    /// Package, its yield loss, and the final test.
    public var packageUSD: Double
    public var memoryUSD: Double
    /// What a vendor takes over the cost of chip and memory; nothing for a chip of one's own.
    public var marginUSD: Double
    /// Card, power delivery and the share of the host, which is taken up by TDP.
    public var boardUSD: Double
    /// Interest on the capital.
    public var interestUSD: Double
    public var repairsUSD: Double
    public var electricityUSD: Double
    /// The share of the building with its power distribution and cooling, and of its operation.
    public var facilityUSD: Double

    /// What is paid when the chip is installed.
    public var capitalUSD: Double { dieUSD + packageUSD + memoryUSD + marginUSD + boardUSD }
    /// What is paid while it serves.
    public var operationUSD: Double { interestUSD + repairsUSD + electricityUSD + facilityUSD }
    public var totalUSD: Double { capitalUSD + operationUSD }
}

/// What designing a chip costs once, by part, USD.
public struct DesignCost: Hashable, Sendable, Codable {
    public var hardwareUSD: Double
    public var toolsUSD: Double
    public var intellectualPropertyUSD: Double
    public var masksUSD: Double
    public var softwareUSD: Double

    public var totalUSD: Double { hardwareUSD + toolsUSD + intellectualPropertyUSD + masksUSD + softwareUSD }
}

/// The costs at one technology node. docs/ECONOMICS.md derives the equations.
public struct CostModel: Hashable, Sendable {
    /// The technology node, e.g. `7nm`.
    public let node: String
    public let yieldModel: YieldModel
    private var entries: [CostInput: Economics.Entry]

    /// A year, leap years counted.
    static let hoursPerYear = 8766.0

    init(node: String, yieldModel: YieldModel, entries: [CostInput: Economics.Entry]) {
        self.node = node
        self.yieldModel = yieldModel
        self.entries = entries
    }

    /// The inputs that are stated, in the order of the file, with what is known of each.
    public var inputs: [(input: CostInput, entry: Economics.Entry)] {
        CostInput.Section.allCases.flatMap { section in
            section == .memory
                ? DRAM.Technology.allCases.flatMap { CostInput.inputs(of: section, memory: $0) }
                : CostInput.inputs(of: section, memory: .gddr6)
        }.compactMap { input in entries[input].map { (input, $0) } }
    }

    /// An input's value, which can be replaced by another of its range.
    ///
    /// - Precondition: the file states it, as all but those of the memories must be.
    public subscript(input: CostInput) -> Double {
        get {
            guard let entry = entries[input] else { preconditionFailure("The input \(input.path) must be stated.") }
            return entry.value
        }
        set { entries[input]?.value = newValue }
    }

    /// The largest die that can be exposed.
    public var largestDieMM2: Double { self[.reticleArea] }

    public var wafer: Wafer {
        Wafer(
            diameterMM: self[.waferDiameter], edgeExclusionMM: self[.edgeExclusion],
            scribeWidthMM: self[.scribeWidth])
    }

    /// The share of dies of an area that work.
    public func yield(ofMM2 area: Double) -> Double {
        yieldModel.yield(
            areaMM2: area, defectsPerCM2: self[.defectDensity], clustering: self[.clustering])
    }

    /// Refuses what can't be costed.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the die is larger than the reticle, or its memory has no price.
    public func requireCosts(of chip: ChipProfile, named name: String) throws {
        guard entries[.memoryPrice(chip.dram.technology)] != nil else {
            throw DiagnosticError(
                .configuration, "the economics file states no cost of \(chip.dram.technology.rawValue) memory",
                at: SourceLocation(field: name), remedy: "add memory.\(chip.dram.technology.rawValue) to it")
        }
        guard chip.areaMM2 <= largestDieMM2 else {
            throw DiagnosticError(
                .configuration,
                "expected a die of at most \(largestDieMM2) mm², the reticle's area, found "
                    + String(format: "%.0f mm²", chip.areaMM2),
                at: SourceLocation(field: name), remedy: "choose a smaller design")
        }
    }

    /// Total cost of ownership of a chip over its years of service.
    ///
    /// - Parameter markup: what is paid for chip and memory over what they cost to make; 1 for a chip of one's own.
    /// - Precondition: `requireCosts(of:named:)` doesn't throw.
    public func ownership(of chip: ChipProfile, markup: Double = 1) -> Ownership {
        let years = self[.serviceYears]
        let good = yield(ofMM2: chip.areaMM2)
        let die = (self[.waferPrice] / wafer.dies(ofMM2: chip.areaMM2) + self[.waferTest]) / good
        let parts = die + self[.packageBase] + self[.packageArea] * chip.areaMM2
        let packaged = parts / self[.packageYield] + self[.finalTest]
        let memory = chip.dram.technology
        let memoryUSD =
            chip.dram.gigabytesPerSecond
            * (self[.memoryCapacity(memory)] * self[.memoryPrice(memory)] + self[.memoryAssembly(memory)])
        let board = self[.card] + (self[.powerDelivery] + self[.host]) * chip.tdpWatts
        let margin = (markup - 1) * (packaged + memoryUSD)
        let capital = packaged + memoryUSD + margin + board
        let interest = self[.interestRate]
        let kilowattHours =
            chip.tdpWatts / 1000 * self[.averagePower] * self[.pue] * CostModel.hoursPerYear * years
        let facilityPerWattYear =
            self[.provisioning] * annuity(interest, years: self[.facilityYears]) + self[.facilityOperation]
        return Ownership(
            dieUSD: die, packageUSD: packaged - die, memoryUSD: memoryUSD, marginUSD: margin, boardUSD: board,
            interestUSD: capital * (years * annuity(interest, years: years) - 1),
            repairsUSD: capital * self[.repairs] * years,
            electricityUSD: kilowattHours * self[.electricityPrice],
            facilityUSD: chip.tdpWatts * facilityPerWattYear * years)
    }

    /// What a chip of the node costs once, whatever its size.
    public var designCost: DesignCost {
        let hardwareYears = self[.hardwareEngineers] * self[.designYears]
        return DesignCost(
            hardwareUSD: hardwareYears * self[.engineerYear], toolsUSD: hardwareYears * self[.designTools],
            intellectualPropertyUSD: self[.intellectualProperty], masksUSD: self[.tapeouts] * self[.maskSet],
            softwareUSD: self[.softwareEngineers] * self[.softwareYears] * self[.engineerYear])
    }
}

/// The yearly payment that pays back 1 USD in equal parts with interest: r / (1 − (1 + r)^−n), and 1 / n without interest.
func annuity(_ rate: Double, years: Double) -> Double {
    rate > 0 ? rate / -expm1(-years * log1p(rate)) : 1 / years
}
