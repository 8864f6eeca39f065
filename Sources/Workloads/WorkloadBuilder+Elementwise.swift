extension WorkloadBuilder {
    /// A function of each element of one tensor, e.g. an activation function.
    public mutating func elementwise(_ function: ElementwiseFunction, _ input: Value.ID, named name: String) throws
        -> Value.ID
    {
        try elementwise(function, operands: [.value(input)], named: name)
    }

    /// A function of the elements at one place of two tensors, e.g. a residual add, broadcast as NumPy does.
    public mutating func elementwise(
        _ function: ElementwiseFunction, _ left: Value.ID, _ right: Value.ID, named name: String
    ) throws -> Value.ID {
        try elementwise(function, operands: [.value(left), .value(right)], named: name)
    }

    /// A function of each element and a number, e.g. `elementwise(.power, x, 2)`.
    public mutating func elementwise(
        _ function: ElementwiseFunction, _ left: Value.ID, _ right: Double, named name: String
    ) throws -> Value.ID {
        try elementwise(function, operands: [.value(left), .scalar(right)], named: name)
    }

    /// A function of a number and each element, e.g. `elementwise(.subtract, 1, x)`.
    public mutating func elementwise(
        _ function: ElementwiseFunction, _ left: Double, _ right: Value.ID, named name: String
    ) throws -> Value.ID {
        try elementwise(function, operands: [.scalar(left), .value(right)], named: name)
    }

    /// A function of any operands, in order: computed tensors, parameters, numbers.
    ///
    ///     try builder.elementwise(.select, operands: [.value(mask), .value(scores), .scalar(-.infinity)], named: "masked")
    ///
    /// - Throws: `DiagnosticError` of kind `.badData` if the function takes another number of operands, shapes do not
    ///   broadcast, a number is NaN, or no operand is computed in the inference (such work belongs into the parameters).
    public mutating func elementwise(
        _ function: ElementwiseFunction, operands: [Operator.Operand], named name: String
    ) throws -> Value.ID {
        guard function.operandCounts.contains(operands.count) else {
            throw fault(function.operandCountFault(found: operands.count), in: name)
        }
        var inputs: [Value.ID] = []
        var parameters: [Value.ID] = []
        var scalars: [ScalarOperand] = []
        for (position, operand) in operands.enumerated() {
            switch operand {
            case .value(let id) where role(of: id) == .parameter: parameters.append(id)
            case .value(let id): inputs.append(id)
            case .scalar(let value): scalars.append(ScalarOperand(position: position, value: value))
            }
        }
        guard !scalars.contains(where: \.value.isNaN) else { throw fault("expected a number, found NaN", in: name) }
        guard !inputs.isEmpty else {
            throw fault(
                "expected an operand that is computed in the inference, found parameters and numbers alone", in: name,
                remedy: "make the result a parameter")
        }
        let shapes = (inputs + parameters).map { shape(of: $0) }
        guard let shape = broadcastShape(shapes) else {
            let found = shapes.map(shapeText).joined(separator: " and ")
            throw fault("expected shapes that broadcast together, found \(found)", in: name)
        }
        return try append(
            .elementwise(function), named: name, inputs: inputs, parameters: parameters, shape: shape,
            scalars: scalars)
    }

    /// The product with a constant, e.g. attention's 1/√d.
    public mutating func scale(_ input: Value.ID, by factor: Double, named name: String) throws -> Value.ID {
        try elementwise(.multiply, input, factor, named: name)
    }

    /// Each element held between two bounds, which may be infinite; ReLU6 is `clip(x, to: 0...6)`.
    public mutating func clip(_ input: Value.ID, to bounds: ClosedRange<Double>, named name: String) throws -> Value.ID
    {
        let bounds = [bounds.lowerBound, bounds.upperBound].map { Operator.Operand.scalar($0) }
        return try elementwise(.clip, operands: [.value(input)] + bounds, named: name)
    }
}

extension ElementwiseFunction {
    /// What to say of a wrong number of operands.
    func operandCountFault(found count: Int) -> String {
        let (least, most) = (operandCounts.lowerBound, operandCounts.upperBound)
        let expected = least == most ? "\(least)" : "\(least) to \(most)"
        return "expected \(expected) operand\(most == 1 ? "" : "s") of \(rawValue), found \(count)"
    }
}
