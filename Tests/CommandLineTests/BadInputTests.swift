import Foundation
import TestSupport
import Testing

/// What goes wrong is said in one line that names the place and the remedy, with sysexits' code.
struct BadInputTests {
    @Test(
        arguments: [
            (["workload", "show", "efficentnet-b7"], 66, "efficientnet-b7"),
            (["workload", "show", "vit-b16", "--dimension", "sequence=3"], 64, "'resolution'"),
            (["workload", "show", "vit-b16", "--dimension", "resolution"], 64, "name=size"),
            (["workload", "show", "vit-b16", "--dimension", "resolution=0"], 64, "from 1 to"),
            (["workload", "show", "ocr-rpn", "--batch", "0"], 64, "batch"),
            (["workload", "show", "no/such.onnx"], 66, "no/such.onnx"),
            (["workload", "show", "Sources"], 65, "folder"),
            (["workload", "show", "Tests/Fixtures/onnx/bad/06_cycle.onnx"], 65, "cycle"),
            (["workload", "show", "Tests/Fixtures/onnx/bad/04_unknown_op_domain.onnx"], 65, "--unknown-operators"),
            (["workload", "show", "Tests/Fixtures/onnx/vit_b16.ts17.onnx", "--batch", "2"], 64, "symbolic"),
            (["simulate", "-w", "Tests/Fixtures/onnx/bad/02_empty.onnx", "-d", "tpu-v3"], 65, "02_empty"),
            (["workload", "show", "resnet-50-v2", "--unknown-operators", "ignore"], 64, "elementwise"),
            (["simulate", "-w", "resnet50-v2", "-d", "tpu-v3"], 66, "resnet-50-v2"),
            (["simulate", "-w", "resnet-50-v2", "-d", "tpuv3"], 66, "tpu-v3"),
            (["simulate", "-w", "resnet-50-v2", "-d", "no/such.yaml"], 66, "no/such.yaml"),
            (["simulate", "-w", "resnet-50-v2", "-d", "tpu-v3", "--batch", "0"], 64, "--batch"),
            (["hardware", "show", "tpu-v3", "--technology", "5nm"], 66, "7nm"),
            (["hardware", "show", "tpu-v3", "--workload", "vit-b16"], 64, "--sensitivity"),
            (["hardware", "show", "tpu-v3", "--sensitivity", "--workload", "vit-b17"], 66, "vit-b16"),
            (
                ["hardware", "show", "tpu-v3", "--sensitivity", "--workload", "vit-b16", "--baseline", "a100"], 66,
                "a100-like"
            ),
            (["train", "-e", "efficientnet-b9", "-a", "ppo"], 66, "efficientnet-b"),
            (["train", "-e", "efficientnet-b0", "-a", "pp0"], 66, "ppo"),
            (["train", "-e", "efficientnet-b0", "-a", "ppo", "--trials", "-3"], 64, "trials"),
            (["resume", "no/such/run"], 66, "no/such/run"),
            (["compile", "-w", "bert-base-128", "-d", "tpu-v3", "--solver", "scip"], 64, "milp"),
            (["compile", "-w", "bert-base-128", "-d", "tpu-v3", "--time-limit=-1"], 64, "--time-limit"),
            (["compile", "-w", "bert-base-128", "-d", "tpu-v3", "--mps", "no/such/file.mps"], 73, "no/such/file.mps"),
            (["compile", "-w", "no/such.onnx", "-d", "tpu-v3", "--mps", "no/such/file.mps"], 73, "no/such/file.mps"),
            (["pareto", "no/such/run", "--csv", "no/such/file.csv"], 73, "no/such/file.csv"),
            (["pareto", "no/such/run", "-o", "Sources"], 73, "folder"),
            (["roi", "--run", "no/such/run", "-o", "no/such/file.html"], 73, "no/such/file.html"),
            (["pareto", "no/such/run", "--csv", "x.out", "-o", "./docs/../x.out"], 64, "expected two files"),
            (["pareto", "no/such/run", "--csv", "x.out", "-o", "/proc/self/cwd/x.out"], 64, "expected two files"),
            (["regret", "no/such/run", "--csv", "no/such/file.csv"], 73, "no/such/file.csv"),
            (
                [
                    "timeloop", "map", "--architecture", "no/such.yaml", "--problem", "no/such.yaml", "--output",
                    "no/such/file.yaml",
                ], 73, "no/such/file.yaml"
            ),
            (["report", "Sources"], 66, "Sources"),
            (
                ["schedule", "-w", "bert-base-128", "-d", "tpu-v3", "--operator", "layer0.intermediat"], 64,
                "layer0.intermediate"
            ),
            (
                ["schedule", "array", "--rows", "8", "--columns", "8", "--dataflow", "weight", "--gemm", "1,2,3"], 64,
                "weight-stationary"
            ),
            (
                [
                    "schedule", "array", "--rows", "8", "--columns", "8", "--dataflow", "weight-stationary", "--gemm",
                    "1,2",
                ], 64, "--gemm"
            ),
            (["trian"], 64, "train"),
            (["workload", "lst"], 64, "list"),
            (["train", "--enviroment", "efficientnet-b0"], 64, "--environment"),
        ] as [([String], Int32, String)])
    func isNamed(arguments: [String], status: Int32, hint: String) throws {
        let folder = try TemporaryFolder()
        let process = try FastProcess.start(arguments, output: folder.url("out"), errors: folder.url("err"))
        process.waitUntilExit()
        let errors = try String(contentsOf: folder.url("err"), encoding: .utf8)
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == status, "\(errors)")
        #expect(errors.contains(hint), "\(errors)")
        #expect(try String(contentsOf: folder.url("out"), encoding: .utf8).isEmpty)
    }

    @Test func aDesignsMistakeIsNamedWithItsLine() throws {
        let folder = try TemporaryFolder()
        let good = """
            datapath:
              peGrid: {x: 8, y: 8}
              array: {x: 32, y: 32}
              vectorMultiplier: 2
              l1: {configuration: private, inputKiB: 32, weightKiB: 32, outputKiB: 32}
              l2: {configuration: disabled}
              globalMemoryMiB: 128
              gddr6Channels: 8
            batch: 8
            compiler: {fusion: residency, padding: array, softmax: two-pass, dataflow: best}

            """
        #expect(
            try FastProcess.run("hardware", "show", folder.write(good, to: "good.yaml"), "--json").status == 0)
        for (old, new, line, hint) in [
            ("vectorMultiplier", "vectorMultiplyer", 4, "vectorMultiplier"),
            ("x: 32, y: 32", "x: 32, y: none", 3, "array.y"),
            ("fusion: residency", "fusion: residence", 10, "residency"),
            ("gddr6Channels: 8", "gddr6Channels: -1", 8, "gddr6Channels"),
        ] {
            let path = try folder.write(good.replacingOccurrences(of: old, with: new), to: "bad.yaml")
            let result = try FastProcess.run("simulate", "-w", "efficientnet-b0", "-d", path)
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("bad.yaml:\(line)"), "\(result.errors)")
            #expect(result.errors.contains(hint), "\(result.errors)")
        }
    }

    @Test func impossibleProblemsAreRefused() throws {
        let folder = try TemporaryFolder()
        let impossible = try folder.write(
            "name: tiny\nworkloads: [efficientnet-b0]\nobjective: perf-per-tdp\nconstraints: {tdpWatts: 0.5}\n",
            to: "tiny.yaml")
        let result = try FastProcess.run("train", "-e", impossible, "-a", "random", "--run", folder.path("run"))
        #expect((64...78).contains(result.status), "\(result.errors)")
        #expect(result.errors.contains("W"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))

        let empty = try folder.write(
            "name: empty\nworkloads: [efficientnet-b0]\nsearchSpace: {batch: []}\n", to: "empty.yaml")
        let none = try FastProcess.run("train", "-e", empty, "-a", "random", "--run", folder.path("run"))
        #expect((64...78).contains(none.status) && none.errors.contains("batch"), "\(none.errors)")
    }
}
