import Accelerators
import Diagnostics
import Scheduling
import Testing
import Workloads

/// Each rule that a mapping must keep is broken once, from a mapping that keeps them all.
@Suite struct MappingValidationTests {
    /// 4×4 PEs of 16×16, 64 KiB L1 buffers, no L2, 1 MiB of Global Memory.
    static let datapath = Datapath(
        peGrid: Extent2D(x: 4, y: 4), array: Extent2D(x: 16, y: 16), vectorMultiplier: 2,
        l1: L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64), globalMemoryMiB: 1,
        dram: .gddr6(channels: 2))
    static let view = SchedulingView(datapath)

    static let dense = LoopNest(
        outputChannels: 64, inputChannels: 32, outputHeight: 28, outputWidth: 28, filterHeight: 3, filterWidth: 3,
        inputHeight: 28, inputWidth: 28)
    static let batched = LoopNest(
        batch: 16, outputChannels: 64, inputChannels: 32, outputHeight: 28, outputWidth: 28, filterHeight: 3,
        filterWidth: 3, inputHeight: 28, inputWidth: 28)
    static let depthwise = LoopNest(
        groups: 96, outputChannels: 1, inputChannels: 1, outputHeight: 28, outputWidth: 28, filterHeight: 3,
        filterWidth: 3, inputHeight: 28, inputWidth: 28)
    static let attention = LoopNest(
        groups: 12, outputChannels: 64, inputChannels: 64, outputWidth: 64, weightIsActivation: true)

    static func tile(_ text: String) -> Extents {
        var extents = Extents()
        for part in text.split(separator: " ") {
            guard let dimension = Dimension.allCases.first(where: { part.hasPrefix($0.letter) }) else { continue }
            extents[dimension] = Int(part.dropFirst()) ?? 0
        }
        return extents
    }

    static func mapping(of nest: LoopNest) -> Mapping {
        let l1 =
            nest == dense
            ? tile("K16 C16 P7 Q28 R3 S3") : nest == depthwise ? tile("G8 P7 Q28 R3 S3") : tile("K64 C64 Q64")
        let spatial: Dimension = nest == dense ? .outputChannels : .groups
        let order = LoopOrder(Dimension.allCases)
        var mapping = Mapping(
            unit: .array(.weightStationary), gridX: SpatialLoop(spatial, factor: 4),
            gridY: SpatialLoop(nest == attention ? .groups : .outputHeight, factor: nest == attention ? 1 : 4),
            l1Tile: l1, l2Tile: l1, globalTile: l1, l2Order: order, globalOrder: order, dramOrder: order)
        mapping.globalTile[spatial] *= 4
        mapping.globalTile[.outputHeight] *= nest == attention ? 1 : 4
        return mapping
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var field: String
        var words: [String]
        var nest = dense
        var view = MappingValidationTests.view
        var change: @Sendable (inout Mapping) -> Void

        init(
            _ name: String, at field: String, _ words: [String], of nest: LoopNest = dense,
            on view: SchedulingView = MappingValidationTests.view, _ change: @escaping @Sendable (inout Mapping) -> Void
        ) {
            testDescription = name
            self.field = field
            self.words = words
            self.nest = nest
            self.view = view
            self.change = change
        }
    }

    static func changed(_ change: (inout Datapath) -> Void) -> SchedulingView {
        var datapath = datapath
        change(&datapath)
        return SchedulingView(datapath)
    }

    static let l2 = L2Buffers(configuration: .private, inputMultiplier: 2, weightMultiplier: 2, outputMultiplier: 2)

    static let faults: [Fault] = [
        // A part of K, 16, of 28×28 in float32, twice.
        Fault("L1 output overflows", at: "l1Tile", ["65536 bytes", "L1 output buffer", "found 100352"]) {
            for tile in [\Mapping.l1Tile, \.l2Tile] { $0[keyPath: tile][.outputHeight] = 28 }
            $0.gridX.factor = 1
            $0.gridY.factor = 1
        },
        Fault(
            "L1 input overflows", at: "l1Tile", ["at most 65536 bytes", "L1 input buffer", "found 100352"], of: batched
        ) {
            $0 = mapping(of: dense)
            for tile in [\Mapping.l1Tile, \.l2Tile] { $0[keyPath: tile] = Self.tile("K1 C32 P28 Q28 R3 S3") }
        },
        Fault(
            "a shared L1 overflows", at: "l1Tile", ["at most 3072 bytes in the L1,", "found"],
            on: changed { $0.l1 = L1Buffers(configuration: .shared, inputKiB: 1, weightKiB: 1, outputKiB: 1) }
        ) { _ in },
        // Whole, and so held once: 16·(32 + 64)·28·28·2 and 64·32·9·2.
        Fault(
            "Global Memory overflows", at: "globalTile", ["at most 1048576 bytes", "Global Memory", "found 2445312"],
            of: batched
        ) {
            $0 = mapping(of: dense)
            $0.globalTile = Extents(batched)
        },
        Fault("L2 overflows", at: "l2Tile", ["131072 bytes", "L2 output buffer"], on: changed { $0.l2 = l2 }) {
            $0.l2Tile = Self.tile("K64 C32 P28 Q28 R3 S3")
            $0.globalTile = $0.l2Tile
        },
        // All PEs' L1 tiles are all rows, and yet two of them work through two each.
        Fault(
            "an L1 tile that changes within the L2 tile overflows", at: "l1Tile", ["16384 bytes", "L1 input buffer"],
            on: changed {
                $0.l1.inputKiB = 16
                $0.l2 = l2
            }
        ) {
            $0.l1Tile[.inputChannels] = 32
            $0.l2Tile = $0.l1Tile
            $0.l2Tile[.outputHeight] = 14
            $0.globalTile = tile("K64 C32 P56 Q28 R3 S3")
        },
        Fault("L2 below L1", at: "l2Tile.C", ["at least the L1 tile's 16", "found 8"], on: changed { $0.l2 = l2 }) {
            $0.l2Tile[.inputChannels] = 8
        },
        Fault("an L2 tile without L2", at: "l2Tile.C", ["no L2", "found 32"]) { $0.l2Tile[.inputChannels] = 32 },
        Fault("Global Memory cuts the grid's tile", at: "globalTile.K", ["multiple", "64", "found 32"]) {
            $0.globalTile[.outputChannels] = 32
        },
        Fault(
            "a Global Memory tile without Global Memory", at: "globalTile.C", ["no Global Memory", "found 32"],
            on: changed { $0.globalMemoryMiB = 0 }
        ) { $0.globalTile[.inputChannels] = 32 },
        Fault("a tile beyond the operator", at: "l1Tile.C", ["at most 32", "found 33"]) {
            $0.l1Tile[.inputChannels] = 33
        },
        Fault("a Global Memory tile beyond it", at: "globalTile.N", ["at most 1", "found 4611686018427387904"]) {
            $0.globalTile[.batch] = 1 << 62
        },
        Fault("zero", at: "l1Tile.C", ["at least 1", "found 0"]) { $0.l1Tile[.inputChannels] = 0 },
        Fault("negative", at: "globalTile.C", ["at least 1", "found -5"]) { $0.globalTile[.inputChannels] = -5 },
        Fault("a part of a filter", at: "l1Tile.R", ["whole filters of 3×3", "found 1"]) {
            $0.l1Tile[.filterHeight] = 1
        },
        Fault("too many PEs along x", at: "gridX.factor", ["4 PEs along x", "found 5"]) { $0.gridX.factor = 5 },
        Fault("too many PEs along y", at: "gridY.factor", ["4 PEs along y", "found \(Int.max)"]) {
            $0.gridY.factor = Int.max
        },
        Fault("no PE", at: "gridX.factor", ["from 1", "found 0"]) { $0.gridX.factor = 0 },
        Fault("a filter on the grid", at: "gridX.dimension", ["G, N, K, C, P or Q", "found R"]) {
            $0.gridX = SpatialLoop(.filterHeight, factor: 3)
        },
        Fault("a filter on the grid, S", at: "gridY.dimension", ["found S"]) {
            $0.gridY = SpatialLoop(.filterWidth, factor: 3)
        },
        Fault("more rows than there are", at: "arrayRows", ["from 1 to the array's 16", "found 17"]) {
            $0.arrayRows = 17
        },
        Fault("no columns", at: "arrayColumns", ["from 1 to the array's 16", "found 0"]) { $0.arrayColumns = 0 },
        Fault("too many taps", at: "unit.taps", ["16 rows", "1 × 17"], of: depthwise) {
            $0.unit = .arrayBlockDiagonal(groups: 1, taps: 17)
        },
        Fault("too many blocks down", at: "unit.groups", ["16 rows", "2 × 9"], of: depthwise) {
            $0.unit = .arrayBlockDiagonal(groups: 2, taps: 9)
        },
        Fault("too many blocks for part of the array", at: "unit.groups", ["8 rows", "3 × 3"], of: depthwise) {
            $0.unit = .arrayBlockDiagonal(groups: 3, taps: 3)
            $0.arrayRows = 8
        },
        Fault("blocks beyond a word", at: "unit.groups", ["\(Int.max) × 2"], of: depthwise) {
            $0.unit = .arrayBlockDiagonal(groups: Int.max, taps: 2)
        },
        Fault(
            "too many blocks across", at: "unit.groups", ["16 columns", "3 × 6"],
            of: LoopNest(groups: 8, outputChannels: 6, inputChannels: 2, outputWidth: 8)
        ) {
            $0 = Self.whole(LoopNest(groups: 8, outputChannels: 6, inputChannels: 2, outputWidth: 8))
            $0.unit = .arrayBlockDiagonal(groups: 3, taps: 2)
        },
        Fault("no block", at: "unit.groups", ["at least 1"], of: depthwise) {
            $0.unit = .arrayBlockDiagonal(groups: 0, taps: 2)
        },
        Fault("blocks with one group", at: "unit.name", ["several groups", "1 group"]) {
            $0.unit = .arrayBlockDiagonal(groups: 1, taps: 9)
        },
        Fault("blocks of activations", at: "unit.name", ["two activations"], of: attention) {
            $0.unit = .arrayBlockDiagonal(groups: 1, taps: 9)
        },
        Fault("a dense operator on the vector unit", at: "unit.name", ["several groups"]) { $0.unit = .vector },
        Fault("activations on the vector unit", at: "unit.name", ["two activations"], of: attention) {
            $0.unit = .vector
        },
    ]

    static func whole(_ nest: LoopNest) -> Mapping {
        let one = SpatialLoop(.batch, factor: 1)
        let order = LoopOrder(Dimension.allCases)
        return Mapping(
            unit: .array(.weightStationary), gridX: one, gridY: one, l1Tile: Extents(nest), l2Tile: Extents(nest),
            globalTile: Extents(nest), l2Order: order, globalOrder: order, dramOrder: order)
    }

    @Test func theMappingsThatAreBrokenAreRight() throws {
        for nest in [Self.dense, Self.depthwise, Self.attention] {
            try Self.mapping(of: nest).validate(for: nest, on: Self.view)
        }
        var withL2 = Self.mapping(of: Self.dense)
        withL2.l2Tile[.inputChannels] = 32
        withL2.globalTile[.inputChannels] = 32
        try withL2.validate(for: Self.dense, on: Self.changed { $0.l2 = Self.l2 })
    }

    @Test(arguments: faults) func aBrokenRuleIsNamed(fault: Fault) throws {
        var mapping = Self.mapping(of: fault.nest)
        fault.change(&mapping)
        let error = #expect(throws: DiagnosticError.self) { try mapping.validate(for: fault.nest, on: fault.view) }
        #expect(error?.kind == .badData)
        #expect(error?.location.field == fault.field, "\(String(describing: error))")
        #expect(error?.remedy != nil)
        for word in fault.words { #expect(error?.message.contains(word) == true, "\(String(describing: error))") }
    }

    /// More PEs than there are tiles, input channels shared out, and rows left free are no faults.
    @Test func wasteIsNoFault() throws {
        var mapping = Self.mapping(of: Self.dense)
        mapping.gridX = SpatialLoop(.batch, factor: 4)
        mapping.globalTile = mapping.l2Tile
        mapping.globalTile[.outputHeight] *= 4
        mapping.arrayRows = 3
        try mapping.validate(for: Self.dense, on: Self.view)
        #expect(MappingEvaluation(of: mapping, nest: Self.dense, on: Self.view).idlePEs == 12)
        mapping.gridX = SpatialLoop(.inputChannels, factor: 2)
        mapping.globalTile[.inputChannels] = 32
        try mapping.validate(for: Self.dense, on: Self.view)
    }

    /// Extents from 1 to beyond a word, in every dimension of every tile: each is refused or costs something, none traps.
    @Test func noSizeTraps() throws {
        let huge = LoopNest(outputChannels: 1 << 40, inputChannels: 2, outputWidth: 3)
        let sizes = [1, 2, 1 << 20, (1 << 40) - 1, 1 << 40, (1 << 40) + 1, 1 << 53, 1 << 62, Int.max - 1, Int.max]
        for (nest, start) in [
            (Self.dense, Self.mapping(of: Self.dense)), (Self.depthwise, Self.mapping(of: Self.depthwise)),
            (huge, Self.whole(huge)),
        ] {
            for hasL2 in [false, true] {
                for hasGlobalMemory in [false, true] {
                    let view = roomyView(hasL2: hasL2, hasGlobalMemory: hasGlobalMemory, grid: 256)
                    for dimension in Dimension.allCases {
                        for size in sizes {
                            for bits in 1..<16 {
                                var mapping = start
                                if bits & 1 != 0 { mapping.l1Tile[dimension] = size }
                                if bits & 2 != 0 { mapping.l2Tile[dimension] = size }
                                if bits & 4 != 0 { mapping.globalTile[dimension] = size }
                                if bits & 8 != 0 { mapping.gridX = SpatialLoop(dimension, factor: min(size, 256)) }
                                guard (try? mapping.validate(for: nest, on: view)) != nil else { continue }
                                let evaluation = MappingEvaluation(of: mapping, nest: nest, on: view)
                                #expect(evaluation.cycles.isFinite && evaluation.cycles > 0)
                            }
                        }
                    }
                }
            }
        }
        let error = #expect(throws: DiagnosticError.self) { try Self.whole(huge).validate(for: huge, on: Self.view) }
        #expect(
            error?.message.contains("found \(1 << 42)") == true || error?.message.contains("found \(3 << 42)") == true)
    }
}
