extension Workload {
    /// The same network with its floating-point tensors stored in another type; indices and quantised tensors stay what they are.
    public func storing(floatsAs type: NumericType) -> Workload {
        var copy = self
        for index in copy.values.indices where copy.values[index].numericType.isFloat {
            copy.values[index].numericType = type
        }
        for index in copy.operators.indices {
            let types = OperandTypes(operators[index], in: copy.values)
            copy.operators[index].loopNest?.types = types
        }
        return copy
    }
}

extension OperandTypes {
    /// Those of an operator whose first input is multiplied with its first parameter, or without one with its second input.
    package init(_ node: Operator, in values: [Value]) {
        func type(_ id: Value.ID?) -> NumericType { id.map { values[$0.index].numericType } ?? .bfloat16 }
        self.init(
            input: type(node.inputs.first), weight: type(node.parameters.first ?? node.inputs.dropFirst().first),
            output: type(node.output))
    }
}
