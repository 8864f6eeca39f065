public import Diagnostics

/// Where and in what order a problem's iterations run, as Timeloop's `mapping` describes it.
public struct TimeloopMapping: Hashable, Sendable {
    /// A loop over a dimension.
    public struct Loop: Hashable, Sendable {
        /// Index into the problem's dimensions.
        public var dimension: Int
        /// Iterations.
        public var factor: Int
        /// Iterations where all loops further out over the same dimension are in their last one.
        public var residual: Int

        public init(dimension: Int, factor: Int, residual: Int) {
            self.dimension = dimension
            self.factor = factor
            self.residual = residual
        }
    }

    /// What happens at a storage level.
    public struct Level: Hashable, Sendable {
        /// Loops over the tiles of the next level in, innermost first.
        public var temporal: [Loop] = []
        /// Loops over the instances of the next level in along x, innermost first.
        public var spatialX: [Loop] = []
        /// The same along y, outside of x.
        public var spatialY: [Loop] = []
        /// Whether the level holds a tile of each data space.
        public var keeps: [Bool]
        /// Where the file says so, for complaints.
        public var temporalLocation = SourceLocation()
        public var spatialLocation = SourceLocation()
        public var keepLocation = SourceLocation()

        public init(keeps: [Bool]) { self.keeps = keeps }
    }

    /// Innermost first.
    public var levels: [Level]
    /// The file that it comes from, for complaints.
    public var location: SourceLocation

    public init(levels: [Level], location: SourceLocation = SourceLocation()) {
        self.levels = levels
        self.location = location
    }
}
