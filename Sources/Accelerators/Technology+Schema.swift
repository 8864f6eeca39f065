/// The groups of a technology file, with the unit of each number and the place where the model keeps it.
///
/// The one list that files are read by; a constant that isn't in it can't be in a file.
extension Technology {
    struct Key: Sendable {
        let name: String
        let unit: String
        let keyPath: any WritableKeyPath<Technology, Double> & Sendable

        init(_ name: String, _ unit: String, _ keyPath: any WritableKeyPath<Technology, Double> & Sendable) {
            self.name = name
            self.unit = unit
            self.keyPath = keyPath
        }
    }

    struct Group: Sendable {
        let name: String
        let keys: [Key]

        init(_ name: String, _ keys: [Key]) {
            self.name = name
            self.keys = keys
        }
    }

    /// The factors of a node: they stand in its own file.
    static let scaleGroup = Group(
        "scale",
        [
            Key("logicEnergy", "x", \.scale.logicEnergy), Key("logicArea", "x", \.scale.logicArea),
            Key("registerEnergy", "x", \.scale.registerEnergy), Key("wireEnergy", "x", \.scale.wireEnergy),
            Key("sramEnergy", "x", \.scale.sramEnergy), Key("sramArea", "x", \.scale.sramArea),
        ])

    /// The groups under `constants` but for `dram`.
    static let constantGroups: [Group] = [
        Group(
            "array",
            [
                Key("bfloat16Multiply", "pJ", \.constants.array.bfloat16MultiplyPJ),
                Key("float16Multiply", "pJ", \.constants.array.float16MultiplyPJ),
                Key("float32Add", "pJ", \.constants.array.float32AddPJ),
                Key("int8Multiply", "pJ", \.constants.array.int8MultiplyPJ),
                Key("int32Add", "pJ", \.constants.array.int32AddPJ),
                Key("registerEnergy", "pJ/bit", \.constants.array.registerPJPerBit),
                Key("bfloat16CellArea", "um2", \.constants.array.bfloat16CellUM2),
                Key("int8CellArea", "um2", \.constants.array.int8CellUM2),
            ]),
        Group(
            "vector",
            [
                Key("laneOperation", "pJ", \.constants.vector.laneOperationPJ),
                Key("laneArea", "um2", \.constants.vector.laneUM2),
            ]),
        Group("logic", [Key("leakage", "W/mm2", \.constants.logic.leakageWattsPerMM2)]),
        Group(
            "sram",
            [
                Key("arrayAccess", "pJ/B/rootB", \.constants.sram.arrayPJPerByteRootByte),
                Key("interfaceAccess", "pJ/B", \.constants.sram.interfacePJPerByte),
                Key("bitArea", "um2/bit", \.constants.sram.bitUM2),
                Key("portArea", "um2/B/rootB", \.constants.sram.portUM2PerByteRootByte),
                Key("leakagePerByte", "uW/B", \.constants.sram.leakageMicrowattsPerByte),
                Key("portLeakage", "uW/B/rootB", \.constants.sram.portLeakageMicrowattsPerByteRootByte),
                Key("macroAreaFactor", "x", \.constants.sram.macroAreaFactor),
            ]),
        Group(
            "network",
            [
                Key("wireEnergy", "pJ/B/mm", \.constants.network.wirePJPerByteMM),
                Key("wireArea", "mm2/B/mm", \.constants.network.wireMM2PerByteMM),
            ]),
        Group(
            "control",
            [
                Key("clockPowerFactor", "x", \.constants.control.clockPowerFactor),
                Key("areaFactor", "x", \.constants.control.areaFactor),
                Key("sequencerEnergy", "pJ/cycle", \.constants.control.sequencerPJPerCycle),
                Key("sequencerArea", "mm2", \.constants.control.sequencerMM2),
            ]),
        Group(
            "host",
            [
                Key("area", "mm2", \.constants.host.areaMM2), Key("power", "W", \.constants.host.watts),
                Key("linkAccess", "pJ/B", \.constants.host.linkPJPerByte),
                Key("linkArea", "mm2/GBps", \.constants.host.linkMM2PerGigabytePerSecond),
            ]),
    ]

    /// The groups under `constants.dram`, one a memory technology.
    static let memoryGroups: [Group] = DRAM.Technology.allCases.map { memory in
        Group(
            memory.rawValue,
            [
                Key("access", "pJ/64b", \.constants[memory].pjPer64Bits),
                Key("interfaceArea", "mm2/GBps", \.constants[memory].interfaceMM2PerGigabytePerSecond),
                Key("idlePower", "W/GBps", \.constants[memory].idleWattsPerGigabytePerSecond),
            ])
    }
}
