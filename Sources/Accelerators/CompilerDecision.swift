/// One of the compiler's options as search spaces and reports know it: a name and words to choose from.
///
/// `all` is the registry: an option that stands there can be decided by an agent and is shown by reports.
public struct CompilerDecision: Sendable {
    /// The key in a design's file.
    public let name: String
    /// The choices, in a fixed order.
    public let words: [String]
    private let read: @Sendable (CompilerOptions) -> Int
    private let write: @Sendable (inout CompilerOptions, Int) -> Void

    public static let all = [
        CompilerDecision("fusion", \.fusion), CompilerDecision("padding", \.padding),
        CompilerDecision("softmax", \.softmax), CompilerDecision("dataflow", \.dataflow),
        CompilerDecision("order", \.order),
    ]

    /// The decision of a name.
    public static func named(_ name: String) -> CompilerDecision? { all.first { $0.name == name } }

    private init<Choice: CaseIterable & Equatable & Sendable & RawRepresentable<String>>(
        _ name: String, _ option: any WritableKeyPath<CompilerOptions, Choice> & Sendable
    ) {
        self.name = name
        let choices = Array(Choice.allCases)
        words = choices.map(\.rawValue)
        read = { options in choices.firstIndex(of: options[keyPath: option]) ?? 0 }
        write = { options, choice in options[keyPath: option] = choices[choice] }
    }

    /// The position of what options say among the words.
    public func choice(in options: CompilerOptions) -> Int { read(options) }

    /// Sets options to the word at a position.
    public func choose(_ choice: Int, in options: inout CompilerOptions) { write(&options, choice) }
}
