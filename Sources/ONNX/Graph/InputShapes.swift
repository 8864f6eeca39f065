internal import Diagnostics

/// Gives every axis of a model's inputs its extent.
struct InputShapes {
    private let path: String
    private let options: ImportOptions
    /// The symbol of the batch axis.
    private let batchSymbol: String?
    private var usedDimensions: Set<String> = []

    /// The inputs' shapes, in order, the extent of the symbolic batch axis, if there is one, and whether it was left open for a batch.
    ///
    /// - Throws: `DiagnosticError`: `badData` for an input without a shape, with an extent below 1, or with an open axis that no option
    ///   gives; `usage` for options that do not fit the file.
    static func resolve(_ inputs: [ONNXModel.ValueInfo], path: String, options: ImportOptions) throws -> (
        shapes: [[Int]], batch: Int?, isBatchOpen: Bool
    ) {
        var resolution = InputShapes(inputs, path: path, options: options)
        let shapes = try inputs.map { try resolution.shape(of: $0) }
        try resolution.checkOptions(inputs)
        let symbolic = zip(inputs, shapes).first { input, _ in
            input.shape?.first.map { resolution.isBatch($0) } ?? false
        }
        if let batch = options.batch, symbolic == nil, let fixed = shapes.first(where: { !$0.isEmpty })?.first,
            fixed != batch
        {
            throw DiagnosticError(
                .usage, "expected the batch of \(fixed) that the file fixes, found one of \(batch)",
                at: SourceLocation(file: path),
                remedy: "export the model with a symbolic batch axis to choose its batch")
        }
        let isNamed = symbolic.map {
            options.dimensions[resolution.axisName($0.0.shape?.first, 0, of: $0.0.name)] != nil
        }
        return (shapes, symbolic?.1.first, isNamed == false)
    }

    private init(_ inputs: [ONNXModel.ValueInfo], path: String, options: ImportOptions) {
        self.path = path
        self.options = options
        batchSymbol =
            inputs.lazy.compactMap { input -> String? in
                guard case .symbol(let symbol) = input.shape?.first else { return nil }
                return symbol
            }.first
    }

    /// Whether a leading axis is the batch's.
    private func isBatch(_ extent: ONNXModel.Extent) -> Bool {
        switch extent {
        case .fixed: false
        case .symbol(let symbol): symbol == batchSymbol
        case .unknown: true
        }
    }

    private mutating func shape(of input: ONNXModel.ValueInfo) throws -> [Int] {
        guard input.isTensor else {
            throw fault("expected tensors as inputs, found a sequence, map or optional", at: input.name)
        }
        guard let extents = input.shape else {
            throw fault(
                "expected an input with a shape, found none", at: input.name,
                remedy: "export the model with input shapes")
        }
        return try extents.enumerated().map { axis, extent in
            let size = try size(of: extent, axis: axis, input: input.name)
            guard size > 0 else {
                throw fault("expected an extent of at least 1 for axis \(axis), found \(size)", at: input.name)
            }
            return size
        }
    }

    /// What `dimensions` calls an axis.
    private func axisName(_ extent: ONNXModel.Extent?, _ axis: Int, of input: String) -> String {
        if case .symbol(let symbol) = extent { symbol } else { "\(input)[\(axis)]" }
    }

    private mutating func size(of extent: ONNXModel.Extent, axis: Int, input: String) throws -> Int {
        if case .fixed(let size) = extent { return size }
        let name = axisName(extent, axis, of: input)
        let given = options.dimensions[name]
        if given != nil { usedDimensions.insert(name) }
        let isBatch = extent == batchSymbol.map(ONNXModel.Extent.symbol) || (axis == 0 && extent == .unknown)
        guard isBatch else {
            guard let given else {
                throw fault(
                    "expected an extent for the symbolic axis '\(name)' (axis \(axis)), found none", at: input,
                    remedy:
                        "give it with --dimension '\(name)=SIZE', or in a problem file with dimensions: {'\(name)': SIZE}"
                )
            }
            return given
        }
        if let given, let batch = options.batch, given != batch {
            throw DiagnosticError(
                .usage, "expected one batch, found \(batch) and the dimension \(name)=\(given)",
                at: SourceLocation(file: path))
        }
        guard let batch = given ?? options.batch ?? options.defaultBatch else {
            throw fault(
                "expected an extent for the batch axis '\(name)' (axis \(axis)), found none", at: input,
                remedy: "give it with --batch N")
        }
        return batch
    }

    /// Every dimension that was given must be one of the file's.
    private func checkOptions(_ inputs: [ONNXModel.ValueInfo]) throws {
        guard let unused = options.dimensions.keys.filter({ !usedDimensions.contains($0) }).min() else { return }
        var known: [String] = []
        for input in inputs {
            for (axis, extent) in (input.shape ?? []).enumerated() {
                switch extent {
                case .fixed: break
                case .symbol(let symbol): if !known.contains(symbol) { known.append(symbol) }
                case .unknown: known.append("\(input.name)[\(axis)]")
                }
            }
        }
        throw DiagnosticError(
            .usage, "expected the name of a symbolic axis as dimension, found '\(unused)'",
            at: SourceLocation(file: path),
            remedy: known.isEmpty
                ? "all axes of the file are fixed" : remedyForUnknown(unused, among: Array(known.prefix(32))))
    }

    private func fault(_ message: String, at input: String, remedy: String? = nil) -> DiagnosticError {
        DiagnosticError(.badData, message, at: SourceLocation(file: path, field: "input '\(input)'"), remedy: remedy)
    }
}
