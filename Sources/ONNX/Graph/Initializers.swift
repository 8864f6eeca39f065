internal import Diagnostics
internal import Workloads

/// Makes constants of the tensors that a file stores.
struct Initializers {
    private let file: MappedFile
    private var values: TensorValues
    /// Places of external data that were checked.
    private var checkedPaths: Set<String> = []

    init(file: MappedFile) {
        self.file = file
        values = TensorValues(file: file)
    }

    /// The constant of a stored tensor.
    ///
    /// - Throws: `DiagnosticError` (`badData`) if its shape, type or data are wrong.
    mutating func tensor(_ stored: StoredTensor, in lowering: inout Lowering) throws -> Tensor {
        func fault(_ message: String, remedy: String? = nil) -> DiagnosticError {
            DiagnosticError(
                .badData, message, at: SourceLocation(file: file.path, field: "initializer '\(stored.name)'"),
                remedy: remedy)
        }
        guard let type = ElementType(rawValue: stored.elementType) else {
            throw fault("expected a known element type, found number \(stored.elementType)")
        }
        guard stored.shape.count <= Lowering.mostAxes, stored.shape.allSatisfy({ $0 >= 0 }),
            let count = checkedProduct(stored.shape)
        else { throw fault("expected at most 2^53 elements, found shape \(shapeText(stored.shape))") }
        switch stored.data {
        case .none where count > 0 && type != .string:
            throw fault(
                "expected the data of \(count) elements, found none", remedy: "export the model with its weights")
        case .none, .fields: break
        case .raw(let range):
            if let bits = type.bits {
                let (needed, overflow) = count.multipliedReportingOverflow(by: bits)
                guard !overflow, range.count == (needed + 7) / 8 else {
                    throw fault("expected \(count) elements of \(bits) bits, found \(range.count) bytes")
                }
            }
        case .external(let path, _, _):
            if checkedPaths.insert(path).inserted { try ExternalData.check(path, of: stored.name, in: file) }
        }
        let reading = try values.values(of: stored, type: type, count: count)
        let elements: Constant.Elements =
            switch reading {
            case .known(let values): .known(values)
            case .unknown(let reason): .unknown("'\(stored.name)': \(reason)")
            }
        return lowering.constant(stored.shape, type, elements, source: stored.name)
    }
}
