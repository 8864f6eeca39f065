// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "MapperBenchmark",
    dependencies: [.package(name: "fast", path: "../..")],
    targets: [
        .executableTarget(
            name: "MapperBenchmark", dependencies: [.product(name: "FAST", package: "fast")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ])
