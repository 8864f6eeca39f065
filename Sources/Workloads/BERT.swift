/// BERT: a transformer encoder with word, position and token-type embeddings, and a pooler.
///
/// Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL
/// 2019, in the layout of Hugging Face's `BertModel`: query, key and value are three products; scores are scaled,
/// masked, and soft-maxed in full.
///
/// The attention mask is given as the addends (0 or a large negative number) that the scores take, one a position, and
/// the position indices are an input like the others.
public struct BERT: Hashable, Sendable {
    /// The name in the zoo.
    public var name: String
    /// Places of a sequence.
    public var sequence: Int
    /// Rows of the position table; as many as the sequence needs where that is longer.
    public var positions: Int
    public var layers: Int
    public var hidden: Int
    public var heads: Int
    /// Features between the two products of a feed-forward block.
    public var intermediate: Int
    /// Rows of the word table.
    public var vocabulary: Int

    /// A network with BERT-base's sizes but for the sequence.
    private static func base(sequence: Int, positions: Int) -> BERT {
        BERT(
            name: "bert-base-\(sequence)", sequence: sequence, positions: positions, layers: 12, hidden: 768, heads: 12,
            intermediate: 3072, vocabulary: 30522)
    }

    /// BERT-base at sequence 128.
    public static let base128 = base(sequence: 128, positions: 512)
    /// BERT-base at sequence 1024, with a position table that is long enough.
    public static let base1024 = base(sequence: 1024, positions: 1024)

    /// The network at a batch size.
    /// - Throws: `DiagnosticError` if the batch is not positive or too large to count.
    public func workload(batch: Int) throws -> Workload {
        var builder = try WorkloadBuilder(name: name, batch: batch)
        let tokens = try builder.input("input_ids", shape: [batch, sequence], numericType: .int32)
        let tokenTypes = try builder.input("token_type_ids", shape: [batch, sequence], numericType: .int32)
        let places = try builder.input("position_ids", shape: [batch, sequence], numericType: .int32)
        let mask = try builder.input("attention_mask", shape: [batch, 1, 1, sequence])

        var x = try builder.embedding(tokens, rows: vocabulary, features: hidden, named: "embeddings.word")
        let type = try builder.embedding(tokenTypes, rows: 2, features: hidden, named: "embeddings.type")
        x = try builder.elementwise(.add, x, type, named: "embeddings.addType")
        let place = try builder.embedding(
            places, rows: max(positions, sequence), features: hidden, named: "embeddings.position")
        x = try builder.elementwise(.add, x, place, named: "embeddings.addPosition")
        x = try builder.layerNorm(x, named: "embeddings.norm")

        for layer in 0..<layers {
            let name = "layer\(layer)"
            let attended = try attention(x, mask: mask, in: &builder, named: name + ".attention")
            x = try builder.elementwise(.add, attended, x, named: name + ".attention.add")
            x = try builder.layerNorm(x, named: name + ".attention.norm")

            let inner = try builder.feedForward(x, intermediate: intermediate, activation: .gelu, named: name)
            x = try builder.elementwise(.add, inner, x, named: name + ".add")
            x = try builder.layerNorm(x, named: name + ".norm")
        }

        let first = try builder.firstPosition(of: x, named: "pooler.first")
        let pooled = try builder.linear(first, features: hidden, bias: true, named: "pooler")
        return try builder.build(outputs: [x, try builder.elementwise(.tanh, pooled, named: "pooler.tanh")])
    }

    /// Attention of a layer, its query, key and value three products.
    private func attention(_ x: Value.ID, mask: Value.ID, in builder: inout WorkloadBuilder, named name: String) throws
        -> Value.ID
    {
        func projection(_ part: String) throws -> Value.ID {
            let projected = try builder.linear(x, features: hidden, bias: true, named: name + "." + part)
            return try builder.splitHeads(projected, heads: heads, named: name + "." + part + ".heads")
        }
        let (query, key, value) = (try projection("query"), try projection("key"), try projection("value"))
        return try builder.attend(query, key, value, mask: mask, named: name)
    }
}
