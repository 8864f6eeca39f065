public import MILP
internal import Scheduling
internal import Workloads

extension ResidencyProblem {
    /// The decision as a mixed-integer program, for other solvers.
    ///
    /// Minimise Σ T(i) subject to, for each region i, T(i) ≥ e for each expression e that its time is the largest of, and kept bytes
    /// ≤ room. A binary `keep…` or `pin…` stands for each tensor that fits alone, a continuous `T…` for each region whose time
    /// depends on one; the time of the others is the offset. Room is counted in KiB, exactly.
    ///
    /// - Parameters:
    ///   - name: the program's.
    ///   - unitsPerCycle: how many of the objective's units a cycle has, e.g. 1 for cycles.
    public func program(name: String = "residency", unitsPerCycle: Double = 1) -> MixedIntegerProgram {
        var program = MixedIntegerProgram(name: name)
        var touchesOf = [[(variable: MixedIntegerProgram.Variable, saving: FlatResidency.Traffic)]](
            repeating: [], count: schedules.count)
        var livingIn = [[(MixedIntegerProgram.Variable, Double)]](repeating: [], count: schedules.count)
        var pinned: [(MixedIntegerProgram.Variable, Double)] = []
        for (index, variable) in variables {
            let candidate = flat.candidates[index]
            program.addBinary((candidate.isWeight ? "pin" : "keep") + String(candidates[index].value.index))
            for position in flat.touches(of: index) {
                let touch = flat.touches[position]
                touchesOf[touch.region].append((variable, touch.saving))
            }
            let kibibytes = Double(candidate.bytes) / 1024
            if candidate.isWeight {
                pinned.append((variable, kibibytes))
            } else {
                for region in candidate.first...candidate.last { livingIn[region].append((variable, kibibytes)) }
            }
        }
        for (region, touches) in touchesOf.enumerated() {
            guard !touches.isEmpty else {
                program.objectiveOffset += unitsPerCycle * flat.cycles(region, flat.regions[region].traffic)
                continue
            }
            let time = program.addVariable("T\(region)", objective: 1)
            for piece in flat.pieces(of: region) {
                // T + Σ saving·x ≥ what it takes with nothing kept.
                let terms = touches.map { ($0.variable, unitsPerCycle * piece.cycles($0.saving)) }
                program.addConstraint(
                    "\(piece.name)\(region)", [(time, 1)] + terms,
                    lower: unitsPerCycle * (piece.constant + piece.cycles(flat.regions[region].traffic)))
            }
        }
        addCapacities(to: &program, livingIn, pinned, flat)
        return program
    }

    /// A row for each region where activations live, and one for weights alone; what can't be exceeded is left out.
    private func addCapacities(
        to program: inout MixedIntegerProgram, _ livingIn: [[(MixedIntegerProgram.Variable, Double)]],
        _ pinned: [(MixedIntegerProgram.Variable, Double)], _ flat: FlatResidency
    ) {
        func add(_ name: String, _ terms: [(MixedIntegerProgram.Variable, Double)], room: Int) {
            let room = Double(room) / 1024
            guard terms.reduce(0, { $0 + $1.1 }) > room else { return }
            program.addConstraint(name, terms, upper: room)
        }
        add("weights", pinned, room: flat.leastRoom)
        for (region, living) in livingIn.enumerated() where !living.isEmpty {
            add("capacity\(region)", living + pinned, room: flat.regions[region].room)
        }
    }

    /// The candidates that fit alone, and their variables.
    var variables: [(candidate: Int, variable: MixedIntegerProgram.Variable)] {
        return flat.candidates.indices.filter { flat.candidates[$0].fits }.enumerated().map {
            ($0.element, MixedIntegerProgram.Variable(index: $0.offset))
        }
    }

    /// The program's assignment that stands for a decision, in order of the program's variables.
    func assignment(keeping kept: [Int], unitsPerCycle: Double = 1) -> [Double] {
        var state = KeptTensors(flat)
        for index in kept { state.keep(index) }
        var hasVariable = [Bool](repeating: false, count: schedules.count)
        var values: [Double] = []
        for (index, _) in variables {
            values.append(state.isKept[index] ? 1 : 0)
            for touch in flat.touches(of: index) { hasVariable[flat.touches[touch].region] = true }
        }
        for region in schedules.indices where hasVariable[region] {
            values.append(unitsPerCycle * state.regions[region].cycles)
        }
        return values
    }
}

extension FlatResidency {
    /// One of the linear expressions that a region's time is the largest of.
    struct Piece {
        var name: String
        var constant: Double
        var cyclesPerRead: Double
        var cyclesPerWrite: Double
        var cyclesPerExposedByte: Double

        func cycles(_ traffic: Traffic) -> Double {
            traffic.reads * cyclesPerRead + traffic.writes * cyclesPerWrite
                + traffic.exposed * cyclesPerExposedByte
        }
    }

    func pieces(of region: Int) -> [Piece] {
        let flat = regions[region]
        let (dram, port) = (rates.cyclesPerDRAMByte, rates.cyclesPerGlobalByte)
        func piece(_ name: String, _ constant: Double, _ read: Double, _ write: Double) -> Piece {
            Piece(
                name: name, constant: constant + flat.fixed, cyclesPerRead: read, cyclesPerWrite: write,
                cyclesPerExposedByte: dram)
        }
        var pieces = [piece("units", flat.floor, 0, 0), piece("dram", 0, dram, dram)]
        if rates.isStaged {
            pieces.append(piece("drain", flat.peReads * port, 0, port))
            pieces.append(piece("fill", flat.peWrites * port, port, 0))
        }
        return pieces
    }
}
