extension MixedIntegerProgram {
    /// The program as a free MPS file, which HiGHS, CBC, GLPK (`--freemps`), SCIP and Gurobi read.
    ///
    /// - Throws: what `validate()` throws.
    public func mps() throws(MILPError) -> String {
        var text = ""
        try writeMPS(to: &text)
        return text
    }

    /// The names that the variables and constraints have in the MPS file: their own, made safe for every reader where needed.
    public var mpsNames: (variables: [String], constraints: [String]) {
        (MPSNames(variableNames, prefix: "x_").names, MPSNames(constraintNames, prefix: "c_").names)
    }

    /// Writes the program as a free MPS file, piece by piece.
    ///
    /// The objective is the row `OBJ`, to be minimised, which every reader does by default: an `OBJSENSE` section, which not
    /// all know, is left out. The offset, if there is one, is the cost of a last column `OFFSET` that is fixed to 1, because
    /// readers differ in the sign of a right-hand side of the objective. Numbers are printed with as many digits as reading
    /// them back takes; only a range whose width is no `Double` loses its last bit. Constraints without bounds are left out.
    /// Bounds other than 0 and infinity are written, and those of integer variables always, because readers differ in what
    /// they take them to be.
    ///
    /// Solvers stop within about 1e-6 of the best objective, whatever its unit, and unlike `HighsSolver` none scales it: for
    /// their sake choose a unit in which 1e-6 is nothing.
    ///
    /// - Throws: what `validate()` throws, before anything is written.
    /// - Complexity: O(variables + constraints + terms).
    public func writeMPS(to stream: inout some TextOutputStream) throws(MILPError) {
        try validate()
        let (variables, constraints) = mpsNames
        // Without the word FREE, CBC takes lines with short names for fixed format.
        stream.write("NAME \(MPSNames.readable(name, prefix: "p_")) FREE\nROWS\n N OBJ\n")
        let rows = (0..<constraintCount).map { MPSRow(constraintLowerBounds[$0], constraintUpperBounds[$0]) }
        for (row, name) in zip(rows, constraints) where row.type != .free {
            stream.write(" \(row.type.rawValue) \(name)\n")
        }
        writeColumns(variables, constraints, rows, to: &stream)
        stream.write("RHS\n")
        for (row, name) in zip(rows, constraints) where row.type != .free && row.rightHandSide != 0 {
            stream.write(" RHS \(name) \(row.rightHandSide)\n")
        }
        if rows.contains(where: { $0.range != nil }) { stream.write("RANGES\n") }
        for (row, name) in zip(rows, constraints) {
            if let range = row.range { stream.write(" RNG \(name) \(range)\n") }
        }
        stream.write("BOUNDS\n")
        for (index, name) in variables.enumerated() { writeBounds(of: index, as: name, to: &stream) }
        if objectiveOffset != 0 { stream.write(" FX BND OFFSET 1\n") }
        stream.write("ENDATA\n")
    }

    private func writeColumns(
        _ variables: [String], _ constraints: [String], _ rows: [MPSRow], to stream: inout some TextOutputStream
    ) {
        let columns = Columns(of: self)
        stream.write("COLUMNS\n")
        var inIntegers = false
        for (index, name) in variables.enumerated() {
            if isInteger[index] != inIntegers {
                inIntegers.toggle()
                stream.write(" MARKER 'MARKER' '\(inIntegers ? "INTORG" : "INTEND")'\n")
            }
            var isWritten = objective[index] != 0
            if isWritten { stream.write(" \(name) OBJ \(objective[index])\n") }
            for entry in columns.starts[index]..<columns.starts[index + 1] {
                let row = columns.rows[entry]
                guard rows[row].type != .free else { continue }
                stream.write(" \(name) \(constraints[row]) \(columns.coefficients[entry])\n")
                isWritten = true
            }
            // A variable without terms exists only if a line names it.
            if !isWritten { stream.write(" \(name) OBJ 0\n") }
        }
        if inIntegers { stream.write(" MARKER 'MARKER' 'INTEND'\n") }
        if objectiveOffset != 0 { stream.write(" OFFSET OBJ \(objectiveOffset)\n") }
    }

    private func writeBounds(of index: Int, as name: String, to stream: inout some TextOutputStream) {
        let (lower, upper) = (lowerBounds[index], upperBounds[index])
        switch (lower, upper) {
        case (0, 1) where isInteger[index]: stream.write(" BV BND \(name)\n")
        case (0, .infinity) where !isInteger[index]: break
        case (-.infinity, .infinity): stream.write(" FR BND \(name)\n")
        case _ where lower == upper: stream.write(" FX BND \(name) \(lower)\n")
        default:
            // The lower bound comes first and is always written: readers differ in what a negative upper bound alone means.
            stream.write(lower == -.infinity ? " MI BND \(name)\n" : " LO BND \(name) \(lower)\n")
            stream.write(upper == .infinity ? " PL BND \(name)\n" : " UP BND \(name) \(upper)\n")
        }
    }
}

/// A constraint's bounds as MPS writes them: a type, a right-hand side, and a range where both bounds are finite and differ.
private struct MPSRow {
    enum RowType: String {
        case equal = "E"
        case atMost = "L"
        case atLeast = "G"
        case free = "N"
    }

    var type: RowType
    var rightHandSide = 0.0
    var range: Double?

    init(_ lower: Double, _ upper: Double) {
        switch (lower.isFinite, upper.isFinite) {
        case (false, false): type = .free
        case (true, false): (type, rightHandSide) = (.atLeast, lower)
        case (false, true): (type, rightHandSide) = (.atMost, upper)
        case (true, true) where lower == upper: (type, rightHandSide) = (.equal, lower)
        case (true, true):
            // Readers compute the other bound; from the side where that is exact, if one is.
            let width = upper - lower
            let isExactFromBelow = upper - width != lower && lower + width == upper
            (type, rightHandSide) = isExactFromBelow ? (.atLeast, lower) : (.atMost, upper)
            range = width
        }
    }
}

/// The terms of a program column by column, the rows ascending.
private struct Columns {
    var starts: [Int]
    var rows: [Int]
    var coefficients: [Double]

    init(of program: MixedIntegerProgram) {
        starts = [Int](repeating: 0, count: program.variableCount + 1)
        for variable in program.termVariables { starts[Int(variable) + 1] += 1 }
        for index in 0..<program.variableCount { starts[index + 1] += starts[index] }
        rows = [Int](repeating: 0, count: program.termVariables.count)
        coefficients = [Double](repeating: 0, count: program.termVariables.count)
        var next = starts
        for row in 0..<program.constraintCount {
            for term in program.termRange(of: MixedIntegerProgram.Constraint(index: row)) {
                let variable = Int(program.termVariables[term])
                rows[next[variable]] = row
                coefficients[next[variable]] = program.termCoefficients[term]
                next[variable] += 1
            }
        }
    }
}
