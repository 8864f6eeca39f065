internal import Accelerators
internal import Environments

/// An environment in the terms of the C interface: whole numbers in, rows of numbers out.
protocol ExportedEnvironment: RestorableEnvironment where ObservationSpace: ExportedSpace {
    /// Whether and how `fast_environment_chip` can describe it.
    var chip: (design: Design, isComplete: Bool)? { get }
    /// How many choices each number of an action has.
    var choiceCounts: [Int] { get }

    /// The action that numbers, one for each of `choiceCounts`, stand for.
    func action(of numbers: UnsafePointer<Int64>) -> ActionSpace.Element
    /// The masks of an action's numbers; nil where there are none to choose any more.
    static func masks(of info: Info) -> [ChoiceMask]?
    /// What is decided next.
    static func position(of info: Info) -> Int?
    /// The design that an info tells the end of.
    static func result(of info: Info) -> (outcome: Outcome, decisions: [Int?])?
    static func json(of info: Info) throws -> String
}

/// A space whose rows can be described.
protocol ExportedSpace: FlattenableSpace {
    /// The parts of a row, one after the other.
    var segments: [SpaceSegment] { get }
}

/// A part of an observation.
struct SpaceSegment: Encodable {
    var name: String
    var count: Int
    var low: Float
    var high: Float
}

extension Box: ExportedSpace {
    var segments: [SpaceSegment] {
        [SpaceSegment(name: "observation", count: count, low: bounds.lowerBound, high: bounds.upperBound)]
    }
}

extension CompositeSpace: ExportedSpace {
    var segments: [SpaceSegment] {
        names.compactMap { name in
            self[name].map { component in
                let bounds: ClosedRange<Float> =
                    switch component {
                    case .discrete(let space): 0...Float(space.count - 1)
                    case .multiDiscrete(let space): 0...Float((space.counts.max() ?? 1) - 1)
                    case .box(let space): space.bounds
                    }
                return SpaceSegment(
                    name: name, count: component.flatCount, low: bounds.lowerBound, high: bounds.upperBound)
            }
        }
    }
}

extension ExportedEnvironment where ActionSpace == Discrete {
    var choiceCounts: [Int] { [actionSpace.count] }

    func action(of numbers: UnsafePointer<Int64>) -> Int { Int(numbers.pointee) }
}

// MARK: - The environments

/// The info of both design environments as JSON.
private struct DesignInfo: Encodable {
    var parameter: String?
    var decisions: [Int?]
    var outcome: Outcome?
}

extension DesignEnvironment: ExportedEnvironment {
    var chip: (design: Design, isComplete: Bool)? { episode.map { ($0.cheapestDesign, $0.isComplete) } }

    static func masks(of info: Info) -> [ChoiceMask]? { info.mask.map { [$0] } }

    static func position(of info: Info) -> Int? {
        info.parameter.flatMap { ParameterName.allCases.firstIndex(of: $0) }
    }

    static func result(of info: Info) -> (outcome: Outcome, decisions: [Int?])? {
        info.outcome.map { ($0, info.decisions) }
    }

    static func json(of info: Info) throws -> String {
        try jsonText(
            of: DesignInfo(parameter: info.parameter?.rawValue, decisions: info.decisions, outcome: info.outcome))
    }
}

extension FlatDesignEnvironment: ExportedEnvironment {
    var chip: (design: Design, isComplete: Bool)? { nil }

    var choiceCounts: [Int] { actionSpace.counts }

    func action(of numbers: UnsafePointer<Int64>) -> [Int] { choiceCounts.indices.map { Int(numbers[$0]) } }

    static func masks(of info: Info) -> [ChoiceMask]? { info.masks }

    static func position(of info: Info) -> Int? { info.outcome == nil ? 0 : nil }

    static func result(of info: Info) -> (outcome: Outcome, decisions: [Int?])? {
        info.outcome.map { ($0, info.decisions) }
    }

    static func json(of info: Info) throws -> String {
        try jsonText(of: DesignInfo(parameter: nil, decisions: info.decisions, outcome: info.outcome))
    }
}

/// The info of the residency environment as JSON.
private struct ResidencyInfo: Encodable {
    var tensor: String?
    var cycles: Double
}

extension ResidencyEnvironment: ExportedEnvironment {
    var chip: (design: Design, isComplete: Bool)? { nil }

    static func masks(of info: Info) -> [ChoiceMask]? { info.mask.map { [$0] } }

    static func position(of info: Info) -> Int? { info.tensor == nil ? nil : 0 }

    static func result(of info: Info) -> (outcome: Outcome, decisions: [Int?])? { nil }

    static func json(of info: Info) throws -> String {
        try jsonText(of: ResidencyInfo(tensor: info.tensor, cycles: info.cycles))
    }
}

extension NearestAllowedAction: ExportedEnvironment where Base: ExportedEnvironment {
    var chip: (design: Design, isComplete: Bool)? { base.chip }
    static func masks(of info: Info) -> [ChoiceMask]? { Base.masks(of: info) }
    static func position(of info: Info) -> Int? { Base.position(of: info) }
    static func result(of info: Info) -> (outcome: Outcome, decisions: [Int?])? { Base.result(of: info) }
    static func json(of info: Info) throws -> String { try Base.json(of: info) }
}
