public import Configuration
internal import Foundation

/// HiGHS, an open-source solver (MIT licence), loaded while the program runs: building needs nothing of it.
///
/// It is looked for in three places: the file that the environment variable `FAST_HIGHS` names, `.tools/highs/libhighs.so`
/// below the folders of `InstalledFiles`, where `scripts/setup` puts it, and the system's libraries. A library that was named
/// or installed but can't be loaded is an error; the search doesn't go on past it. A loaded library stays loaded.
public struct HighsLibrary: Sendable {
    /// The file that was loaded, or the library's name where the system found it.
    public let path: String
    /// Its version, e.g. `1.15.1`.
    public let version: String

    // Booleans, integers, statuses are Int32 in HiGHS's C interface, and a model is an opaque pointer.
    typealias Model = UnsafeMutableRawPointer
    typealias Text = UnsafePointer<CChar>
    typealias Numbers = UnsafePointer<Double>
    typealias Indices = UnsafePointer<Int32>

    let create: @Sendable @convention(c) () -> Model?
    let destroy: @Sendable @convention(c) (Model) -> Void
    let setBool: @Sendable @convention(c) (Model, Text, Int32) -> Int32
    let setInt: @Sendable @convention(c) (Model, Text, Int32) -> Int32
    let setDouble: @Sendable @convention(c) (Model, Text, Double) -> Int32
    let setString: @Sendable @convention(c) (Model, Text, Text) -> Int32
    /// Columns, rows, terms, format, sense, offset, costs, columns' bounds, rows' bounds, starts, indices, coefficients, kinds.
    let passMip:
        @Sendable @convention(c) (
            Model, Int32, Int32, Int32, Int32, Int32, Double, Numbers?, Numbers?, Numbers?, Numbers?, Numbers?,
            Indices?, Indices?, Numbers?, Indices?
        ) -> Int32
    let readModel: @Sendable @convention(c) (Model, Text) -> Int32
    let setSolution: @Sendable @convention(c) (Model, Numbers?, Numbers?, Numbers?, Numbers?) -> Int32
    let run: @Sendable @convention(c) (Model) -> Int32
    let modelStatus: @Sendable @convention(c) (Model) -> Int32
    let intInfo: @Sendable @convention(c) (Model, Text, UnsafeMutablePointer<Int32>) -> Int32
    let doubleInfo: @Sendable @convention(c) (Model, Text, UnsafeMutablePointer<Double>) -> Int32
    let columnCount: @Sendable @convention(c) (Model) -> Int32
    let rowCount: @Sendable @convention(c) (Model) -> Int32
    let solution:
        @Sendable @convention(c) (
            Model, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
            UnsafeMutablePointer<Double>?
        ) -> Int32

    static let remedy =
        "run scripts/setup in the project's folder, or set FAST_HIGHS to the path of libhighs.so (HiGHS 1.15 or newer)"

    private static let loaded = Result { () throws(MILPError) in
        try HighsLibrary(
            environment: ProcessInfo.processInfo.environment, files: .standard,
            systemNames: ["libhighs.so.1", "libhighs.so"])
    }

    /// The library of this process: searched for when it is first asked for, by whichever thread.
    ///
    /// - Throws: `libraryMissing` or `libraryUnusable`, the same every time.
    public static var standard: HighsLibrary {
        get throws(MILPError) { try loaded.get() }
    }

    /// Searches the places in turn.
    ///
    /// - Parameters:
    ///   - environment: where `FAST_HIGHS` is looked up.
    ///   - files: where `.tools/highs` is looked for.
    ///   - systemNames: what the system's loader is asked for.
    public init(
        environment: [String: String], files: InstalledFiles, systemNames: [String]
    ) throws(MILPError) {
        if let path = environment["FAST_HIGHS"], !path.isEmpty {
            self = try HighsLibrary(path: path)
            return
        }
        let places = files.roots.map { $0 + "/.tools/highs/libhighs.so" }
        if let path = places.first(where: FileManager.default.fileExists(atPath:)) {
            self = try HighsLibrary(path: path)
            return
        }
        for name in systemNames {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self = try HighsLibrary(handle, path: name)
                return
            }
        }
        throw MILPError(
            .libraryMissing,
            "expected the solver HiGHS to be installed, found neither FAST_HIGHS nor .tools/highs/libhighs.so nor one of the "
                + "system's", remedy: Self.remedy)
    }

    /// Loads a library from a file.
    ///
    /// - Throws: `libraryMissing` where there is no such file, `libraryUnusable` where it isn't a HiGHS that can be used.
    public init(path: String) throws(MILPError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw MILPError(
                .libraryMissing, "expected the library of the solver HiGHS, found no such file", at: path,
                remedy: Self.remedy)
        }
        // A name without a slash would make dlopen search elsewhere.
        let file = path.contains("/") ? path : "./" + path
        guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw MILPError(
                .libraryUnusable, "expected the library of the solver HiGHS, found one that can't be loaded: \(reason)",
                at: path, remedy: Self.remedy)
        }
        try self.init(handle, path: path)
    }

    private init(_ handle: UnsafeMutableRawPointer, path: String) throws(MILPError) {
        let symbols = Symbols(handle: handle, path: path)
        self.path = path
        let versionText: @convention(c) () -> Text? = try symbols.find("Highs_version")
        version = versionText().map { String(cString: $0) } ?? ""
        let integerSize: @convention(c) (Model?) -> Int32 = try symbols.find("Highs_getSizeofHighsInt")
        guard integerSize(nil) == 4 else {
            throw MILPError(
                .libraryUnusable, "expected HiGHS with 32-bit indices, found one with 64-bit ones", at: path,
                remedy: Self.remedy)
        }
        // Its presolve calls assignments optimal that aren't (ERGO-Code/HiGHS#2957).
        guard !version.hasPrefix("1.14.") else {
            throw MILPError(
                .libraryUnusable, "expected a HiGHS whose optima are optima, found \(version)", at: path,
                remedy: Self.remedy)
        }
        create = try symbols.find("Highs_create")
        destroy = try symbols.find("Highs_destroy")
        setBool = try symbols.find("Highs_setBoolOptionValue")
        setInt = try symbols.find("Highs_setIntOptionValue")
        setDouble = try symbols.find("Highs_setDoubleOptionValue")
        setString = try symbols.find("Highs_setStringOptionValue")
        passMip = try symbols.find("Highs_passMip")
        readModel = try symbols.find("Highs_readModel")
        setSolution = try symbols.find("Highs_setSolution")
        run = try symbols.find("Highs_run")
        modelStatus = try symbols.find("Highs_getModelStatus")
        intInfo = try symbols.find("Highs_getIntInfoValue")
        doubleInfo = try symbols.find("Highs_getDoubleInfoValue")
        columnCount = try symbols.find("Highs_getNumCol")
        rowCount = try symbols.find("Highs_getNumRow")
        solution = try symbols.find("Highs_getSolution")
    }

    private struct Symbols {
        let handle: UnsafeMutableRawPointer
        let path: String

        func find<Function>(_ name: String) throws(MILPError) -> Function {
            guard let symbol = dlsym(handle, name) else {
                throw MILPError(
                    .libraryUnusable, "expected the library of the solver HiGHS, found one without \(name)",
                    at: path, remedy: HighsLibrary.remedy)
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
    }
}
