/// What one component takes, with its power split by whether it needs activity.
struct HardwareShare {
    var areaMM2 = 0.0
    /// At full activity, W.
    var dynamicWatts = 0.0
    /// Whether or not anything happens, W.
    var staticWatts = 0.0

    var watts: Double { dynamicWatts + staticWatts }
}

/// All components' shares in fixed storage, so that a search can ask for totals without allocating.
struct HardwareBreakdown {
    var arrays = HardwareShare()
    var vectors = HardwareShare()
    var l1 = HardwareShare()
    var l2 = HardwareShare()
    var globalMemory = HardwareShare()
    var network = HardwareShare()
    var dram = HardwareShare()
    var control = HardwareShare()
    var host = HardwareShare()
    var energies = AccessEnergy(
        macPJ: AccessEnergy.MAC(0), vectorOperationPJ: 0, l1PJPerByte: (0, 0, 0), l2PJPerByte: (0, 0, 0),
        globalMemoryPJPerByte: 0,
        dramPJPerByte: 0, staticWatts: 0)

    subscript(component: HardwareComponent) -> HardwareShare {
        switch component {
        case .systolicArrays: arrays
        case .vectorUnits: vectors
        case .l1: l1
        case .l2: l2
        case .globalMemory: globalMemory
        case .network: network
        case .dramInterface: dram
        case .controlAndClock: control
        case .host: host
        }
    }

    /// Sums in the order of `HardwareComponent`, so that they equal the sums of the components to the last bit.
    var totals: HardwareTotals {
        HardwareTotals(
            areaMM2: arrays.areaMM2 + vectors.areaMM2 + l1.areaMM2 + l2.areaMM2 + globalMemory.areaMM2
                + network.areaMM2 + dram.areaMM2 + control.areaMM2 + host.areaMM2,
            tdpWatts: arrays.watts + vectors.watts + l1.watts + l2.watts + globalMemory.watts + network.watts
                + dram.watts + control.watts + host.watts)
    }

    var staticWatts: Double {
        arrays.staticWatts + vectors.staticWatts + l1.staticWatts + l2.staticWatts + globalMemory.staticWatts
            + network.staticWatts + dram.staticWatts + control.staticWatts + host.staticWatts
    }

    /// The blocks that the clock tree reaches, and between which integration takes area.
    var clockedBlocks: (areaMM2: Double, dynamicWatts: Double) {
        (
            arrays.areaMM2 + vectors.areaMM2 + l1.areaMM2 + l2.areaMM2 + globalMemory.areaMM2 + network.areaMM2,
            arrays.dynamicWatts + vectors.dynamicWatts + l1.dynamicWatts + l2.dynamicWatts
                + globalMemory.dynamicWatts + network.dynamicWatts
        )
    }
}
