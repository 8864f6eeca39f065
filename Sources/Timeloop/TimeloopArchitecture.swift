public import Diagnostics

/// A storage hierarchy with MACs under it, as Timeloop's `arch` describes it.
///
/// Levels are numbered from the inside out: 0 stands next to the MACs.
public struct TimeloopArchitecture: Hashable, Sendable {
    /// Instances of a component, and how they stand in a mesh.
    public struct Mesh: Hashable, Sendable {
        public var x: Int
        public var y: Int

        public init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }

        public var instances: Int { x * y }
    }

    /// A storage level.
    public struct Level: Hashable, Sendable {
        public var name: String
        public var mesh: Mesh
        /// Words that an instance holds; nil where there is no limit.
        public var entries: Int?
        /// By how much the capacity is divided: 2 is double buffering.
        public var multipleBuffering = 1.0
        /// The share of the capacity that a mapping must fill at least.
        public var minUtilization = 0.0
        /// Words of a vector access.
        public var blockSize = 1
        /// Energy of a vector access, pJ.
        public var vectorAccessEnergyPJ = 0.0
        /// Words a cycle that an instance reads; nil where there is no limit.
        public var readBandwidth: Double?
        /// Words a cycle that an instance takes in: updates and fills.
        public var writeBandwidth: Double?
        /// Words a cycle that an instance reads and takes in together.
        public var sharedBandwidth: Double?

        public init(name: String, mesh: Mesh) {
            self.name = name
            self.mesh = mesh
        }

        /// Words that tiles may take.
        public var usableEntries: Double? {
            entries.map { (Double($0) / multipleBuffering).rounded(.down) }
        }
    }

    /// The name of the arithmetic level.
    public var arithmeticName: String
    public var arithmeticMesh: Mesh
    /// Energy of a MAC, pJ.
    public var macEnergyPJ: Double
    /// Storage levels, innermost first.
    public var levels: [Level]
    /// Where the levels stand in the file, for complaints.
    public var location = SourceLocation()

    public init(arithmeticName: String, arithmeticMesh: Mesh, macEnergyPJ: Double, levels: [Level]) {
        self.arithmeticName = arithmeticName
        self.arithmeticMesh = arithmeticMesh
        self.macEnergyPJ = macEnergyPJ
        self.levels = levels
    }

    /// How many instances of the next level in stand under one instance of a level, along x and along y.
    public func fanout(of level: Int) -> Mesh {
        let inner = level == 0 ? arithmeticMesh : levels[level - 1].mesh
        return Mesh(x: inner.x / levels[level].mesh.x, y: inner.y / levels[level].mesh.y)
    }
}
