internal import Accelerators

/// A design under construction: what is decided, with everything else at its cheapest choice.
///
/// The two configurations have no cheapest choice that is known beforehand (a shared L1 is one larger memory with one set of
/// ports, private ones are three smaller): they stay open until they are decided.
struct PartialDesign: Hashable, Sendable {
    var datapath: Datapath
    var batch: Int
    var compiler: CompilerOptions
    private(set) var isL1Open = true
    private(set) var isL2Open = true
    /// The L2 of a design that enables it and has decided nothing else about it.
    private var smallestL2: L2Buffers

    /// The design of a space of which nothing is decided.
    init(cheapestOf space: SearchSpace) {
        datapath = Datapath(
            peGrid: Extent2D(x: 1, y: 1), array: Extent2D(x: 1, y: 1), vectorMultiplier: 1,
            l1: L1Buffers(configuration: .private, inputKiB: 1, weightKiB: 1, outputKiB: 1), globalMemoryMiB: 0,
            dram: .gddr6(channels: 1))
        batch = 1
        compiler = CompilerOptions(fusion: .none, padding: .none, softmax: .threePass, dataflow: .best)
        smallestL2 = L2Buffers(configuration: .private, inputMultiplier: 1, weightMultiplier: 1, outputMultiplier: 1)
        for parameter in space.parameters {
            switch parameter.name {
            case .l1Configuration, .l2Configuration: break
            case .l2InputMultiplier: smallestL2.inputMultiplier = parameter.codes[0]
            case .l2WeightMultiplier: smallestL2.weightMultiplier = parameter.codes[0]
            case .l2OutputMultiplier: smallestL2.outputMultiplier = parameter.codes[0]
            default: set(parameter.name, to: parameter.codes[0])
            }
        }
    }

    var design: Design { Design(datapath: datapath, batch: batch, compiler: compiler) }

    /// Whether a parameter has anything to decide, given what is decided.
    func needs(_ name: ParameterName) -> Bool {
        !name.needsL2 || datapath.l2 != nil
    }

    /// Decides a parameter.
    mutating func set(_ name: ParameterName, to code: Int) {
        switch name {
        case .peGridX: datapath.peGrid.x = code
        case .peGridY: datapath.peGrid.y = code
        case .arrayX: datapath.array.x = code
        case .arrayY: datapath.array.y = code
        case .vectorMultiplier: datapath.vectorMultiplier = code
        case .l1Configuration:
            datapath.l1.configuration = BufferSharing.allCases[code]
            isL1Open = false
        case .l1InputKiB: datapath.l1.inputKiB = code
        case .l1WeightKiB: datapath.l1.weightKiB = code
        case .l1OutputKiB: datapath.l1.outputKiB = code
        case .l2Configuration:
            setL2(to: PartialDesign.l2Configuration(code))
            isL2Open = false
        case .l2InputMultiplier: datapath.l2?.inputMultiplier = code
        case .l2WeightMultiplier: datapath.l2?.weightMultiplier = code
        case .l2OutputMultiplier: datapath.l2?.outputMultiplier = code
        case .globalMemoryMiB: datapath.globalMemoryMiB = code
        case .gddr6Channels: datapath.dram = .gddr6(channels: code)
        case .batch: batch = code
        case .fusion, .padding, .softmax, .dataflow, .order: name.compilerDecision?.choose(code, in: &compiler)
        }
    }

    /// Gives the design the smallest L2 of a configuration, or none.
    mutating func setL2(to configuration: BufferSharing?) {
        datapath.l2 = configuration.map { configuration in
            var l2 = smallestL2
            l2.configuration = configuration
            return l2
        }
    }

    /// The meaning of a code of `l2Configuration`; nil is disabled.
    static func l2Configuration(_ code: Int) -> BufferSharing? {
        code == 0 ? nil : BufferSharing.allCases[code - 1]
    }
}

extension ParameterName {
    /// The code of this parameter in a design; nil where it doesn't apply to the design, or the design's value has no code.
    func code(in design: Design) -> Int? {
        let datapath = design.datapath
        return switch self {
        case .peGridX: datapath.peGrid.x
        case .peGridY: datapath.peGrid.y
        case .arrayX: datapath.array.x
        case .arrayY: datapath.array.y
        case .vectorMultiplier: datapath.vectorMultiplier
        case .l1Configuration: BufferSharing.allCases.firstIndex(of: datapath.l1.configuration)
        case .l1InputKiB: datapath.l1.inputKiB
        case .l1WeightKiB: datapath.l1.weightKiB
        case .l1OutputKiB: datapath.l1.outputKiB
        case .l2Configuration:
            datapath.l2.map { 1 + (BufferSharing.allCases.firstIndex(of: $0.configuration) ?? 0) } ?? 0
        case .l2InputMultiplier: datapath.l2?.inputMultiplier
        case .l2WeightMultiplier: datapath.l2?.weightMultiplier
        case .l2OutputMultiplier: datapath.l2?.outputMultiplier
        case .globalMemoryMiB: datapath.globalMemoryMiB
        case .gddr6Channels: datapath.dram.gddr6Channels
        case .batch: design.batch
        case .fusion, .padding, .softmax, .dataflow, .order: compilerDecision?.choice(in: design.compiler)
        }
    }
}
