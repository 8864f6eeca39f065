internal import CFastHeader
internal import Environments

/// How an environment's actions, observations and masks lie in the caller's rows.
struct RowLayout: Sendable {
    let choiceCounts: [Int]
    let maskCount: Int
    let observationCount: Int
    private let expectedAction: String

    init(_ environment: some ExportedEnvironment) {
        choiceCounts = environment.choiceCounts
        maskCount = choiceCounts.reduce(0, +)
        observationCount = environment.observationSpace.flatCount
        expectedAction =
            choiceCounts.count == 1
            ? "a whole number of 0 ..< \(choiceCounts[0])"
            : "\(choiceCounts.count) whole numbers, each at least 0 and below \(choiceCounts)"
    }

    /// The action of a row.
    ///
    /// - Throws: `EnvironmentError.actionOutsideSpace`.
    func action<Base: ExportedEnvironment>(
        _ numbers: UnsafePointer<Int64>, of environment: Base
    ) throws -> Base.ActionSpace.Element {
        for (position, count) in choiceCounts.enumerated() where !(0..<Int64(count) ~= numbers[position]) {
            throw EnvironmentError.actionOutsideSpace(expected: expectedAction)
        }
        return environment.action(of: numbers)
    }

    /// - Throws: `InterfaceError.badArgument` where a buffer that is there has another size than the environment's rows.
    func check(_ transition: fast_transition) throws {
        try requireLayout(
            transition.struct_size, atLeast: MemoryLayout<fast_transition>.size, "fast_transition")
        if transition.observation != nil {
            try requireCount(transition.observation_count, observationCount, "observation_count")
        }
        if transition.mask != nil { try requireCount(transition.mask_count, maskCount, "mask_count") }
    }

    func write<Base: ExportedEnvironment>(
        _ observation: Base.ObservationSpace.Element, _ info: Base.Info, of environment: Base,
        to transition: inout fast_transition
    ) {
        if let row = transition.observation { write(observation, of: environment, to: row) }
        if let row = transition.mask { write(Base.masks(of: info), to: row) }
        transition.position = Base.position(of: info).map(Int64.init) ?? -1
    }

    func write<Base: ExportedEnvironment>(
        _ observation: Base.ObservationSpace.Element, of environment: Base, to row: UnsafeMutablePointer<Float>
    ) {
        var span = MutableSpan(_unsafeStart: row, count: observationCount)
        environment.observationSpace.flatten(observation, into: &span)
    }

    func write(_ masks: [ChoiceMask]?, to row: UnsafeMutablePointer<Int8>) {
        var next = row
        for (position, count) in choiceCounts.enumerated() {
            for choice in 0..<count {
                next.pointee = masks?[position].contains(choice) == true ? 1 : 0
                next += 1
            }
        }
    }
}
