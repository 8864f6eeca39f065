import Accelerators
import Configuration
import Economics
import Foundation

/// An economics file of round numbers, whose results are worked out by hand in the tests.
let tinyText = """
    yield: poisson
    process:
      round:
        waferPrice: {value: 1000, unit: USD, range: [500, 2000], source: s}
        defectDensity: {value: 0.5, unit: 1/cm2, range: [0, 1], source: s}
        maskSet: {value: 10, unit: USD, range: [10, 40], source: s}
        intellectualProperty: {value: 7, unit: USD, range: [0, 7], source: s}
        hardwareEngineers: {value: 3, unit: engineers, range: [1, 6], source: s}
    manufacturing:
      waferDiameter: {value: 200, unit: mm, range: [200, 200], source: s}
      edgeExclusion: {value: 0, unit: mm, range: [0, 0], source: s}
      scribeWidth: {value: 0, unit: mm, range: [0, 0], source: s}
      reticleArea: {value: 900, unit: mm2, range: [900, 900], source: s}
      clustering: {value: 2, unit: x, range: [1, 4], source: s}
      waferTest: {value: 1, unit: USD, range: [1, 1], source: s}
      packageBase: {value: 2, unit: USD, range: [2, 2], source: s}
      packageArea: {value: 0.1, unit: USD/mm2, range: [0.1, 0.1], source: s}
      packageYield: {value: 0.5, unit: share, range: [0.25, 1], source: s}
      finalTest: {value: 3, unit: USD, range: [3, 3], source: s}
    memory:
      gddr6:
        price: {value: 10, unit: USD/GB, range: [5, 20], source: s}
        capacity: {value: 0.25, unit: GB/GBps, range: [0.25, 0.25], source: s}
        assembly: {value: 0.5, unit: USD/GBps, range: [0.5, 0.5], source: s}
    board:
      card: {value: 20, unit: USD, range: [20, 20], source: s}
      powerDelivery: {value: 0.2, unit: USD/W, range: [0.2, 0.2], source: s}
      host: {value: 0.6, unit: USD/W, range: [0.6, 0.6], source: s}
    purchase:
      baselineMarkup: {value: 1, unit: x, range: [1, 3], source: s}
    operation:
      serviceYears: {value: 2, unit: years, range: [1, 4], source: s}
      interestRate: {value: 0, unit: 1/year, range: [0, 0.1], source: s}
      repairs: {value: 0.1, unit: 1/year, range: [0.1, 0.1], source: s}
      averagePower: {value: 0.5, unit: share, range: [0.5, 0.5], source: s}
      pue: {value: 2, unit: x, range: [1, 2], source: s}
      electricityPrice: {value: 0.1, unit: USD/kWh, range: [0.05, 0.2], source: s}
      provisioning: {value: 8, unit: USD/W, range: [8, 8], source: s}
      facilityYears: {value: 4, unit: years, range: [4, 4], source: s}
      facilityOperation: {value: 0.5, unit: USD/W/year, range: [0.5, 0.5], source: s}
    design:
      engineerYear: {value: 100, unit: USD/year, range: [50, 200], source: s}
      designYears: {value: 2, unit: years, range: [1, 2], source: s}
      designTools: {value: 40, unit: USD/year, range: [40, 40], source: s}
      softwareEngineers: {value: 4, unit: engineers, range: [0, 8], source: s}
      softwareYears: {value: 1, unit: years, range: [1, 1], source: s}
      tapeouts: {value: 2, unit: tapeouts, range: [1, 3], source: s}
    """

func tinyModel(_ changes: [CostInput: Double] = [:]) throws -> CostModel {
    var model = try Economics(yaml: tinyText, file: "tiny.yaml").costModel(node: "round")
    for (input, value) in changes { model[input] = value }
    return model
}

extension ChipProfile {
    /// 100 mm², 50 W, 40 GB/s.
    static let small = ChipProfile(
        areaMM2: 100, tdpWatts: 50, dram: DRAM(technology: .gddr6, gigabytesPerSecond: 40))
    /// 400 mm², 200 W, 80 GB/s.
    static let large = ChipProfile(
        areaMM2: 400, tdpWatts: 200, dram: DRAM(technology: .gddr6, gigabytesPerSecond: 80))
}

func isClose(_ value: Double, _ expected: Double, within tolerance: Double = 1e-9) -> Bool {
    abs(value - expected) <= tolerance * max(1, abs(expected))
}
