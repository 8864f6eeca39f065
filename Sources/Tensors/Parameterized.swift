/// Something with named parameters that are learned: a layer, or a model made of layers.
///
///     struct Critic: Parameterized {
///         var trunk: MultilayerPerceptron
///         var head: Linear
///         mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void) {
///             trunk.visitParameters(path: path + "trunk.", visit)
///             head.visitParameters(path: path + "head.", visit)
///         }
///     }
///
///     let recorded = critic.recorded()                      // same model, its parameters on record
///     let loss = (recorded.head(recorded.trunk(x)) - y).squared().mean()
///     adam.update(&critic, along: recorded.gradients(of: loss))
///
/// The model that is kept holds constants, so that calling it records nothing.
public protocol Parameterized: Sendable {
    /// Calls `visit` with the name of every parameter and the parameter itself, always in the same order.
    ///
    /// - Parameter path: what stands before the parameters' own names, e.g. `trunk.`; names must differ.
    mutating func visitParameters(path: String, _ visit: (String, inout Variable) -> Void)
}

extension Parameterized {
    /// The name and value of every parameter, in order.
    public var namedParameters: [(name: String, value: Tensor)] {
        var copy = self
        var result: [(name: String, value: Tensor)] = []
        copy.visitParameters(path: "") { name, parameter in result.append((name, parameter.value)) }
        return result
    }

    /// The number of learned numbers.
    public var parameterCount: Int { namedParameters.reduce(0) { $0 + $1.value.count } }

    /// The same model with its parameters recorded, to be differentiated by.
    public func recorded() -> Self {
        var copy = self
        copy.visitParameters(path: "") { _, parameter in parameter = parameter.recorded() }
        return copy
    }

    /// The gradients of a scalar by all parameters of this recorded model, in order; zeros for parameters that have
    /// no influence on it.
    public func gradients(of loss: Variable) -> [Tensor] {
        var copy = self
        var parameters: [Variable] = []
        copy.visitParameters(path: "") { _, parameter in parameters.append(parameter) }
        return loss.gradients(withRespectTo: parameters)
    }

    /// Replaces the values of all parameters, given in order and in the parameters' own shapes.
    public mutating func setParameters(_ values: [Tensor]) {
        var index = 0
        visitParameters(path: "") { name, parameter in
            precondition(
                index < values.count && values[index].shape == parameter.shape,
                "Parameter \(name) needs a value of shape \(parameter.shape).")
            parameter = Variable(values[index])
            index += 1
        }
        precondition(index == values.count, "\(values.count) values were given for \(index) parameters.")
    }
}
