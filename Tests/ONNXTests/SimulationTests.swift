import Accelerators
import Foundation
import ONNX
import Simulation
import TestSupport
import Testing
import Workloads

/// Whether a network costs the same whoever exported it, and as much as the zoo's.
@Suite struct SimulationTests {
    @Test(
        arguments: [
            ("efficientnet-b0", ["efficientnet_b0.dyn18", "efficientnet_b0.ts17", "efficientnet_b0.tsraw17"]),
            ("efficientnet-b4", ["efficientnet_b4.dyn18"]),
            ("efficientnet-b7", ["efficientnet_b7.dyn18", "efficientnet_b7.ts17"]),
            ("resnet-50-v2", ["resnetv2_50.dyn18", "resnetv2_50.ts17"]),
            ("mobilenet-v2", ["mobilenetv2.dyn18", "mobilenetv2.ts17"]),
            ("vit-b16", ["vit_b16.dyn18", "vit_b16.ts17"]),
            ("bert-base-128", ["bert_base_128.dyn18", "bert_base_128.ts17", "bert_base_128.tsraw17"]),
            ("bert-base-1024", ["bert_base_1024.dyn18"]),
            ("ocr-rpn", ["ocr_rpn_1024.dyn18", "ocr_rpn_1024.ts17"]),
            ("ocr-recognizer", ["crnn_32x320.dyn18", "crnn_32x320.ts17"]),
        ])
    func timesAgree(name: String, files: [String]) throws {
        let (simulator, design) = try Fixture.tpuV3(batch: 1)
        func seconds(_ workload: Workload) throws -> Double {
            try simulator.evaluate(workload, on: design).latencySeconds
        }
        let zoo = try seconds(WorkloadZoo.workload(named: name))
        let imported = try files.map { try seconds(Fixture.network($0)) }
        for time in imported {
            #expect(abs(time - zoo) < 0.01 * zoo, "\(name): \(time) s where the zoo's takes \(zoo) s")
            #expect(abs(time - imported[0]) < 0.001 * imported[0])
        }
    }
}

extension Fixture {
    /// The simulator, and the design of a TPU-v3 at some batch.
    static func tpuV3(batch: Int) throws -> (Simulator, Design) {
        var design = try Design(named: "tpu-v3", in: Repository.files)
        design.batch = batch
        let technology = try Technology(named: "7nm", in: Repository.files)
        return (Simulator(hardware: HardwareModel(technology: technology)), design)
    }
}
