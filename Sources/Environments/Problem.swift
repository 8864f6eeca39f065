public import Economics

/// What is searched for: the best design of a space for one workload or several, under budgets, compared with a baseline.
///
///     let problem = try Problem(named: "efficientnet-b7")
///     let evaluator = try ProblemEvaluator(problem)
public struct Problem: Hashable, Sendable {
    public var name: String
    public var workloads: [WeightedWorkload]
    public var objective: Objective
    public var constraints: Constraints
    /// The technology node that designs and baseline are evaluated at, e.g. `7nm`.
    public var technology: String
    /// The design that the objective is a ratio to, e.g. `tpu-v3`.
    public var baseline: String
    /// The economics file that `Objective.perfPerTCO` reckons with, e.g. `datacenter`.
    public var economics: String
    public var searchSpace: SearchSpace

    public init(
        name: String, workloads: [WeightedWorkload], objective: Objective = .perfPerTDP,
        constraints: Constraints = Constraints(), technology: String = Problem.defaultTechnology,
        baseline: String = Problem.defaultBaseline, economics: String = Economics.defaultName,
        searchSpace: SearchSpace = .full
    ) {
        precondition(!workloads.isEmpty, "A problem has at least one workload.")
        self.name = name
        self.workloads = workloads
        self.objective = objective
        self.constraints = constraints
        self.technology = technology
        self.baseline = baseline
        self.economics = economics
        self.searchSpace = searchSpace
    }

    public static let defaultTechnology = "7nm"
    public static let defaultBaseline = "tpu-v3"

    /// A workload and its share in the objective.
    public struct WeightedWorkload: Hashable, Sendable {
        public var name: String
        /// The exponent of its ratio in the weighted geometric mean, relative to the others'.
        public var weight: Double
        /// Extents of its input's axes besides the batch's, by name: what an ONNX file leaves open, or other sizes than the zoo's.
        public var dimensions: [String: Int]

        public init(name: String, weight: Double = 1, dimensions: [String: Int] = [:]) {
            precondition(weight > 0 && weight.isFinite, "A workload's weight must be positive.")
            self.name = name
            self.weight = weight
            self.dimensions = dimensions
        }

        /// The name with the dimensions that are given, e.g. `bert-base-1024 (sequence 384)`.
        public var title: String {
            dimensions.isEmpty ? name : "\(name) (\(WeightedWorkload.text(of: dimensions)))"
        }

        /// Dimensions in words, in alphabetical order.
        public static func text(of dimensions: [String: Int]) -> String {
            dimensions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
    }

    /// What a design must keep to.
    public struct Constraints: Hashable, Sendable {
        /// The most area, mm².
        public var areaMM2: Limit
        /// The most TDP, W.
        public var tdpWatts: Limit
        /// The most time of one pass over the batch, of every workload; nil for any.
        public var latencySeconds: Double?

        public init(areaMM2: Limit = .baseline, tdpWatts: Limit = .baseline, latencySeconds: Double? = nil) {
            self.areaMM2 = areaMM2
            self.tdpWatts = tdpWatts
            self.latencySeconds = latencySeconds
        }
    }

    /// A budget: a number, or whatever the baseline needs at the problem's node.
    public enum Limit: Hashable, Sendable {
        case baseline
        case value(Double)

        /// The budget as a number.
        func resolved(baseline: Double) -> Double {
            switch self {
            case .baseline: baseline
            case .value(let value): value
            }
        }
    }
}
