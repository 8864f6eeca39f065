import ONNX
import Simulation
import Testing
import Workloads

/// Recurrent layers, whose weights have 1, 3 or 4 gates.
@Suite struct RecurrenceTests {
    @Test(arguments: RecurrentCell.allCases, [1, 2])
    func layersHaveTheirGates(cell: RecurrentCell, directions: Int) throws {
        let (steps, batch, channels, hidden) = (5, 2, 12, 8)
        let gates = cell.gates
        var model = TestModel()
        model.input("x", [steps, batch, channels])
        model.weights("w", [directions, gates * hidden, channels])
        model.weights("r", [directions, gates * hidden, hidden])
        model.weights("b", [directions, 2 * gates * hidden])
        model.node(
            cell.rawValue.uppercased(), ["x", "w", "r", "b"], ["all", "last"],
            [
                "hidden_size": .int(hidden), "linear_before_reset": .int(1),
                "direction": .string(directions == 2 ? "bidirectional" : "forward"),
            ])
        model.output("all")
        model.output("last")
        let workload = try model.network().workload
        let outputs = workload.outputs.map { workload[$0].shape }
        #expect(outputs == [[steps, directions, batch, hidden], [directions, batch, hidden]])
        #expect(workload.macs == steps * batch * directions * gates * hidden * (channels + hidden))
        #expect(workload.operators.contains { $0.kind == .recurrence(cell, steps: steps) })
        let parameters = workload.values.filter { $0.role == .parameter }
        #expect(
            parameters.reduce(0) { $0 + $1.elements } == directions * gates * hidden * (channels + hidden + 2))
        let (simulator, design) = try Fixture.tpuV3(batch: 1)
        #expect(try simulator.evaluate(workload, on: design).latencySeconds > 0)
    }

    @Test func weightsOfOtherGatesAreAnError() throws {
        var model = TestModel()
        model.input("x", [5, 2, 12])
        model.weights("w", [1, 32, 12])
        model.weights("r", [1, 32, 8])
        model.node("GRU", ["x", "w", "r"], ["y"])
        model.output("y")
        #expect(throws: (any Error).self) { try model.network() }
    }
}
