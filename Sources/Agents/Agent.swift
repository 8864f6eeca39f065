public import Environments
public import Tensors

/// A searcher: it proposes designs and learns from what came of them.
///
/// The protocol is ask/tell, so that who evaluates, where and on how many threads, is not the agent's business. An agent
/// is deterministic: its state and the outcomes it was told decide everything it proposes. Whoever drives it asks for
/// `batchSize` proposals at a time and tells the outcomes of exactly those, in order:
///
///     let proposals = try agent.ask()
///     let outcomes = proposals.map { evaluator.outcome(of: $0) }
///     let metrics = try agent.tell(outcomes)
///
/// `state` right after a `tell` holds everything: an agent made from it goes on as if it had never stopped.
public protocol Agent: Sendable {
    /// How many proposals `ask` returns.
    var batchSize: Int { get }

    /// The next designs to evaluate: `batchSize` rows of one choice a parameter (nil where it doesn't apply). Asked again
    /// before the outcomes are told, it gives the same.
    mutating func ask() throws -> [[Int?]]

    /// Learns from the outcomes of the last proposals, in their order.
    ///
    /// - Returns: what there is to know about the learning (losses, entropy, KL …), by name in a fixed order.
    mutating func tell(_ outcomes: [Outcome]) throws -> [AgentMetric]

    /// Everything that decides what the agent does next.
    var state: AgentState { get }

    /// Takes over a state that an agent of the same recipe and problem saved.
    ///
    /// - Throws: `DiagnosticError` where a tensor is missing or has another shape.
    mutating func restore(_ state: AgentState) throws
}

/// A number that an agent reports about its learning.
public struct AgentMetric: Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// An agent's state in the form that a checkpoint stores: named tensors, and whole numbers such as counters.
public struct AgentState: Sendable {
    /// Weights, optimiser moments, normaliser statistics; names are unique, in a fixed order.
    public var tensors: [(name: String, tensor: Tensor)]
    /// Counters such as episodes begun and optimiser steps; names are unique, in a fixed order.
    public var counters: [(name: String, value: Int)]

    public init(tensors: [(name: String, tensor: Tensor)] = [], counters: [(name: String, value: Int)] = []) {
        self.tensors = tensors
        self.counters = counters
    }
}
