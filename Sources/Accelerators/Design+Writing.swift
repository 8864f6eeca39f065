extension Design {
    /// The design as a YAML file, in the order of the documentation.
    ///
    /// `Design(yaml:file:)` reads the same design back. Keys with a default are written only where they differ from it.
    public var yamlText: String {
        var lines = ["datapath:"]
        lines += datapath.yamlLines.map { "  " + $0 }
        lines.append("batch: \(batch)")
        var options = [
            "fusion: \(compiler.fusion.rawValue)", "padding: \(compiler.padding.rawValue)",
            "softmax: \(compiler.softmax.rawValue)", "dataflow: \(compiler.dataflow.rawValue)",
        ]
        if compiler.order != .given { options.append("order: \(compiler.order.rawValue)") }
        if compiler.depthwise != .best { options.append("depthwise: \(compiler.depthwise.rawValue)") }
        lines.append("compiler: {\(options.joined(separator: ", "))}")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Datapath {
    fileprivate var yamlLines: [String] {
        var lines = [
            "peGrid: {x: \(peGrid.x), y: \(peGrid.y)}",
            "array: {x: \(array.x), y: \(array.y)}",
            "vectorMultiplier: \(vectorMultiplier)",
            "l1: {configuration: \(l1.configuration.rawValue), inputKiB: \(l1.inputKiB), weightKiB: \(l1.weightKiB), "
                + "outputKiB: \(l1.outputKiB)}",
        ]
        if let l2 {
            lines.append(
                "l2: {configuration: \(l2.configuration.rawValue), inputMultiplier: \(l2.inputMultiplier), "
                    + "weightMultiplier: \(l2.weightMultiplier), outputMultiplier: \(l2.outputMultiplier)}")
        } else {
            lines.append("l2: {configuration: disabled}")
        }
        lines.append("globalMemoryMiB: \(globalMemoryMiB)")
        if let channels = dram.gddr6Channels, Limits.gddr6Channels.contains(channels) {
            lines.append("gddr6Channels: \(channels)")
        } else {
            lines.append(
                "dram: {technology: \(dram.technology.rawValue), gigabytesPerSecond: \(dram.gigabytesPerSecond)}")
        }
        if clockGHz != 1 { lines.append("clockGHz: \(clockGHz)") }
        if !overlapsWeightLoading { lines.append("overlapsWeightLoading: false") }
        return lines
    }
}

// The keys of JSON are those of the file.

extension Design: Codable {
    private enum CodingKeys: String, CodingKey {
        case datapath, batch, compiler
    }

    /// - Throws: `DecodingError` for a wrong shape, `DiagnosticError` for a value out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            datapath: try container.decode(Datapath.self, forKey: .datapath),
            batch: try container.decode(Int.self, forKey: .batch),
            compiler: try container.decode(CompilerOptions.self, forKey: .compiler))
        try validate()
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(datapath, forKey: .datapath)
        try container.encode(batch, forKey: .batch)
        try container.encode(compiler, forKey: .compiler)
    }
}

extension CompilerOptions: Codable {
    private enum CodingKeys: String, CodingKey {
        case fusion, padding, softmax, dataflow, order, depthwise
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            fusion: try container.decode(Fusion.self, forKey: .fusion),
            padding: try container.decode(Padding.self, forKey: .padding),
            softmax: try container.decode(Softmax.self, forKey: .softmax),
            dataflow: try container.decode(DataflowChoice.self, forKey: .dataflow),
            order: try container.decodeIfPresent(Order.self, forKey: .order) ?? .given,
            depthwise: try container.decodeIfPresent(Depthwise.self, forKey: .depthwise) ?? .best)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(fusion, forKey: .fusion)
        try container.encode(padding, forKey: .padding)
        try container.encode(softmax, forKey: .softmax)
        try container.encode(dataflow, forKey: .dataflow)
        if order != .given { try container.encode(order, forKey: .order) }
        if depthwise != .best { try container.encode(depthwise, forKey: .depthwise) }
    }
}

extension Datapath: Codable {
    private enum CodingKeys: String, CodingKey {
        case peGrid, array, vectorMultiplier, l1, l2, globalMemoryMiB, gddr6Channels, dram, clockGHz
        case overlapsWeightLoading
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let channels = try container.decodeIfPresent(Int.self, forKey: .gddr6Channels)
        self.init(
            peGrid: try container.decode(Extent2D.self, forKey: .peGrid),
            array: try container.decode(Extent2D.self, forKey: .array),
            vectorMultiplier: try container.decode(Int.self, forKey: .vectorMultiplier),
            l1: try container.decode(L1Buffers.self, forKey: .l1),
            l2: try container.decode(CodedL2.self, forKey: .l2).buffers,
            globalMemoryMiB: try container.decode(Int.self, forKey: .globalMemoryMiB),
            dram: try channels.map(DRAM.gddr6(channels:)) ?? container.decode(DRAM.self, forKey: .dram),
            clockGHz: try container.decodeIfPresent(Double.self, forKey: .clockGHz) ?? 1,
            overlapsWeightLoading: try container.decodeIfPresent(Bool.self, forKey: .overlapsWeightLoading) ?? true)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(peGrid, forKey: .peGrid)
        try container.encode(array, forKey: .array)
        try container.encode(vectorMultiplier, forKey: .vectorMultiplier)
        try container.encode(l1, forKey: .l1)
        try container.encode(CodedL2(buffers: l2), forKey: .l2)
        try container.encode(globalMemoryMiB, forKey: .globalMemoryMiB)
        if let channels = dram.gddr6Channels, Limits.gddr6Channels.contains(channels) {
            try container.encode(channels, forKey: .gddr6Channels)
        } else {
            try container.encode(dram, forKey: .dram)
        }
        if clockGHz != 1 { try container.encode(clockGHz, forKey: .clockGHz) }
        if !overlapsWeightLoading { try container.encode(false, forKey: .overlapsWeightLoading) }
    }
}

/// L2 as a file has it: `configuration: disabled` where there is none.
private struct CodedL2: Codable {
    var buffers: L2Buffers?

    private enum CodingKeys: String, CodingKey {
        case configuration
    }

    init(buffers: L2Buffers?) {
        self.buffers = buffers
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let configuration = try container.decode(String.self, forKey: .configuration)
        buffers = configuration == L2Configuration.disabled.rawValue ? nil : try L2Buffers(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        if let buffers {
            try buffers.encode(to: encoder)
        } else {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(L2Configuration.disabled.rawValue, forKey: .configuration)
        }
    }
}
