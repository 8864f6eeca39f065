internal import Accelerators
internal import Diagnostics
internal import ONNX
internal import Workloads

extension Problem {
    /// The workloads' dimensions, by their names.
    public var dimensions: [String: [String: Int]] {
        Dictionary(workloads.map { ($0.name, $0.dimensions) }, uniquingKeysWith: { first, _ in first })
    }

    /// The problem's networks at batch 1 or, where a file fixes it, at the file's, in the problem's order.
    ///
    /// - Throws: `DiagnosticError` as `NetworkResolution.network` does.
    func networks() throws -> [ONNXImporter.Network] {
        try workloads.map {
            try NetworkResolution.network(
                named: $0.name, options: ImportOptions(defaultBatch: 1, dimensions: $0.dimensions))
        }
    }

    /// The problem without a batch to search for where every workload's file fixes it: designs have the largest of them.
    ///
    /// - Throws: `DiagnosticError` (`configuration`) where the search space asks for other batches.
    func settlingBatch(of networks: [ONNXImporter.Network]) throws -> Problem {
        guard networks.allSatisfy(\.hasFixedBatch), let batch = networks.map(\.workload.batch).max() else {
            return self
        }
        let limits = Datapath.Limits.batch
        guard limits.contains(batch) else {
            throw DiagnosticError(
                .configuration,
                "expected a batch from \(limits.lowerBound) to \(limits.upperBound), found files that fix it at \(batch)",
                at: SourceLocation(field: "workloads"), remedy: "export the models with a smaller batch")
        }
        let choices = searchSpace[.batch].codes
        guard choices == SearchSpace.full[.batch].codes || choices.contains(batch) else {
            throw DiagnosticError(
                .configuration,
                "expected a batch among \(choices.map(String.init).joined(separator: ", ")), found files that fix it at \(batch)",
                at: SourceLocation(field: "searchSpace.batch"),
                remedy: "leave batch out of searchSpace, or export the models with a symbolic batch axis")
        }
        var settled = self
        settled.searchSpace = SearchSpace(
            replacing: searchSpace.parameters.filter { $0.name != .batch } + [Parameter(.batch, codes: [batch])])
        return settled
    }
}
