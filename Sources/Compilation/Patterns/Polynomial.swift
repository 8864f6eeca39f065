internal import Workloads

/// A value as a sum of products of other values and constants, in which the order and the nesting of sums, products and
/// constants no longer show.
///
/// x · 0.5 · (1 + e), (x + x · e) / 2 and 0.5 · x + x · (e · 0.5) are all ½·x + ½·x·e. Exponents below 0 are divisions.
struct Polynomial {
    /// A product of powers of values.
    struct Monomial: Hashable {
        var exponents: [Value.ID: Int]

        init(_ exponents: [Value.ID: Int] = [:]) { self.exponents = exponents.filter { $0.value != 0 } }

        static func * (a: Monomial, b: Monomial) -> Monomial {
            Monomial(a.exponents.merging(b.exponents, uniquingKeysWith: +))
        }
    }

    private(set) var coefficients: [Monomial: Double]

    init(_ coefficients: [Monomial: Double]) { self.coefficients = coefficients.filter { $0.value != 0 } }

    init(constant: Double) { self.init([Monomial(): constant]) }

    init(_ value: Value.ID) { self.init([Monomial([value: 1]): 1]) }

    /// The coefficient of a product of powers; of the constant without any.
    func coefficient(of exponents: [Value.ID: Int] = [:]) -> Double { coefficients[Monomial(exponents)] ?? 0 }

    /// Whether two are the same function, constants being as close as half-precision rounding leaves them.
    func isClose(to other: Polynomial) -> Bool {
        coefficients.count == other.coefficients.count
            && coefficients.allSatisfy { monomial, coefficient in
                other.coefficients[monomial].map { isCloseConstant(coefficient, $0) } ?? false
            }
    }

    static func + (a: Polynomial, b: Polynomial) -> Polynomial {
        Polynomial(a.coefficients.merging(b.coefficients, uniquingKeysWith: +))
    }

    static func * (a: Polynomial, b: Polynomial) -> Polynomial {
        var product: [Monomial: Double] = [:]
        for (left, x) in a.coefficients {
            for (right, y) in b.coefficients { product[left * right, default: 0] += x * y }
        }
        return Polynomial(product)
    }

    static prefix func - (a: Polynomial) -> Polynomial { Polynomial(a.coefficients.mapValues { -$0 }) }

    /// The power of a whole exponent; below 0 only of a single product, else nil.
    func raised(to exponent: Int) -> Polynomial? {
        if exponent < 0 {
            guard coefficients.count == 1, let (monomial, coefficient) = coefficients.first else { return nil }
            return Polynomial([Monomial(monomial.exponents.mapValues { -$0 }): 1 / coefficient])
                .raised(to: -exponent)
        }
        return (0..<exponent).reduce(Polynomial(constant: 1)) { product, _ in product * self }
    }
}

/// Whether two constants are the same, each having been rounded to bfloat16 (8 significant bits: half a unit of 2⁻⁸), and
/// perhaps multiplied with another such constant.
func isCloseConstant(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 0x1p-8 * max(abs(a), abs(b)) }

extension OperatorGraph {
    /// A value written out in terms of the given ones, and of those that no arithmetic makes; nil where that grows beyond
    /// what any rule asks for.
    func polynomial(of value: Value.ID, in atoms: Set<Value.ID>) -> Polynomial? {
        var known: [Value.ID: Polynomial] = [:]
        return expanded(value, atoms, &known)
    }

    private func expanded(_ value: Value.ID, _ atoms: Set<Value.ID>, _ known: inout [Value.ID: Polynomial])
        -> Polynomial?
    {
        if let known = known[value] { return known }
        guard !atoms.contains(value), let node = producer(of: value), node.isArithmetic else {
            return Polynomial(canonical(value))
        }
        guard known.count < OperatorGraph.largestFormula else { return nil }
        var operands: [Polynomial] = []
        for operand in node.operands {
            switch operand {
            case .scalar(let scalar): operands.append(Polynomial(constant: scalar))
            case .value(let id):
                guard let polynomial = expanded(id, atoms, &known) else { return nil }
                operands.append(polynomial)
            }
        }
        // What is no sum of products, e.g. a division by a sum, is an atom of its own.
        let result = combined(node.kind, operands) ?? Polynomial(value)
        guard result.coefficients.count <= OperatorGraph.largestFormula else { return nil }
        known[value] = result
        return result
    }

    /// The first of the values that the same reduction of the same value makes: exporters compute a mean once for the difference and
    /// again for the variance.
    private func canonical(_ value: Value.ID) -> Value.ID {
        guard let node = producer(of: value), case .reduce = node.kind else { return value }
        let twin = consumers(of: node.inputs[0]).first {
            $0.kind == node.kind && shape(of: $0.output) == shape(of: value)
        }
        return twin?.output ?? value
    }

    private func combined(_ kind: OperatorKind, _ operands: [Polynomial]) -> Polynomial? {
        guard case .elementwise(let function) = kind, let first = operands.first else { return nil }
        let second = operands.count == 2 ? operands[1] : nil
        switch function {
        case .add, .biasAdd: return second.map { first + $0 }
        case .subtract: return second.map { first + -$0 }
        case .multiply: return second.map { first * $0 }
        case .divide: return second?.raised(to: -1).map { first * $0 }
        case .negate: return -first
        case .reciprocal: return first.raised(to: -1)
        case .power:
            guard let second, second.coefficients.count <= 1,
                second.coefficients.keys.allSatisfy({ $0.exponents.isEmpty }),
                let exponent = Int(exactly: second.coefficient()), exponent.magnitude <= 4
            else { return nil }
            return first.raised(to: exponent)
        default: return nil
        }
    }

    /// Operators, and terms of a sum, beyond which a value is no formula that a rule knows.
    private static let largestFormula = 24
}
