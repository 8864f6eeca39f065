/// One point of the search space: a datapath, the compiler's options, and the batch it serves.
public struct Design: Hashable, Sendable {
    public var datapath: Datapath
    /// Inferences processed together.
    public var batch: Int
    public var compiler: CompilerOptions

    public init(datapath: Datapath, batch: Int, compiler: CompilerOptions) {
        self.datapath = datapath
        self.batch = batch
        self.compiler = compiler
    }
}
