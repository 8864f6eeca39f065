import Foundation
import Testing
import Workloads

@Suite struct WorkloadFeaturesTests {
    private func column(_ name: String) throws -> Int {
        try #require(WorkloadFeatures.columnNames.firstIndex(of: name))
    }

    @Test(arguments: WorkloadZoo.names)
    func tableIsFiniteBoundedAndComplete(_ name: String) throws {
        let workload = try WorkloadZoo.workload(named: name, batch: 256)
        for scope in [WorkloadFeatures.Scope.tensorOperators, .allOperators] {
            let features = WorkloadFeatures(of: workload, scope: scope)
            #expect(features.rows.count == features.operators.count * WorkloadFeatures.columnNames.count)
            #expect(features.global.count == WorkloadFeatures.globalNames.count)
            for feature in features.rows + features.global { #expect(feature >= 0 && feature <= 1.5) }
            #expect(features.operators == features.operators.sorted())
        }
        #expect(WorkloadFeatures(of: workload).operators.count == workload.tensorOperators.count)
        #expect(Set(WorkloadFeatures.columnNames).count == WorkloadFeatures.columnNames.count)
    }

    @Test(arguments: WorkloadZoo.names)
    func sharesAndKindsAddUpToOne(_ name: String) throws {
        let features = WorkloadFeatures(of: try WorkloadZoo.workload(named: name), scope: .allOperators)
        let share = try column("mac share")
        let total = features.operators.indices.reduce(0) { $0 + Array(features.row($1))[share] }
        #expect(abs(total - 1) < 1e-4)
        let kinds = WorkloadFeatures.columnNames.indices.filter {
            WorkloadFeatures.columnNames[$0].hasPrefix("is ")
        }
        for index in features.operators.indices {
            let row = Array(features.row(index))
            #expect(kinds.reduce(0) { $0 + row[$1] } == 1)
        }
    }

    /// x → a → relu ┬→ b ─┬→ add → c, by hand: the addition belongs to b.
    ///              └─────┘
    @Test func edgesOfAResidualBlock() throws {
        var builder = try WorkloadBuilder(name: "block", batch: 2)
        let x = try builder.input("x", shape: [2, 8, 4, 4])
        let a = try builder.convolution(x, channels: 8, window: Window(1), named: "a")
        let relu = try builder.elementwise(.relu, a, named: "relu")
        let b = try builder.convolution(relu, channels: 8, window: Window(1), named: "b")
        let sum = try builder.elementwise(.add, relu, b, named: "add")
        let c = try builder.convolution(sum, channels: 4, window: Window(1), named: "c")
        let workload = try builder.build(outputs: [c])
        let bytes = 2 * 8 * 4 * 4 * 2
        // b's region reads relu twice, which is one tensor.
        #expect(
            WorkloadFeatures(of: workload).edges == [
                .init(from: 0, to: 1, bytes: bytes), .init(from: 1, to: 2, bytes: bytes),
            ])
        let all = WorkloadFeatures(of: workload, scope: .allOperators)
        #expect(
            all.edges == [
                .init(from: 0, to: 1, bytes: bytes), .init(from: 1, to: 2, bytes: bytes),
                .init(from: 1, to: 3, bytes: bytes), .init(from: 2, to: 3, bytes: bytes),
                .init(from: 3, to: 4, bytes: bytes),
            ])
    }

    /// What depends on a tensor operator in the workload does so along edges.
    @Test(arguments: ["efficientnet-b0", "resnet-50-v2", "bert-base-128", "ocr-rpn", "ocr-recognizer"])
    func edgesCarryEveryDependence(_ name: String) throws {
        let workload = try WorkloadZoo.workload(named: name)
        let features = WorkloadFeatures(of: workload)
        var behind = [Set<Int>](repeating: [], count: features.operators.count)
        for edge in features.edges {
            #expect(edge.from < edge.to && edge.bytes > 0)
            behind[edge.to].formUnion(behind[edge.from])
            behind[edge.to].insert(edge.from)
        }
        let rowOf = Dictionary(uniqueKeysWithValues: features.operators.enumerated().map { ($1, $0) })
        var upstream = [Set<Int>](repeating: [], count: workload.values.count)
        for node in workload.operators {
            var rows = Set(node.inputs.flatMap { upstream[$0.index] })
            if let row = rowOf[node.id] {
                #expect(rows.isSubset(of: behind[row]), "\(node.name)")
                rows.insert(row)
            }
            upstream[node.output.index] = rows
        }
        #expect(Set(features.edges.map { [$0.from, $0.to] }).count == features.edges.count)
    }

    /// The first convolution of EfficientNet-B0, worked out by hand.
    @Test func rowOfTheStem() throws {
        let features = WorkloadFeatures(of: try WorkloadZoo.workload(named: "efficientnet-b0"))
        let row = Array(features.row(0))
        func expect(_ name: String, _ value: Double) throws {
            #expect(abs(Double(row[try column(name)]) - value) < 1e-6, "\(name)")
        }
        try expect("log G", 0)
        try expect("log N", 0)
        try expect("log K", 5.0 / 16)
        try expect("log C", log2(3) / 16)
        try expect("log P", log2(112) / 16)
        try expect("log S", log2(3) / 16)
        try expect("log stride", 1.0 / 4)
        try expect("is convolution", 1)
        try expect("log macs", log2(1 + 10_838_016) / 40)
        try expect("log input bytes", log2(1 + 2 * 3 * 224 * 224) / 40)
        try expect("log weight bytes", log2(1 + 2 * 32 * 27) / 40)
        try expect("mac share", 10_838_016.0 / 385_814_752)
        // Batch norm and swish.
        try expect("log vector elements", log2(1 + 2 * 32 * 112 * 112) / 40)
        try expect("position", 0)
    }

    /// Vector work is charged once, whatever has rows.
    @Test(arguments: WorkloadZoo.names)
    func vectorElementsAreCountedOnce(_ name: String) throws {
        let workload = try WorkloadZoo.workload(named: name)
        let index = try column("log vector elements")
        func total(_ scope: WorkloadFeatures.Scope) -> Double {
            let features = WorkloadFeatures(of: workload, scope: scope)
            return features.operators.indices.reduce(0) {
                $0 + exp2(Double(Array(features.row($1))[index]) * 40) - 1
            }
        }
        let elements = workload.operators.filter { !$0.kind.isTensorOperator && !$0.kind.isView }
            .reduce(0.0) { $0 + Double(workload[$1.output].elements) }
        #expect(abs(total(.tensorOperators) / elements - 1) < 1e-4)
        #expect(abs(total(.allOperators) / elements - 1) < 1e-4)
    }

    @Test func featuresDependOnShapesAlone() throws {
        var workload = try WorkloadZoo.workload(named: "bert-base-128")
        let features = WorkloadFeatures(of: workload)
        workload.name = "other"
        for index in workload.operators.indices { workload.operators[index].name = "\(index)" }
        #expect(WorkloadFeatures(of: workload) == features)
        #expect(try WorkloadFeatures(of: WorkloadZoo.workload(named: "bert-base-128", batch: 2)) != features)
    }
}
