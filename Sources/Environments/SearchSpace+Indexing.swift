/// The designs of a space as whole numbers: a design's index is the place of its decisions in lexicographic order.
///
///     let index = space.index(of: decisions)
///     space.decisions(at: index) == decisions
///
/// The datapath's parameters come first, so that all designs of one datapath stand side by side.
extension SearchSpace {
    /// The largest space whose designs have indices: 2⁵³ designs, as far as `size` is exact.
    public static let indexableSize = 0x1p53

    /// Whether the designs have indices.
    public var isIndexable: Bool { size <= SearchSpace.indexableSize }

    /// The number of ways to decide what follows a datapath: batch and compiler options.
    public var designsPerDatapath: Int {
        parameters.reduce(1) { $1.name.isHardware ? $0 : $0 * $1.count }
    }

    /// The index of a row of decisions; nil where they aren't of this space.
    public func index(of decisions: [Int?]) -> Int? {
        guard (try? design(from: decisions)) != nil else { return nil }
        var index = 0
        walk { position, parameter, count in
            let choice = decisions[position] ?? 0
            for earlier in 0..<choice { index += count(parameter.codes[earlier]) }
            return choice
        }
        return index
    }

    /// The decisions of the design at an index.
    ///
    /// - Precondition: the space is indexable, and the index lies in 0 ..< size.
    public func decisions(at index: Int) -> [Int?] {
        precondition(isIndexable && index >= 0 && Double(index) < size, "An index lies within the space's size.")
        var rest = index
        var decisions: [Int?] = Array(repeating: nil, count: parameters.count)
        walk { position, parameter, count in
            var choice = 0
            while case let designs = count(parameter.codes[choice]), rest >= designs {
                rest -= designs
                choice += 1
            }
            decisions[position] = choice
            return choice
        }
        return decisions
    }

    /// Decides the parameters that apply one after the other, as the body says.
    ///
    /// - Parameter choose: is given a parameter's position, the parameter, and the number of designs that each of its codes leads to;
    ///   returns the choice.
    private func walk(_ choose: (Int, Parameter, (Int) -> Int) -> Int) {
        // Unknown before L2's configuration is decided.
        var hasL2: Bool?
        for (position, parameter) in parameters.enumerated() where !parameter.name.needsL2 || hasL2 != false {
            let isL2 = parameter.name == .l2Configuration
            let choice = choose(position, parameter) { code in
                completions(from: position + 1, hasL2: isL2 ? code != 0 : hasL2)
            }
            if isL2 { hasL2 = parameter.codes[choice] != 0 }
        }
    }

    /// The number of ways to decide all parameters from a position on; `hasL2` is nil where that is still open.
    private func completions(from position: Int, hasL2: Bool?) -> Int {
        var (sizes, others) = (1, 1)
        for parameter in parameters[position...] {
            if parameter.name.needsL2 {
                sizes *= parameter.count
            } else if parameter.name != .l2Configuration {
                others *= parameter.count
            }
        }
        let enabled = enabledL2Configurations
        return switch hasL2 {
        case true?: others * sizes
        case false?: others
        case nil: others * (self[.l2Configuration].count - enabled + enabled * sizes)
        }
    }
}
