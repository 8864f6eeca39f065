import Configuration
import Testing

/// What timeloop-model insists on in its three files, as its sources say (commit 9cf67632 of `src/mapping/parser.cpp`, 28e8614e of
/// `src/mapping/arch-properties.cpp`, 84f64fa9 of `src/model/buffer.cpp`): where a rule is broken it stops with an error or a failed
/// assertion. Read from the files' text, with nothing of our own reader.
struct TimeloopRules {
    private struct Level {
        var name: String
        var meshX: Int
        var meshY: Int
        var entries: Int?
    }

    private struct Loops {
        /// Factor and residual of each dimension.
        var factors: [String: (Int, Int)] = [:]
        var permutation: [String] = []
        var split: Int?
    }

    private let dimensions: [String]
    private let bounds: [String: Int]
    private let tensors: [String]
    /// From the inside out; the first is the arithmetic level.
    private let levels: [Level]
    private var temporal: [String: Loops] = [:]
    private var spatial: [String: Loops] = [:]

    init(architecture: String, problem: String, mapping: String) throws {
        let shape = try Self.mapping(problem, "problem")
        let names = try shape.required("shape").mapping(keys: ["name", "dimensions", "coefficients", "data_spaces"])
        dimensions = try names.required("dimensions").list().map { try $0.string() }
        tensors = try names.required("data_spaces").list().map { space in
            try space.mapping(keys: ["name", "projection", "read_write"]).required("name").string()
        }
        let instance = try shape.required("instance").mapping()
        let coefficients = try names.required("coefficients").list().map {
            try $0.mapping(keys: ["name", "default"]).required("name").string()
        }
        #expect(Set(instance.keys).isSubset(of: dimensions + coefficients))
        bounds = Dictionary(
            uniqueKeysWithValues: try dimensions.map {
                ($0, try instance.required($0).integer(in: 1...Int(Int32.max)))
            })

        let arch = try Self.mapping(architecture, "arch")
        let storage = try arch.required("storage").list()
        levels = try [Self.level(arch.required("arithmetic"))] + storage.map(Self.level)
        try readMapping(mapping)
    }

    private static func mapping(_ yaml: String, _ key: String) throws -> ConfigurationMapping {
        try ConfigurationNode(yaml: yaml, file: key).mapping(keys: [key]).required(key).mapping()
    }

    private static func level(_ node: ConfigurationNode) throws -> Level {
        // Keys that the reference's architectures, which timeloop-model has read, have; it passes over misspelt ones in silence.
        let keys = try node.mapping(keys: [
            "name", "instances", "meshX", "word_bits", "energy", "entries", "block_size", "vector_access_energy",
            "read_bandwidth", "write_bandwidth", "shared_bandwidth", "technology",
        ])
        func count(_ key: String) throws -> Int { try keys.required(key).integer(in: 1...Int(UInt32.max)) }
        let instances = try count("instances")
        let meshX = keys.optional("meshX") == nil ? instances : try count("meshX")
        #expect(instances % meshX == 0)
        #expect([8, 16, 32].contains(try keys.required("word_bits").integer()))
        return Level(
            name: try keys.required("name").string(), meshX: meshX, meshY: instances / meshX,
            entries: try keys.optional("entries")?.integer(in: 1...Int(UInt32.max)))
    }

    private mutating func readMapping(_ yaml: String) throws {
        let directives = try ConfigurationNode(yaml: yaml, file: "map").mapping(keys: ["mapping"]).required("mapping")
        for directive in try directives.list() {
            let keys = try directive.mapping(keys: [
                "target", "type", "keep", "bypass", "factors", "permutation", "split",
            ])
            let target = try keys.required("target").string()
            #expect(levels.dropFirst().contains { $0.name == target }, "\(target)")
            switch try keys.required("type").string() {
            case "datatype":
                let named = try ["keep", "bypass"].flatMap { try keys.required($0).list().map { try $0.string() } }
                #expect(named.sorted() == tensors.sorted())
            case "temporal":
                let loops = try loops(keys)
                #expect(loops.split == nil)
                #expect(temporal.updateValue(loops, forKey: target) == nil)
            case "spatial": #expect(spatial.updateValue(try loops(keys), forKey: target) == nil)
            case let type: Issue.record("no directive: \(type)")
            }
        }
    }

    private func loops(_ keys: ConfigurationMapping) throws -> Loops {
        var loops = Loops()
        // The parser's own pattern, with the residual after a comma.
        let pattern = /([A-Za-z]+)[ ]*[=]*[ ]*([0-9]+)(?:,([0-9]+))?/
        for match in try keys.required("factors").string().matches(of: pattern) {
            let factor = try #require(Int(match.2))
            let residual = try match.3.map { try #require(Int($0)) } ?? factor
            #expect(factor >= 1 && factor <= Int(Int32.max) && residual >= 1 && residual <= factor)
            loops.factors[String(match.1)] = (factor, residual)
        }
        loops.permutation = try keys.required("permutation").string().map { String($0) }
        loops.split = try keys.optional("split")?.integer(in: 0...dimensions.count)
        #expect(loops.factors.keys.sorted() == dimensions.sorted())
        #expect(loops.permutation.sorted() == dimensions.sorted())
        return loops
    }

    /// Checks the mapping against the architecture and the problem.
    func check() throws {
        var remainders = Dictionary(uniqueKeysWithValues: dimensions.map { ($0, 0) })
        func cover(_ loops: Loops) {
            for (dimension, (factor, residual)) in loops.factors {
                remainders[dimension, default: 0] = remainders[dimension, default: 0] * factor + residual - 1
            }
        }
        for (outer, inner) in zip(levels.dropFirst(), levels).reversed() {
            cover(try #require(temporal[outer.name], "\(outer.name)"))
            // Meshes nest, and there are spatial loops only where one instance has several within it.
            #expect(inner.meshX % outer.meshX == 0 && inner.meshY % outer.meshY == 0, "\(outer.name)")
            let fanout = (x: inner.meshX / outer.meshX, y: inner.meshY / outer.meshY)
            guard let loops = spatial[outer.name] else { continue }
            #expect(fanout.x * fanout.y > 1, "\(outer.name)")
            cover(loops)
            let split = loops.split ?? dimensions.count
            func product(_ dimensions: some Sequence<String>) -> Int {
                dimensions.reduce(1) { $0 * (loops.factors[$1]?.0 ?? 1) }
            }
            #expect(product(loops.permutation.prefix(split)) <= fanout.x, "\(outer.name)")
            #expect(product(loops.permutation.dropFirst(split)) <= fanout.y, "\(outer.name)")
        }
        for dimension in dimensions {
            #expect(remainders[dimension].map { $0 + 1 } == bounds[dimension], "\(dimension)")
        }
        // Only DRAM may hold any number of words.
        #expect(levels.dropFirst().dropLast().allSatisfy { $0.entries != nil })
    }
}
