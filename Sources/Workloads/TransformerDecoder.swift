/// A decoder-only transformer in one of the two phases of generating text.
///
/// Sizes are those of the smallest GPT-2, but for a position table of twice its length. Source: Radford et al., "Language Models are
/// Unsupervised Multitask Learners", 2019, in the layout of Hugging Face's `GPT2LMHeadModel`: norms stand before attention and
/// feed-forward blocks, query, key and value are one product, the head shares the word table's weights.
///
/// Scores are made of all pairs of places, also of those that the causal mask excludes. The mask is given, as the addends that the
/// scores take.
public struct TransformerDecoder: Hashable, Sendable {
    /// What is computed of the text.
    public enum Phase: Hashable, Sendable {
        /// A prompt of so many tokens at once. Results are the logits of the token that follows, and every layer's keys and
        /// values.
        case prefill(sequence: Int)
        /// One token, behind so many others whose keys and values are read from the cache, an input a layer. Results are the logits of
        /// the token that follows, and the keys and values that the cache grows by.
        case decode(context: Int)
    }

    /// The name in the zoo.
    public var name: String
    public var phase: Phase
    /// Rows of the position table; as many as the sequence needs where that is longer.
    public var positions = 2048
    public var layers = 12
    public var hidden = 768
    public var heads = 12
    /// Features between the two products of a feed-forward block.
    public var intermediate = 3072
    /// Rows of the word table.
    public var vocabulary = 50257

    public init(name: String, phase: Phase) {
        self.name = name
        self.phase = phase
    }

    /// A prompt of 1,024 tokens.
    public static let prefill = TransformerDecoder(name: "decoder-prefill", phase: .prefill(sequence: 1024))
    /// The token behind 1,024 others.
    public static let decode = TransformerDecoder(name: "decoder-decode", phase: .decode(context: 1024))

    /// Tokens that are computed, and tokens whose keys and values are in the cache.
    private var places: (new: Int, cached: Int) {
        switch phase {
        case .prefill(let sequence): (sequence, 0)
        case .decode(let context): (1, context)
        }
    }

    /// The network at a batch size: of so many texts, each with its own mask and cache.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        let (new, cached) = places
        var builder = try WorkloadBuilder(name: name, batch: batch)
        let tokens = try builder.input("input_ids", shape: [batch, new], numericType: .int32)
        let indices = try builder.input("position_ids", shape: [batch, new], numericType: .int32)
        let mask = try builder.input("attention_mask", shape: [batch, 1, new, cached + new])

        let table = try builder.parameter("embeddings.word.table", shape: [vocabulary, hidden])
        var x = try builder.embedding(tokens, sharedTable: table, named: "embeddings.word")
        let place = try builder.embedding(
            indices, rows: max(positions, cached + new), features: hidden, named: "embeddings.position")
        x = try builder.elementwise(.add, x, place, named: "embeddings.addPosition")

        var cache: [Value.ID] = []
        for layer in 0..<layers {
            let name = "layer\(layer)"
            let normed = try builder.layerNorm(x, named: name + ".attention.norm")
            let parts = try builder.queryKeyValue(normed, heads: heads, named: name + ".attention")
            cache += parts[1...]
            var (key, value) = (parts[1], parts[2])
            if cached > 0 {
                let shape = [batch, heads, cached, hidden / heads]
                key = try builder.concat(
                    [try builder.input(name + ".cache.key", shape: shape), key], axis: 2,
                    named: name + ".attention.keys")
                value = try builder.concat(
                    [try builder.input(name + ".cache.value", shape: shape), value], axis: 2,
                    named: name + ".attention.values")
            }
            let attended = try builder.attend(parts[0], key, value, mask: mask, named: name + ".attention")
            x = try builder.elementwise(.add, attended, x, named: name + ".attention.add")
            let inner = try builder.feedForward(
                try builder.layerNorm(x, named: name + ".norm"), intermediate: intermediate, activation: .geluTanh,
                named: name)
            x = try builder.elementwise(.add, inner, x, named: name + ".add")
        }
        x = try builder.layerNorm(x, named: "head.norm")
        x = try builder.lastPosition(of: x, named: "head.last")
        let logits = try builder.linear(x, features: vocabulary, sharedWeight: table, named: "head")
        return try builder.build(outputs: [logits] + cache)
    }
}
