// swift-tools-version: 6.1
import PackageDescription

func measurement(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["Measuring", .product(name: "FAST", package: "fast")],
        swiftSettings: [.swiftLanguageMode(.v6)])
}

let package = Package(
    name: "Measurements",
    dependencies: [.package(name: "fast", path: "../..")],
    targets: [
        .target(name: "Measuring", swiftSettings: [.swiftLanguageMode(.v6)]),
        measurement("ChainBenchmark"), measurement("MapperBenchmark"), measurement("ResidencyBenchmark"),
        measurement("SearchSpeed"),
    ])
