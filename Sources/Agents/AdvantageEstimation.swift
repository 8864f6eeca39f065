/// The advantage of every step of one episode whose only reward comes at its end.
///
/// Generalised advantage estimation with γ = 1: δ(t) = r(t) + V(t+1) − V(t), with r = 0 before the last step and V = 0
/// after it, and A(t) = Σ λᵏ δ(t+k) (Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage
/// Estimation", 2016, equations 11 and 16). It ends with the episode: nothing leaks from one into the next.
///
/// - Parameters:
///   - values: V(t), what was expected at each step.
///   - reward: r at the last step.
///   - lambda: λ in 0 … 1; with 1 the advantage is reward − V(t).
package func advantages(values: [Float], reward: Float, lambda: Float) -> [Float] {
    var result = values
    var nextValue = reward
    var advantage: Float = 0
    for step in values.indices.reversed() {
        advantage = nextValue - values[step] + lambda * advantage
        result[step] = advantage
        nextValue = values[step]
    }
    return result
}
