package import Tensors
package import Workloads

/// The workloads of a problem as the tensors that the encoder reads; they don't change during a search.
package struct WorkloadTables: Sendable {
    /// The operators of all workloads, one workload after the other. Shape: [operators, features of an operator].
    let operators: Tensor
    /// How many operators each workload has.
    let lengths: [Int]
    /// Shape: [workloads, features of a workload].
    let globals: Tensor

    package init(_ features: [WorkloadFeatures]) {
        let columns = WorkloadFeatures.columnNames.count
        lengths = features.map(\.operators.count)
        operators = Tensor(shape: [lengths.reduce(0, +), columns], values: features.flatMap(\.rows))
        globals = Tensor(
            shape: [features.count, WorkloadFeatures.globalNames.count], values: features.flatMap(\.global))
    }
}

/// Turns the workloads of a problem, of any number and size, into one vector that the policy is conditioned on.
///
/// Each operator is encoded on its own, and a workload is the mean and the maximum over its operators, beside its
/// features as a whole (Zaheer et al., "Deep Sets", 2017, theorem 2); a set of workloads is in the same way the mean
/// and the maximum over them.
package struct WorkloadEncoder: Parameterized {
    /// [operators, features] → [operators, width].
    var operators: MultilayerPerceptron
    /// [workloads, 2 · width + features] → [workloads, width].
    var workload: MultilayerPerceptron

    init(width: Int, using generator: inout some RandomNumberGenerator) {
        let gain = Float(2).squareRoot()
        operators = MultilayerPerceptron(
            widths: [WorkloadFeatures.columnNames.count, width, width], outputActivation: .tanh, outputGain: gain,
            using: &generator)
        workload = MultilayerPerceptron(
            widths: [2 * width + WorkloadFeatures.globalNames.count, width], outputActivation: .tanh,
            outputGain: gain, using: &generator)
    }

    /// How many numbers an encoder of a width makes.
    static func outputWidth(_ width: Int) -> Int { 2 * width }

    /// The embedding of the workloads together. Shape: [1, 2 · width].
    package func callAsFunction(_ tables: WorkloadTables) -> Variable {
        let encoded = operators(Variable(tables.operators))
        let workloads = workload(
            .concatenatingColumns([
                encoded.segmentMeans(lengths: tables.lengths), encoded.segmentMaxima(lengths: tables.lengths),
                Variable(tables.globals),
            ]))
        let all = [tables.lengths.count]
        return .concatenatingColumns([workloads.segmentMeans(lengths: all), workloads.segmentMaxima(lengths: all)])
    }

    package mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
        operators.visitParameters(path: path + "operators.", visit)
        workload.visitParameters(path: path + "workload.", visit)
    }
}
