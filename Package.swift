// swift-tools-version: 6.1
import PackageDescription

// A module imports only modules to its left in docs/ARCHITECTURE.md: one target a module, so that the build enforces it.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "fast",
    products: [
        .executable(name: "fast", targets: ["fast"]),
        .library(
            name: "FAST",
            targets: [
                "Workloads", "ONNX", "Accelerators", "Economics", "Scheduling", "Timeloop", "Compilation", "Simulation",
                "Environments", "MILP", "Tensors", "Agents", "Training", "Reproduction", "Reports",
            ]),
        .library(name: "CFast", type: .dynamic, targets: ["CFast"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        module("Diagnostics"),
        module("Parallelism"),
        module("RandomNumbers"),
        module("Configuration", ["Diagnostics", yams]),
        module("MILP", ["Diagnostics", "Configuration"]),
        module("Workloads", ["Diagnostics"]),
        module("ONNX", ["Diagnostics", "Workloads"]),
        module("Accelerators", ["Diagnostics", "Configuration", "RandomNumbers"]),
        module("Economics", ["Diagnostics", "Configuration", "Accelerators"]),
        module(
            "Scheduling",
            ["Diagnostics", "Configuration", "Parallelism", "RandomNumbers", "Workloads", "Accelerators"]),
        module("Timeloop", ["Diagnostics", "Configuration", "Workloads", "Accelerators", "Scheduling"]),
        module("Compilation", ["Diagnostics", "Parallelism", "MILP", "Workloads", "Accelerators", "Scheduling"]),
        module("Simulation", ["Diagnostics", "Workloads", "Accelerators", "Scheduling", "Compilation"]),
        module(
            "Environments",
            [
                "Diagnostics", "Configuration", "Parallelism", "Workloads", "ONNX", "Accelerators", "Economics",
                "Scheduling",
                "Compilation", "Simulation",
            ]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        module("Tensors", ["COpenBLAS"]),
        module("Agents", ["Diagnostics", "Configuration", "Workloads", "Environments", "Tensors"]),
        module(
            "Training",
            [
                "Diagnostics", "Configuration", "Parallelism", "Accelerators", "Economics", "Simulation",
                "Environments",
                "Tensors", "Agents", grdb,
            ]),
        module(
            "Reproduction",
            [
                "Diagnostics", "Configuration", "Workloads", "ONNX", "Accelerators", "Simulation", "Environments",
                "Agents",
                "Training",
            ]),
        module(
            "Reports",
            [
                "Diagnostics", "Configuration", "Workloads", "Accelerators", "Economics", "Compilation", "Simulation",
                "Environments", "Training", "Reproduction",
            ]),
        .systemLibrary(name: "CFastHeader", path: "Sources/CFast/include"),
        .target(
            name: "CFast",
            dependencies: [
                "CFastHeader", "Diagnostics", "Configuration", "Parallelism", "Accelerators", "Simulation",
                "Environments",
            ],
            exclude: ["include", "exports.map"], swiftSettings: strict),
        .executableTarget(
            name: "fast",
            dependencies: [
                "Diagnostics", "Configuration", "Workloads", "ONNX", "Accelerators", "Economics", "Scheduling",
                "Compilation", "Simulation", "Timeloop", "MILP", "Environments", "Agents", "Training", "Reproduction",
                "Reports", argumentParser,
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Diagnostics", "Configuration", "RandomNumbers"],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests(of: "Diagnostics"),
        tests(of: "Parallelism"),
        tests(of: "Configuration", ["Diagnostics"]),
        tests(of: "MILP", ["Configuration", "Diagnostics", "RandomNumbers"]),
        tests(of: "Workloads", ["Diagnostics"]),
        tests(of: "ONNX", ["Diagnostics", "RandomNumbers", "Workloads", "Accelerators", "Compilation", "Simulation"]),
        tests(of: "Accelerators", ["Diagnostics", "Configuration", "RandomNumbers"]),
        tests(of: "Economics", ["Accelerators", "Configuration", "Diagnostics"]),
        tests(of: "Scheduling", ["Configuration", "RandomNumbers", "Workloads", "Accelerators", "Diagnostics"]),
        tests(
            of: "Timeloop",
            ["Diagnostics", "Configuration", "RandomNumbers", "Workloads", "Accelerators", "Scheduling"]),
        tests(of: "Compilation", ["RandomNumbers", "MILP", "Workloads", "Accelerators", "Scheduling", "Diagnostics"]),
        tests(of: "Simulation", ["Workloads", "Accelerators", "Scheduling", "Compilation", "Diagnostics"]),
        tests(
            of: "Environments",
            [
                "Workloads", "ONNX", "Accelerators", "Economics", "Scheduling", "Compilation", "Simulation",
                "Configuration", "Diagnostics",
            ]),
        tests(of: "Tensors", ["RandomNumbers"]),
        tests(
            of: "Agents", ["Accelerators", "Simulation", "Environments", "Tensors", "Configuration", "Diagnostics"]),
        tests(
            of: "Training",
            [
                "Agents", "Environments", "Accelerators", "Simulation", "Tensors", "Configuration", "Diagnostics",
                "RandomNumbers",
            ]),
        tests(
            of: "Reproduction",
            [
                "Training", "Agents", "Environments", "Accelerators", "Simulation", "Configuration", "Diagnostics",
            ]),
        tests(
            of: "Reports",
            [
                "Training", "Reproduction", "Agents", "Environments", "Accelerators", "Economics", "Simulation",
                "Workloads",
                "Configuration", "Diagnostics",
            ]),
        .testTarget(
            name: "ExamplesTests", dependencies: ["TestSupport", "Environments", "Agents", "Configuration"],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests", dependencies: ["TestSupport", "fast", "MILP", grdb], swiftSettings: strict),
    ]
)
