internal import Accelerators

/// The parameters of a design, in the order in which an episode decides them: datapath, batch, compiler.
///
/// The raw value is the key under `searchSpace` in a problem file.
public enum ParameterName: String, CaseIterable, Hashable, Codable, Sendable {
    case peGridX, peGridY, arrayX, arrayY, vectorMultiplier
    case l1Configuration, l1InputKiB, l1WeightKiB, l1OutputKiB
    case l2Configuration, l2InputMultiplier, l2WeightMultiplier, l2OutputMultiplier
    case globalMemoryMiB, gddr6Channels
    case batch
    case fusion, padding, softmax, dataflow, order

    /// What a parameter's choices are.
    public enum Domain: Hashable, Sendable {
        /// Whole numbers within sane limits.
        case numbers(ClosedRange<Int>)
        /// Words; a choice's code is its position here.
        case words([String])
    }

    /// What may stand in a list of choices.
    public var domain: Domain {
        switch self {
        case .peGridX, .peGridY, .arrayX, .arrayY: .numbers(Datapath.Limits.extent)
        case .vectorMultiplier: .numbers(Datapath.Limits.multiplier)
        case .l1InputKiB, .l1WeightKiB, .l1OutputKiB: .numbers(Datapath.Limits.bufferKiB)
        case .l2InputMultiplier, .l2WeightMultiplier, .l2OutputMultiplier: .numbers(Datapath.Limits.multiplier)
        case .globalMemoryMiB: .numbers(Datapath.Limits.globalMemoryMiB)
        case .gddr6Channels: .numbers(Datapath.Limits.gddr6Channels)
        case .batch: .numbers(Datapath.Limits.batch)
        case .l1Configuration: .words(BufferSharing.allCases.map(\.rawValue))
        case .l2Configuration: .words([ParameterName.disabled] + BufferSharing.allCases.map(\.rawValue))
        case .fusion, .padding, .softmax, .dataflow, .order: .words(compilerDecision?.words ?? [])
        }
    }

    /// The compiler's option that this decides; nil for the datapath's parameters and the batch.
    var compilerDecision: CompilerDecision? { CompilerDecision.named(rawValue) }

    /// The word for a level that isn't there.
    static let disabled = "disabled"

    /// The choices of the full space, the paper's: powers of 2, and every word.
    var fullCodes: [Int] {
        switch self {
        case .peGridX, .peGridY, .arrayX, .arrayY: powersOfTwo(through: 256)
        case .vectorMultiplier: powersOfTwo(through: 16)
        case .l1InputKiB, .l1WeightKiB, .l1OutputKiB: powersOfTwo(through: 1024)
        case .l2InputMultiplier, .l2WeightMultiplier, .l2OutputMultiplier: powersOfTwo(through: 128)
        case .globalMemoryMiB: [0] + powersOfTwo(through: 256)
        case .gddr6Channels: powersOfTwo(through: 8)
        case .batch: powersOfTwo(through: 256)
        case .l1Configuration, .l2Configuration, .fusion, .padding, .softmax, .dataflow, .order: Array(0..<wordCount)
        }
    }

    private var wordCount: Int {
        switch domain {
        case .numbers: 0
        case .words(let words): words.count
        }
    }

    /// Whether area and TDP depend on the parameter.
    var isHardware: Bool {
        switch self {
        case .peGridX, .peGridY, .arrayX, .arrayY, .vectorMultiplier, .l1Configuration, .l1InputKiB, .l1WeightKiB,
            .l1OutputKiB, .l2Configuration, .l2InputMultiplier, .l2WeightMultiplier, .l2OutputMultiplier,
            .globalMemoryMiB, .gddr6Channels:
            true
        case .batch, .fusion, .padding, .softmax, .dataflow, .order: false
        }
    }

    /// Whether the parameter only applies to designs with an L2.
    public var needsL2: Bool {
        self == .l2InputMultiplier || self == .l2WeightMultiplier || self == .l2OutputMultiplier
    }
}

private func powersOfTwo(through limit: Int) -> [Int] {
    var powers = [1]
    while let last = powers.last, last * 2 <= limit { powers.append(last * 2) }
    return powers
}
