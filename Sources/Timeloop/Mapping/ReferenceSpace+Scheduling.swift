internal import Accelerators
internal import Scheduling
internal import Workloads

/// The space as our own mapper sees it.
extension ReferenceSpace {
    /// Whether our own mapper's whole numbers hold what they count.
    var isModest: Bool {
        let coefficients = problem.dataSpaces.flatMap(\.projection).joined().map(\.coefficient)
        return problem.computes <= 0x1p50 && bounds.allSatisfy { $0 <= 1 << 31 }
            && coefficients.allSatisfy { $0 <= 1 << 20 }
            && Slot.allCases.allSatisfy { !$0.isSpatial || limit($0) <= 1 << 20 }
    }

    /// The problem as a loop nest; padding is stored, as data, and groups run one at a time.
    var loopNest: LoopNest {
        func coefficient(_ dimension: Dimension) -> Int {
            for rank in problem.dataSpaces[tensors[1]].projection {
                for term in rank where term.dimension == index[dimension.rawValue] { return term.coefficient }
            }
            return 1
        }
        func bound(_ dimension: Dimension) -> Int { bounds[dimension.rawValue] }
        return LoopNest(
            groups: bound(.groups), batch: bound(.batch), outputChannels: bound(.outputChannels),
            inputChannels: bound(.inputChannels), outputHeight: bound(.outputHeight), outputWidth: bound(.outputWidth),
            filterHeight: bound(.filterHeight), filterWidth: bound(.filterWidth),
            strideHeight: coefficient(.outputHeight), strideWidth: coefficient(.outputWidth),
            dilationHeight: coefficient(.filterHeight), dilationWidth: coefficient(.filterWidth),
            weightIsActivation: true)
    }

    /// The architecture under Timeloop's assumptions: whole capacities, sums of one word, nothing that isn't overlapped.
    var schedulingView: SchedulingView {
        func bytes(_ level: Int) -> Int {
            let entries = architecture.levels[level].usableEntries ?? .infinity
            return Int(min(entries * Double(Datapath.operandBytes), Double(Self.unlimitedBytes)))
        }
        func bytesPerCycle(_ words: Double?) -> Double { words.map { $0 * Double(Datapath.operandBytes) } ?? .infinity }
        let dram = architecture.levels[architecture.levels.count - 1]
        var view = SchedulingView(
            Datapath(
                peGrid: Extent2D(x: limit(.gridX), y: limit(.gridY)),
                array: Extent2D(x: limit(.columns), y: limit(.rows)), vectorMultiplier: 1,
                l1: L1Buffers(configuration: .private, inputKiB: 1, weightKiB: 1, outputKiB: 1), l2: nil,
                globalMemoryMiB: hasL3 ? 1 : 0, dram: .gddr6(channels: 1)))
        view.l1 = BufferLevel(sharing: .private, inputBytes: bytes(3), weightBytes: bytes(2), outputBytes: bytes(4))
        view.stagingBytes = hasL3 ? bytes(5) : nil
        view.dramBytesPerCycle = bytesPerCycle(dram.sharedBandwidth)
        view.globalMemoryBytesPerCycle =
            hasL3 ? bytesPerCycle(architecture.levels[5].readBandwidth) : view.dramBytesPerCycle
        view.array.overlapsLoading = true
        view.array.loadsOnAverage = true
        view.isDoubleBuffered = false
        view.accumulatorBytes = Datapath.operandBytes
        view.chargesStart = false
        view.sharedAlongX = DimensionSet(Slot.gridX.dimensions)
        view.sharedAlongY = DimensionSet(Slot.gridY.dimensions)
        return view
    }

    private static let unlimitedBytes = 1 << 48

    /// Energies a byte; a MAC reads its register, and a weight that leaves its buffer is written into one.
    var mappingEnergies: MappingEnergies {
        func pjPerByte(_ level: Int) -> Double {
            architecture.levels[level].vectorAccessEnergyPJ
                / Double(architecture.levels[level].blockSize * Datapath.operandBytes)
        }
        let register = pjPerByte(0)
        return MappingEnergies(
            macPJ: AccessEnergy.MAC(architecture.macEnergyPJ + register * Double(Datapath.operandBytes)),
            vectorOperationPJ: 0,
            l1PJPerByte: .init(input: pjPerByte(3), weight: pjPerByte(2) + register, output: pjPerByte(4)),
            l2PJPerByte: .init(input: 0, weight: 0, output: 0), globalMemoryPJPerByte: hasL3 ? pjPerByte(5) : 0,
            dramPJPerByte: pjPerByte(architecture.levels.count - 1))
    }
}
