public import Configuration
internal import Diagnostics

extension Design {
    /// Reads a design from a YAML file.
    ///
    /// - Throws: `DiagnosticError` with file, line and field: `missingInput` where there is no such file, `badData` where it is
    ///   not a design.
    public init(contentsOfFile path: String) throws {
        try self.init(yaml: readTextFile(path), file: path)
    }

    /// The path of a baseline by its name, e.g. `tpu-v3`; a path stays as it is.
    public static func path(named name: String, in files: InstalledFiles = .standard) throws -> String {
        try files.file(named: name, in: "environments/baselines")
    }

    /// Reads a baseline by its name, e.g. `tpu-v3`, or any design by its path.
    ///
    /// - Throws: as `init(contentsOfFile:)`; an unknown name is `missingInput`, and the nearest known one is suggested.
    public init(named name: String, in files: InstalledFiles = .standard) throws {
        try self.init(contentsOfFile: Design.path(named: name, in: files))
    }

    /// Reads a design from YAML text.
    ///
    ///     datapath:
    ///       peGrid: {x: 8, y: 8}
    ///       array: {x: 32, y: 32}
    ///       vectorMultiplier: 2
    ///       l1: {configuration: private, inputKiB: 32, weightKiB: 32, outputKiB: 32}
    ///       l2: {configuration: disabled}   # or private | shared, with inputMultiplier, weightMultiplier, outputMultiplier
    ///       globalMemoryMiB: 128
    ///       gddr6Channels: 8                # or dram: {technology: hbm2, gigabytesPerSecond: 900}, or channels: 4 in its place
    ///       clockGHz: 1                     # optional
    ///       overlapsWeightLoading: true     # optional
    ///     batch: 8
    ///     compiler: {fusion: residency, padding: array, softmax: two-pass, dataflow: best}  # optional: order, depthwise
    ///
    /// A block `published`, with which a file states a real chip's figures, is checked but plays no part: see `PublishedChip`.
    ///
    /// - Parameter file: the name that complaints use.
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        let root = try ConfigurationNode(yaml: yaml, file: file).mapping(keys: Design.keys)
        try self.init(root)
        guard let published = root.optional("published"),
            try PublishedChip(root, name: file).arithmetic == .int8
        else { return }
        throw DiagnosticError(
            .badData, "expected a chip that computes in bfloat16, found int8", at: published.location,
            remedy: "an int8 chip serves to calibrate area and power; it cannot be simulated")
    }

    static let keys = ["datapath", "batch", "compiler", "published"]

    init(_ root: ConfigurationMapping) throws {
        datapath = try Datapath(root.required("datapath"))
        batch = try root.required("batch").integer(in: Datapath.Limits.batch)
        compiler = try CompilerOptions(root.required("compiler"))
    }
}

extension CompilerOptions {
    /// Reads the options from a mapping of a YAML file; all but `order`, by default `given`, and `depthwise`, by default
    /// `best`, are required.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ["fusion", "padding", "softmax", "dataflow", "order", "depthwise"])
        fusion = try mapping.required("fusion").choice()
        padding = try mapping.required("padding").choice()
        softmax = try mapping.required("softmax").choice()
        dataflow = try mapping.required("dataflow").choice()
        order = try mapping.optional("order")?.choice() ?? .given
        depthwise = try mapping.optional("depthwise")?.choice() ?? .best
    }
}

extension Datapath {
    /// Reads a datapath from a mapping of a YAML file.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: [
            "peGrid", "array", "vectorMultiplier", "l1", "l2", "globalMemoryMiB", "gddr6Channels", "dram", "clockGHz",
            "overlapsWeightLoading",
        ])
        let array = try mapping.required("array")
        try self.init(
            peGrid: Extent2D(mapping.required("peGrid")),
            array: Extent2D(array),
            vectorMultiplier: mapping.required("vectorMultiplier").integer(in: Limits.multiplier),
            l1: L1Buffers(mapping.required("l1")),
            l2: L2Buffers(reading: mapping.required("l2")),
            globalMemoryMiB: mapping.required("globalMemoryMiB").integer(in: Limits.globalMemoryMiB),
            dram: DRAM(oneOf: mapping),
            clockGHz: mapping.optional("clockGHz")?.number(in: Limits.clockGHz) ?? 1,
            overlapsWeightLoading: mapping.optional("overlapsWeightLoading")?.boolean() ?? true)
        try validateMacUnits(at: array.location)
    }
}

