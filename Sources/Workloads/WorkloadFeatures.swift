import Foundation

/// A workload as numbers that a learning agent reads: a table with a row an operator, the graph between the rows, and a vector for the
/// whole.
///
/// The table has as many rows as the workload has operators, in execution order: nothing is padded or cut off. All
/// features are finite; counts enter as log₂ divided by a constant, so that they lie between 0 and about 1 for networks
/// of any size, and shares as they are. They depend on the workload's shapes alone, not on names or numeric noise.
public struct WorkloadFeatures: Hashable, Sendable {
    /// Which operators have a row.
    public enum Scope: Hashable, Sendable {
        /// Tensor operators: each row counts the element-wise work up to the next one as its own.
        case tensorOperators
        /// All operators but views.
        case allOperators
    }

    /// The operator of each row.
    public let operators: [Operator.ID]
    /// The table, row by row: `operators.count` × `columnNames.count`.
    public let rows: [Float]
    /// What flows from row to row, ordered by the row that reads, then by the one that writes; each pair once.
    public let edges: [Edge]
    /// The features of the workload as a whole, one for each of `globalNames`.
    public let global: [Float]

    /// Tensors that one row computes and another reads. An operator without a row belongs to the last row among those that it reads from,
    /// as if it were fused into it.
    public struct Edge: Hashable, Sendable {
        /// Positions of rows; `from` is less than `to`.
        public var from: Int
        public var to: Int
        /// Bytes of the tensors, each counted once.
        public var bytes: Int

        public init(from: Int, to: Int, bytes: Int) {
            self.from = from
            self.to = to
            self.bytes = bytes
        }
    }

    /// What the columns of the table hold.
    ///
    /// - `log G` … `log S`: the loop nest's extents, log₂ / 16. Zero in rows of other operators.
    /// - `log stride`, `log dilation`: of the height, log₂ / 4.
    /// - `is …`: 1 for the operator's kind, 0 for all others.
    /// - `log macs`, `log input bytes`, `log weight bytes`, `log output bytes`: log₂(1 + x) / 40. A matmul's second
    ///   operand is its weight.
    /// - `log intensity`: MACs per byte of input, weight and output, log₂(1 + x) / 16.
    /// - `mac share`: the part of the workload's multiply–accumulates.
    /// - `log vector elements`: elements that operators without multiply–accumulates compute, log₂(1 + x) / 40.
    /// - `position`: 0 for the first row to 1 for the last.
    public static let columnNames: [String] =
        Dimension.allCases.map { "log \($0.letter)" } + ["log stride", "log dilation"]
        + KindClass.allCases.map { "is \($0.rawValue)" } + [
            "log macs", "log input bytes", "log weight bytes", "log output bytes", "log intensity", "mac share",
            "log vector elements", "position",
        ]

    /// What the features of the whole hold.
    ///
    /// Counts are log₂(1 + x) / 40, intensities (operations per byte, see `Workload`) log₂(1 + x) / 16, shares of all
    /// multiply–accumulates as they are.
    public static let globalNames: [String] = [
        "log batch", "log macs", "log parameter bytes", "log activation bytes", "log input bytes",
        "log largest activation bytes", "log largest weight bytes", "log tensor operators", "log operators",
        "log intensity", "log ideal intensity", "conv share", "depthwise share", "linear share", "matmul share",
        "recurrent share",
    ]

    public init(of workload: Workload, scope: Scope = .tensorOperators) {
        let totalMACs = workload.macs
        let vectorElements = Self.vectorElements(of: workload, scope: scope)
        operators = workload.operators.filter { Self.hasRow($0, in: scope) }.map(\.id)
        var rows: [Float] = []
        rows.reserveCapacity(operators.count * Self.columnNames.count)
        for (index, id) in operators.enumerated() {
            let node = workload[id]
            rows += Self.shapeFeatures(of: node)
            rows += Self.costFeatures(of: node, in: workload, totalMACs: totalMACs)
            rows.append(logCount(vectorElements[id.index]))
            rows.append(operators.count > 1 ? Float(index) / Float(operators.count - 1) : 0)
        }
        self.rows = rows
        edges = Self.edges(of: workload, rows: operators)
        global = Self.globalFeatures(of: workload, totalMACs: totalMACs)
    }

    /// The features of one row.
    public func row(_ index: Int) -> ArraySlice<Float> {
        precondition(operators.indices.contains(index), "A row's index must be below the number of operators.")
        let width = Self.columnNames.count
        return rows[index * width..<(index + 1) * width]
    }
}

extension WorkloadFeatures {
    /// The kinds that a row tells apart: operator kinds of similar cost share one.
    private enum KindClass: String, CaseIterable {
        case convolution, depthwise, linear, matmul, elementwise, normalization, softmax, pool, embedding

        /// Nil for a view, which has no row; a step of a recurrence is a product with a trained weight.
        init?(_ node: Operator) {
            switch node.kind {
            case .convolution: self = node.loopNest?.isDepthwise == true ? .depthwise : .convolution
            case .linear, .recurrence: self = .linear
            case .matmul: self = .matmul
            case .elementwise: self = .elementwise
            case .batchNorm, .layerNorm: self = .normalization
            case .softmax: self = .softmax
            case .maxPool, .averagePool, .globalAveragePool, .reduce: self = .pool
            case .embedding, .concat, .slice, .copy: self = .embedding
            case .reshape, .upsample: return nil
            }
        }
    }

