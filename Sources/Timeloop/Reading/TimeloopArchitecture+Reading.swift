internal import Configuration
internal import Diagnostics

extension TimeloopArchitecture {
    /// Reads `arch: {arithmetic: {…}, storage: [{…}, …]}`, innermost level first.
    ///
    /// Keys that don't bear on counts, cycles or energy are passed over, as Timeloop does.
    ///
    /// - Throws: `DiagnosticError` (`badData`) with file, line and field.
    public init(yaml: String, file: String) throws {
        let root = try ConfigurationNode.timeloopRoot(yaml, file: file, key: "arch", what: "architecture").mapping()
        let arithmetic = try root.required("arithmetic").mapping()
        let storage = try root.required("storage")
        let nodes = try storage.list()
        guard !nodes.isEmpty else {
            throw storage.error(expected: "at least one storage level", remedy: "list the levels, innermost first")
        }
        self.init(
            arithmeticName: try arithmetic.optional("name")?.string() ?? "MAC",
            arithmeticMesh: try Mesh(arithmetic),
            macEnergyPJ: try arithmetic.timeloop("energy")?.number(in: 0...Double.greatestFiniteMagnitude) ?? 0,
            levels: try nodes.map { try Level($0.mapping()) })
        location = storage.location

        for (index, level) in levels.enumerated() {
            if let twin = levels[..<index].firstIndex(where: { $0.name == level.name }) {
                throw nodes[index].error(
                    expected:
                        "a name of its own for each level, but levels \(twin) and \(index) are both '\(level.name)'",
                    remedy: "rename one of them")
            }
            let inner = index == 0 ? arithmeticMesh : levels[index - 1].mesh
            let innerName = index == 0 ? arithmeticName : levels[index - 1].name
            guard inner.x % level.mesh.x == 0, inner.y % level.mesh.y == 0 else {
                throw DiagnosticError(
                    .badData,
                    "expected the mesh of '\(innerName)' (\(inner.x)×\(inner.y)) to be a multiple of that of "
                        + "'\(level.name)', found \(level.mesh.x)×\(level.mesh.y)",
                    at: nodes[index].location,
                    remedy: "levels go from the inside out: change instances or meshX of one of the two")
            }
        }
    }
}

extension TimeloopArchitecture.Mesh {
    /// Two of `instances`, `meshX` and `meshY` give the third; `instances` alone stand along x.
    init(_ node: ConfigurationMapping) throws {
        let sizes = 1...largestTimeloopSize
        let instances = try node.optional("instances")?.integer(in: sizes)
        let x = try node.optional("meshX")?.integer(in: sizes)
        let y = try node.optional("meshY")?.integer(in: sizes)
        func fault(_ message: String) -> DiagnosticError {
            DiagnosticError(
                .badData, message, at: node.location, remedy: "instances = meshX · meshY must hold in whole numbers")
        }
        switch (instances, x, y) {
        case (let n?, let x?, let y?):
            let (product, overflows) = x.multipliedReportingOverflow(by: y)
            guard !overflows, product == n else {
                throw fault("expected meshX · meshY = instances, found \(x) · \(y), \(n)")
            }
            self.init(x: x, y: y)
        case (let n?, let x?, nil):
            guard n % x == 0 else { throw fault("expected instances to be a multiple of meshX, found \(n) and \(x)") }
            self.init(x: x, y: n / x)
        case (let n?, nil, let y?):
            guard n % y == 0 else { throw fault("expected instances to be a multiple of meshY, found \(n) and \(y)") }
            self.init(x: n / y, y: y)
        case (nil, let x?, let y?):
            guard !x.multipliedReportingOverflow(by: y).overflow, x * y <= largestTimeloopSize else {
                throw fault("expected at most \(largestTimeloopSize) instances, found \(x) · \(y)")
            }
            self.init(x: x, y: y)
        case (let n?, nil, nil):
            self.init(x: n, y: 1)
        case (nil, _, _):
            throw fault("expected the key 'instances', or meshX and meshY, found neither")
        }
    }
}

extension TimeloopArchitecture.Level {
    fileprivate init(_ node: ConfigurationMapping) throws {
        self.init(name: try node.required("name").string(), mesh: try TimeloopArchitecture.Mesh(node))
        let sizes = 1...largestTimeloopSize
        let rates = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude
        if let size = node.timeloop("block_size") { blockSize = try size.integer(in: sizes) }
        if let size = node.optional("entries") {
            entries = try size.integer(in: sizes)
        } else if let depth = node.optional("depth") {
            let (product, overflows) = try depth.integer(in: sizes).multipliedReportingOverflow(by: blockSize)
            guard !overflows else { throw depth.error(expected: "depth · block_size of at most 2^63") }
            entries = product
        } else if let kilobytes = node.optional("sizeKB") {
            let wordBits = try node.timeloop("word_bits")?.integer(in: 1...4096) ?? 16
            entries = try kilobytes.integer(in: sizes) * 8192 / wordBits
        }
        if let factor = node.timeloop("multiple_buffering") {
            multipleBuffering = try factor.number(in: 1...Double.greatestFiniteMagnitude)
        }
        if let share = node.timeloop("min_utilization") { minUtilization = try share.number(in: 0...1) }
        if let energy = node.timeloop("vector_access_energy") {
            vectorAccessEnergyPJ = try energy.number(in: 0...Double.greatestFiniteMagnitude)
        }
        readBandwidth = try node.timeloop("read_bandwidth")?.number(in: rates)
        writeBandwidth = try node.timeloop("write_bandwidth")?.number(in: rates)
        sharedBandwidth = try node.timeloop("shared_bandwidth")?.number(in: rates)
    }
}