extension Extent2D {
    fileprivate init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ["x", "y"])
        x = try mapping.required("x").integer(in: Datapath.Limits.extent)
        y = try mapping.required("y").integer(in: Datapath.Limits.extent)
    }
}

extension L1Buffers {
    fileprivate init(_ node: ConfigurationNode) throws {
        let mapping = try node.mapping(keys: ["configuration", "inputKiB", "weightKiB", "outputKiB"])
        configuration = try mapping.required("configuration").choice()
        inputKiB = try mapping.required("inputKiB").integer(in: Datapath.Limits.bufferKiB)
        weightKiB = try mapping.required("weightKiB").integer(in: Datapath.Limits.bufferKiB)
        outputKiB = try mapping.required("outputKiB").integer(in: Datapath.Limits.bufferKiB)
    }
}

/// What a file may say of L2: `BufferSharing`, or that there is none.
enum L2Configuration: String, CaseIterable {
    case disabled, `private`, shared

    /// How operands share it; nil where there is none.
    var sharing: BufferSharing? { BufferSharing(rawValue: rawValue) }
}

extension L2Buffers {
    fileprivate init?(reading node: ConfigurationNode) throws {
        let multipliers = ["inputMultiplier", "weightMultiplier", "outputMultiplier"]
        let mapping = try node.mapping(keys: ["configuration"] + multipliers)
        guard let sharing = try mapping.required("configuration").choice(of: L2Configuration.self).sharing else {
            if let superfluous = multipliers.lazy.compactMap({ mapping.optional($0) }).first {
                throw superfluous.error(
                    expected: "no multiplier where L2 is disabled", remedy: "remove it, or choose private or shared")
            }
            return nil
        }
        configuration = sharing
        inputMultiplier = try mapping.required("inputMultiplier").integer(in: Datapath.Limits.multiplier)
        weightMultiplier = try mapping.required("weightMultiplier").integer(in: Datapath.Limits.multiplier)
        outputMultiplier = try mapping.required("outputMultiplier").integer(in: Datapath.Limits.multiplier)
    }
}

extension DRAM {
    /// The memory that a datapath's mapping names by exactly one of the keys `gddr6Channels` and `dram`.
    fileprivate init(oneOf mapping: ConfigurationMapping) throws {
        switch (mapping.optional("gddr6Channels"), mapping.optional("dram")) {
        case (let channels?, nil):
            self = try .gddr6(channels: channels.integer(in: Datapath.Limits.gddr6Channels))
        case (nil, let dram?):
            let keys = try dram.mapping(keys: ["technology", "channels", "gigabytesPerSecond"])
            let technology: Technology = try keys.required("technology").choice()
            if let channels = keys.optional("channels") {
                if let bandwidth = keys.optional("gigabytesPerSecond") {
                    throw bandwidth.error(
                        expected: "no bandwidth beside 'channels', which give it", remedy: "remove one of them")
                }
                let most = Datapath.Limits.gigabytesPerSecond.upperBound / technology.channelGigabytesPerSecond
                self.init(technology: technology, channels: try channels.integer(in: 1...Int(most)))
            } else {
                self.init(
                    technology: technology,
                    gigabytesPerSecond: try keys.required("gigabytesPerSecond").number(
                        in: Datapath.Limits.gigabytesPerSecond))
            }
        case (_?, let dram?):
            throw DiagnosticError(
                .badData, "expected either 'gddr6Channels' or 'dram', found both", at: dram.location,
                remedy: "remove one of them")
        case (nil, nil):
            throw DiagnosticError(
                .badData, "expected the key 'gddr6Channels' or 'dram', found \(mapping.keys.joined(separator: ", "))",
                at: mapping.location, remedy: "add 'gddr6Channels'")
        }
    }
}
