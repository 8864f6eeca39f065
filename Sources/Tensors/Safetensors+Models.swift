extension Safetensors {
    /// Adds the parameters of a model, named `path` followed by the parameter's name, e.g. `policy.0.weight`.
    public mutating func store(_ model: some Parameterized, path: String) {
        for (name, value) in model.namedParameters { self[path + name] = Array(value) }
    }

    /// Adds the state of the optimiser of a model.
    public mutating func store(_ optimizer: Adam, of model: some Parameterized, path: String) {
        self[path + "step"] = Array(shape: [], elements: .uint64([UInt64(optimizer.state.step)]))
        for (index, parameter) in model.namedParameters.enumerated() {
            self[path + "firstMoment." + parameter.name] = Array(optimizer.state.firstMoments[index])
            self[path + "secondMoment." + parameter.name] = Array(optimizer.state.secondMoments[index])
        }
    }

    /// Replaces the parameters of a model by those stored at `path`; all or, if one is missing or of another shape,
    /// none.
    public func restore(_ model: inout some Parameterized, path: String) throws(SafetensorsError) {
        var values: [Tensor] = []
        for (name, value) in model.namedParameters {
            values.append(try tensor(named: path + name, shape: value.shape))
        }
        model.setParameters(values)
    }

    /// Replaces the state of the optimiser of a model by that stored at `path`; the learning rate and the other
    /// constants stay.
    public func restore(
        _ optimizer: inout Adam, of model: some Parameterized, path: String
    ) throws(SafetensorsError) {
        var state = Adam.State(step: 0, firstMoments: [], secondMoments: [])
        guard let step = self[path + "step"] else { throw .missingTensor(name: path + "step") }
        guard case .uint64(let counts) = step.elements, counts.count == 1, let count = Int(exactly: counts[0]) else {
            throw .badTensor(name: path + "step", "expected one U64 counter, found \(step.summary)")
        }
        state.step = count
        for (name, value) in model.namedParameters {
            state.firstMoments.append(try tensor(named: path + "firstMoment." + name, shape: value.shape))
            state.secondMoments.append(try tensor(named: path + "secondMoment." + name, shape: value.shape))
        }
        optimizer.state = state
    }

    /// The tensor of a name, if it is there and has the shape that is needed.
    public func tensor(named name: String, shape: [Int]) throws(SafetensorsError) -> Tensor {
        guard let array = self[name] else { throw .missingTensor(name: name) }
        guard let tensor = array.tensor, tensor.shape == shape else {
            throw .badTensor(name: name, "expected F32 of shape \(shape), found \(array.summary)")
        }
        return tensor
    }
}

extension Safetensors.Array {
    /// Type and shape for a message.
    fileprivate var summary: String { "\(elements.type.rawValue) of shape \(shape)" }
}
