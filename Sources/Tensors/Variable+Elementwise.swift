extension Variable {
    public static func + (left: Variable, right: Variable) -> Variable {
        Variable(left.value + right.value, from: (left, { $0 }), (right, { $0 }))
    }

    public static func - (left: Variable, right: Variable) -> Variable {
        Variable(left.value - right.value, from: (left, { $0 }), (right, { -$0 }))
    }

    public static func * (left: Variable, right: Variable) -> Variable {
        let (a, b) = (left.value, right.value)
        return Variable(a * b, from: (left, { $0 * b }), (right, { $0 * a }))
    }

    public static func / (left: Variable, right: Variable) -> Variable {
        let divisor = right.value
        let quotient = left.value / divisor
        return Variable(quotient, from: (left, { $0 / divisor }), (right, { -($0 * quotient / divisor) }))
    }

    public static func + (left: Variable, right: Float) -> Variable {
        Variable(left.value + right, from: (left, { $0 }))
    }

    public static func - (left: Variable, right: Float) -> Variable { left + -right }

    public static func * (left: Variable, right: Float) -> Variable {
        Variable(left.value * right, from: (left, { $0 * right }))
    }

    public static prefix func - (operand: Variable) -> Variable { operand * -1 }

    /// The hyperbolic tangent of every element. Derivative: 1 − tanh².
    public func tanh() -> Variable {
        let y = value.tanh()
        return Variable(y, from: (self, { $0.zip(with: y) { $0 * (1 - $1 * $1) } }))
    }

    /// Every element, or zero where it is negative. The derivative at zero is taken as zero.
    public func relu() -> Variable {
        let x = value
        return Variable(x.relu(), from: (self, { $0.zip(with: x) { $1 > 0 ? $0 : 0 } }))
    }

    /// The exponential of every element.
    public func exp() -> Variable {
        let y = value.exp()
        return Variable(y, from: (self, { $0 * y }))
    }

    /// The natural logarithm of every element.
    public func log() -> Variable {
        let x = value
        return Variable(x.log(), from: (self, { $0 / x }))
    }

    /// The square of every element.
    public func squared() -> Variable {
        let x = value
        return Variable(x * x, from: (self, { $0.zip(with: x) { 2 * $0 * $1 } }))
    }

    /// The square root of every element.
    public func squareRoot() -> Variable {
        let y = value.squareRoot()
        return Variable(y, from: (self, { $0.zip(with: y) { $0 / (2 * $1) } }))
    }

    /// Every element, moved to the nearest bound if it lies outside of the range, where the derivative is zero; on a
    /// bound it is one.
    public func clamped(to range: ClosedRange<Float>) -> Variable {
        let x = value
        return Variable(x.clamped(to: range), from: (self, { $0.zip(with: x) { range.contains($1) ? $0 : 0 } }))
    }

    /// The smaller of the elements at every position; of equals, the gradient goes to the first.
    public static func minimum(_ left: Variable, _ right: Variable) -> Variable {
        let (a, b) = (left.value, right.value)
        let takesLeft = a.zip(with: b) { $0 <= $1 ? 1 : 0 }
        return Variable(
            a.zip(with: b) { $0 <= $1 ? $0 : $1 },
            from: (left, { $0 * takesLeft }), (right, { $0.zip(with: takesLeft) { $0 * (1 - $1) } }))
    }

    /// The larger of the elements at every position; of equals, the gradient goes to the first.
    public static func maximum(_ left: Variable, _ right: Variable) -> Variable { -minimum(-left, -right) }
}
