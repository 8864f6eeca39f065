public import Accelerators
public import Environments

/// A step of the ladder from the baseline's own compiler to ours: which compiler options may be chosen.
///
/// Each rung admits all that the one before admits. The first five are the paper's stack, in its order; the last adds the passes that
/// the paper doesn't have: fusion a tile at a time, softmax in the products around it, and the order of regions.
public struct CompilerRung: Hashable, Sendable {
    /// As it stands in tables and in names of runs.
    public let name: String
    /// What it adds, for a reader.
    public let summary: String
    /// The words that each compiler decision may take.
    private let words: [String: [String]]

    /// The ladder of a baseline's compiler.
    public static func ladder(from own: CompilerOptions) -> [CompilerRung] {
        var words: [String: [String]] = [:]
        for decision in CompilerDecision.all { words[decision.name] = [decision.words[decision.choice(in: own)]] }
        func rung(_ name: String, _ summary: String, freeing decision: String? = nil, to choices: [String] = [])
            -> CompilerRung
        {
            if let decision {
                // What the baseline does stays allowed, whatever it is.
                let all = CompilerDecision.named(decision)?.words ?? []
                let allowed = Set(choices + (words[decision] ?? []))
                words[decision] = all.filter(allowed.contains)
            }
            return CompilerRung(name: name, summary: summary, words: words)
        }
        func choices<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> [String] {
            Choice.allCases.map(\.rawValue)
        }
        return [
            rung("datapath", "the datapath and the batch; the compiler is the baseline’s"),
            rung(
                "scheduling", "the dataflow, an operator", freeing: "dataflow",
                to: choices(CompilerOptions.DataflowChoice.self)),
            rung(
                "padding", "whether and how extents are padded to the array", freeing: "padding",
                to: choices(CompilerOptions.Padding.self)),
            rung(
                "softmax", "softmax in two passes instead of three", freeing: "softmax",
                to: [CompilerOptions.Softmax.threePass.rawValue, CompilerOptions.Softmax.twoPass.rawValue]),
            rung(
                "residency", "tensors kept in Global Memory between regions (the paper’s fusion)", freeing: "fusion",
                to: [
                    CompilerOptions.Fusion.none.rawValue, CompilerOptions.Fusion.regions.rawValue,
                    CompilerOptions.Fusion.residency.rawValue,
                ]),
            CompilerRung(
                name: "beyond",
                summary: "beyond the paper: fusion a tile at a time, softmax fused into attention, order of regions",
                words: Dictionary(uniqueKeysWithValues: CompilerDecision.all.map { ($0.name, $0.words) })),
        ]
    }

    /// Whether the rung's compiler may be told so.
    public func admits(_ options: CompilerOptions) -> Bool {
        CompilerDecision.all.allSatisfy { decision in
            words[decision.name]?.contains(decision.words[decision.choice(in: options)]) ?? true
        }
    }

    /// Every combination of options that the rung admits.
    public var combinations: [CompilerOptions] {
        var combinations = [
            CompilerOptions(fusion: .none, padding: .none, softmax: .threePass, dataflow: .best)
        ]
        for decision in CompilerDecision.all {
            combinations = combinations.flatMap { options in
                decision.words.indices.filter { words[decision.name]?.contains(decision.words[$0]) ?? true }.map {
                    choice in
                    var options = options
                    decision.choose(choice, in: &options)
                    return options
                }
            }
        }
        return combinations
    }

    /// The full space with the compiler's decisions restricted to what the rung admits.
    public var searchSpace: SearchSpace {
        SearchSpace(
            replacing: CompilerDecision.all.compactMap { decision in
                guard let name = ParameterName(rawValue: decision.name) else { return nil }
                return Parameter(
                    name,
                    codes: decision.words.indices.filter {
                        words[decision.name]?.contains(decision.words[$0]) ?? true
                    })
            })
    }
}
