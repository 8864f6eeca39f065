internal import Workloads

/// A rule that recognises one function in a graph of small operators.
///
/// To add one: a type that conforms, in a file of its own, a case of `RecognizedPattern.Kind`, and a line in
/// `PatternRecognition`. Most rules look at an anchor (the one operator that the function cannot do without: a softmax's
/// exp, a GELU's erf), and ask which operator behind it computes the function's formula, written as a `Polynomial`.
protocol GraphPattern: Sendable {
    /// The ways in which the function may be computed with this operator as anchor, the best first; empty for other operators.
    ///
    /// The first is taken whose inner values nobody else reads.
    func candidates(at anchor: Operator, in graph: OperatorGraph) -> [PatternCandidate]
}

/// A function that some operators compute together, and the operator that may take their place.
struct PatternCandidate {
    var pattern: RecognizedPattern.Kind
    /// The operator that writes the function's result.
    var root: Operator.ID
    /// What the function is computed from; everything between these and the root is replaced.
    var inputs: [Value.ID]
    var kind: OperatorKind
    var parameters: [Value.ID] = []
    var scalars: [ScalarOperand] = []
}

/// A candidate that is replaced.
struct PatternMatch {
    var pattern: RecognizedPattern.Kind
    var root: Operator
    /// All operators that it replaces, in execution order.
    var operators: [Operator]
    var replacement: PatternCandidate
}