    private static func hasRow(_ node: Operator, in scope: Scope) -> Bool {
        switch scope {
        case .tensorOperators: node.kind.isTensorOperator
        case .allOperators: !node.kind.isView
        }
    }

    /// - Complexity: O(n log n) in the graph's edges.
    private static func edges(of workload: Workload, rows: [Operator.ID]) -> [Edge] {
        var homeOfOperator = [Int?](repeating: nil, count: workload.operators.count)
        for (position, id) in rows.enumerated() { homeOfOperator[id.index] = position }
        var homeOfValue = [Int?](repeating: nil, count: workload.values.count)
        struct Reading: Hashable {
            var to: Int
            var value: Int
        }
        var readings: Set<Reading> = []
        for node in workload.operators {
            let homes = node.inputs.compactMap { homeOfValue[$0.index] }
            let home = homeOfOperator[node.id.index] ?? homes.max()
            homeOfValue[node.output.index] = home
            guard let home else { continue }
            for input in node.inputs where homeOfValue[input.index].map({ $0 != home }) ?? false {
                readings.insert(Reading(to: home, value: input.index))
            }
        }
        var bytes: [Edge: Int] = [:]
        for reading in readings {
            guard let from = homeOfValue[reading.value] else { continue }
            bytes[Edge(from: from, to: reading.to, bytes: 0), default: 0] += workload.values[reading.value].bytes
        }
        return bytes.map { Edge(from: $0.from, to: $0.to, bytes: $1) }.sorted { ($0.to, $0.from) < ($1.to, $1.from) }
    }

    private static func shapeFeatures(of node: Operator) -> [Float] {
        var features = Dimension.allCases.map { logCount((node.loopNest?[$0] ?? 1) - 1, divisor: 16) }
        features.append(logCount((node.loopNest?.strideHeight ?? 1) - 1, divisor: 4))
        features.append(logCount((node.loopNest?.dilationHeight ?? 1) - 1, divisor: 4))
        let kind = KindClass(node)
        return features + KindClass.allCases.map { $0 == kind ? 1 : 0 }
    }

    private static func costFeatures(of node: Operator, in workload: Workload, totalMACs: Int) -> [Float] {
        func bytes(_ values: some Sequence<Value.ID>) -> Int { values.reduce(0) { $0 + workload[$1].bytes } }
        // A matmul's second operand plays the weight's part.
        let isMatmul = node.kind == .matmul
        let input = bytes(isMatmul ? node.inputs.prefix(1) : node.inputs[...])
        let weight = bytes(isMatmul ? node.inputs.dropFirst() : node.parameters[...])
        let output = workload[node.output].bytes
        let intensity = Double(node.macs) / Double(input + weight + output)
        return [
            logCount(node.macs), logCount(input), logCount(weight), logCount(output), logRatio(intensity),
            share(node.macs, of: totalMACs),
        ]
    }

    /// Elements that operators without multiply–accumulates compute, charged to the operator whose row shows them.
    ///
    /// With rows for tensor operators only, those before the first one are charged to it.
    private static func vectorElements(of workload: Workload, scope: Scope) -> [Int] {
        var elements = [Int](repeating: 0, count: workload.operators.count)
        var charged = workload.operators.first(where: \.kind.isTensorOperator)?.id
        for node in workload.operators {
            if node.kind.isTensorOperator { charged = node.id }
            if node.kind.isTensorOperator || node.kind.isView { continue }
            switch scope {
            case .allOperators: elements[node.id.index] += workload[node.output].elements
            case .tensorOperators: if let charged { elements[charged.index] += workload[node.output].elements }
            }
        }
        return elements
    }

    private static func globalFeatures(of workload: Workload, totalMACs: Int) -> [Float] {
        let macs = workload.macsByKind
        func largest(_ role: Value.Role) -> Int {
            workload.values.lazy.filter { $0.role == role }.map(\.bytes).max() ?? 0
        }
        return [
            logCount(workload.batch), logCount(totalMACs), logCount(workload.parameterBytes),
            logCount(workload.activationBytes), logCount(workload.inputBytes), logCount(largest(.activation)),
            logCount(largest(.parameter)), logCount(workload.tensorOperators.count),
            logCount(workload.operators.count), logRatio(workload.operationalIntensity),
            logRatio(workload.idealOperationalIntensity), share(macs.conv, of: totalMACs),
            share(macs.depthwise, of: totalMACs), share(macs.linear, of: totalMACs),
            share(macs.matmul, of: totalMACs), share(macs.recurrent, of: totalMACs),
        ]
    }
}

/// log₂(1 + count) / divisor: 2⁴⁰ bytes or multiply–accumulates come to 1.
private func logCount(_ count: Int, divisor: Double = 40) -> Float { Float(log2(1 + Double(count)) / divisor) }

private func logRatio(_ ratio: Double) -> Float { Float(log2(1 + ratio) / 16) }

private func share(_ part: Int, of total: Int) -> Float { total == 0 ? 0 : Float(Double(part) / Double(total)) }
