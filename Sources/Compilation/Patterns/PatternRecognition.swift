public import Workloads

/// Finds the functions that an exporter took apart, and puts them together again.
///
///     let recognized = try PatternRecognition().applied(to: workload)
///     recognized.workload    // with one layerNorm where there were nine operators
///     recognized.patterns    // what was found, and the names of the operators that it stood for
///     recognized.attention   // the groups that an attention fusion works on
///
/// A network in ONNX has its layer normalisations, GELUs, softmaxes and swishes as sequences of small operators. Costed
/// as they stand they are a dozen passes over memory and as many times the vector work; the compiler that runs the network
/// would know them. So does this one: each rule (a `GraphPattern`, a file of its own) replaces what it recognises by one
/// operator. Nothing is replaced if a value inside is read from outside or is a result of the network. Groups that no
/// single operator stands for, squeeze-and-excite and attention, are named and left as they are.
///
/// Multiply–accumulates, inputs, results and parameters are what they were. Each rule sweeps once over the graph, in an
/// order in which what one makes serves the next, so that the work is linear in operators × rules.
public struct PatternRecognition: Sendable {
    /// The rules in the order in which they are tried.
    private static let patterns: [any GraphPattern] = [
        GlobalAveragePoolPattern(), SoftmaxPattern(), LayerNormPattern(), GELUPattern(), SigmoidPattern(),
        SwishPattern(), HardSwishPattern(), HardSigmoidPattern(),
    ]

    public init() {}

    /// The network with whole functions for what is recognised, and a list of that.
    ///
    /// - Throws: `DiagnosticError` (`badData`) if the workload breaks a rule of `Workload.validate()`: it has no operator, an
    ///   operator reads what is written later (as in a cycle) or never.
    public func applied(to workload: Workload) throws -> RecognizedWorkload {
        try workload.validate()
        var current = workload
        var replaced: [PatternMatch] = []
        for pattern in PatternRecognition.patterns {
            let graph = OperatorGraph(current)
            let matches = matches(of: pattern, in: graph)
            guard !matches.isEmpty else { continue }
            current = graph.replacing(matches)
            replaced += matches
        }
        let graph = OperatorGraph(current)
        let attention = AttentionGroup.all(in: graph)
        let squeezeAndExcite = SqueezeAndExciteGroup.all(in: graph)
        func names(_ operators: [Operator.ID]) -> [String] { operators.map { current[$0].name } }
        let patterns =
            replaced.map {
                RecognizedPattern(kind: $0.pattern, name: $0.root.name, operators: $0.operators.map(\.name))
            }
            + squeezeAndExcite.map {
                RecognizedPattern(
                    kind: .squeezeAndExcite, name: current[$0.multiply].name, operators: names($0.operators))
            }
            + attention.map {
                RecognizedPattern(kind: .attention, name: current[$0.context].name, operators: names($0.operators))
            }
        return RecognizedWorkload(
            workload: current, patterns: patterns, attention: attention, squeezeAndExcite: squeezeAndExcite)
    }

    /// The places where a rule applies, none of which share an operator.
    private func matches(of pattern: any GraphPattern, in graph: OperatorGraph) -> [PatternMatch] {
        var claimed: Set<Operator.ID> = []
        var matches: [PatternMatch] = []
        for anchor in graph.workload.operators where !claimed.contains(anchor.id) {
            for candidate in pattern.candidates(at: anchor, in: graph) {
                guard let inner = graph.closedGroup(from: candidate.inputs, to: candidate.root),
                    claimed.isDisjoint(with: inner)
                else { continue }
                claimed.formUnion(inner)
                matches.append(
                    PatternMatch(
                        pattern: candidate.pattern, root: graph.workload[candidate.root],
                        operators: inner.map { graph.workload[$0] }, replacement: candidate))
                break
            }
        }
        return matches
    }
}

/// A network after recognition.
public struct RecognizedWorkload: Hashable, Sendable {
    public var workload: Workload
    /// What was recognised: replacements in the order of the rules, then groups, each in execution order.
    public var patterns: [RecognizedPattern]
    /// The attentions of the new workload.
    public var attention: [AttentionGroup]
    /// The squeeze-and-excites of the new workload.
    public var squeezeAndExcite: [SqueezeAndExciteGroup]
}

/// One thing that was recognised.
public struct RecognizedPattern: Hashable, Sendable {
    /// What can be recognised.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case globalAveragePool, softmax, layerNorm, gelu, geluTanh, sigmoid, swish, hardSwish, hardSigmoid
        case squeezeAndExcite, attention

        /// Whether one operator takes its place; groups stay as they are.
        public var isReplaced: Bool { self != .squeezeAndExcite && self != .attention }
    }

    public var kind: Kind
    /// The last operator: the one that takes the place of all, where they are replaced, has its name.
    public var name: String
    /// The names of all operators that belong to it, in execution order, as they were.
    public var operators: [String]

    public init(kind: Kind, name: String, operators: [String]) {
        self.kind = kind
        self.name = name
        self.operators = operators
    }
}
