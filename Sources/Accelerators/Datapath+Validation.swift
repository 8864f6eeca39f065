public import Diagnostics

/// The values that a datapath may have at all.
///
/// They are wider than a search space's choices: a file may describe any chip that makes sense, such as one whose extents are
/// no powers of 2.
extension Datapath {
    public enum Limits {
        /// Processing elements, and MACs of an array, along one axis.
        public static let extent = 1...1024
        /// Vector lanes an array column, and L2 capacities in L1 capacities.
        public static let multiplier = 1...1024
        /// An L1 buffer, KiB.
        public static let bufferKiB = 1...65_536
        /// Global Memory, MiB.
        public static let globalMemoryMiB = 0...4096
        /// GDDR6 channels.
        public static let gddr6Channels = 1...128
        /// DRAM bandwidth, 10⁹ bytes a second.
        public static let gigabytesPerSecond = 0.1...10_000.0
        /// Clock, GHz.
        public static let clockGHz = 0.05...5.0
        /// Inferences processed together.
        public static let batch = 1...65_536
        /// MACs on the whole chip.
        public static let macUnits = 1 << 31
    }

    /// Checks every parameter against `Limits`.
    ///
    /// - Parameter location: where the datapath came from; its field, if any, becomes the prefix of the field in the error.
    /// - Throws: `DiagnosticError` (`badData`) that names the first parameter out of range.
    public func validate(at location: SourceLocation = SourceLocation(field: "datapath")) throws {
        let check = RangeCheck(location: location)
        try check.integer("peGrid.x", peGrid.x, in: Limits.extent)
        try check.integer("peGrid.y", peGrid.y, in: Limits.extent)
        try check.integer("array.x", array.x, in: Limits.extent)
        try check.integer("array.y", array.y, in: Limits.extent)
        try check.integer("vectorMultiplier", vectorMultiplier, in: Limits.multiplier)
        try check.integer("l1.inputKiB", l1.inputKiB, in: Limits.bufferKiB)
        try check.integer("l1.weightKiB", l1.weightKiB, in: Limits.bufferKiB)
        try check.integer("l1.outputKiB", l1.outputKiB, in: Limits.bufferKiB)
        if let l2 {
            try check.integer("l2.inputMultiplier", l2.inputMultiplier, in: Limits.multiplier)
            try check.integer("l2.weightMultiplier", l2.weightMultiplier, in: Limits.multiplier)
            try check.integer("l2.outputMultiplier", l2.outputMultiplier, in: Limits.multiplier)
        }
        try check.integer("globalMemoryMiB", globalMemoryMiB, in: Limits.globalMemoryMiB)
        try check.number("dram.gigabytesPerSecond", dram.gigabytesPerSecond, in: Limits.gigabytesPerSecond)
        try check.number("clockGHz", clockGHz, in: Limits.clockGHz)
        try validateMacUnits(at: check.location(of: "array"))
    }

    /// Checks that the chip as a whole isn't absurdly large.
    func validateMacUnits(at location: SourceLocation) throws {
        guard macUnits <= Limits.macUnits else {
            throw DiagnosticError(
                .badData, "expected at most \(Limits.macUnits) MACs on the chip, found \(macUnits)", at: location,
                remedy: "make the PE grid or the array smaller")
        }
    }
}

extension Design {
    /// Checks every parameter against `Datapath.Limits`.
    ///
    /// - Throws: `DiagnosticError` (`badData`) that names the first parameter out of range.
    public func validate() throws {
        try datapath.validate()
        let check = RangeCheck(location: SourceLocation())
        try check.integer("batch", batch, in: Datapath.Limits.batch)
    }
}

/// Compares values with ranges and words the complaint.
private struct RangeCheck {
    let location: SourceLocation

    func location(of field: String) -> SourceLocation {
        var place = location
        place.field = location.field.map { "\($0).\(field)" } ?? field
        return place
    }

    func integer(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw DiagnosticError(
                .badData, "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(value)",
                at: location(of: field))
        }
    }

    func number(_ field: String, _ value: Double, in range: ClosedRange<Double>) throws {
        guard range.contains(value) else {
            throw DiagnosticError(
                .badData, "expected a number from \(range.lowerBound) to \(range.upperBound), found \(value)",
                at: location(of: field))
        }
    }
}
