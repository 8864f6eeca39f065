/// What a step of a recurrent layer computes of its input's part of the gates, x[t], and of the product of the hidden state.
public enum RecurrentCell: String, Hashable, Sendable, Codable, CaseIterable {
    /// Elman's network: h[t] = tanh(x[t] + h[t−1]·W).
    case rnn
    /// A gated recurrent unit (Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder", EMNLP 2014), its reset applied
    /// behind the product, as cuDNN does:
    ///
    ///     (z, r, n) = x[t] and (z', r', n') = h[t−1]·W
    ///     m = tanh(n + σ(r + r')·n'),  h[t] = m + σ(z + z')·(h[t−1] − m)
    case gru
    /// A long short-term memory (Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 1997, with Gers' forget gate):
    ///
    ///     (i, f, g, o) = x[t] + h[t−1]·W,  c[t] = σ(f)·c[t−1] + σ(i)·tanh(g),  h[t] = σ(o)·tanh(c[t])
    case lstm

    /// Numbers that a step's product makes for each hidden unit.
    public var gates: Int {
        switch self {
        case .rnn: 1
        case .gru: 3
        case .lstm: 4
        }
    }

    /// Whether each unit needs a number of its own from the step before, besides the product: c of a long short-term memory, h of a
    /// gated recurrent unit.
    public var carriesState: Bool {
        switch self {
        case .rnn: false
        case .gru, .lstm: true
        }
    }
}
