internal import Accelerators
internal import Scheduling
internal import Workloads

extension ExportedNest {
    /// The data spaces, in the order of exported problems.
    private static let operands: [Operand] = [.weight, .input, .output]

    static func architectureText(
        _ levels: [ExportedLevel], wordBits: Int, macEnergyPJ: Double, named name: String, notes: [String]
    ) -> String {
        var text = "# \(name)\n"
        for note in notes { text += "# \(note)\n" }
        let macs = levels[0].mesh
        text += """
            arch:
              arithmetic:
                name: MAC
                instances: \(macs.instances)
                meshX: \(macs.x)
                word_bits: \(wordBits)
                energy: \(macEnergyPJ)
              storage:

            """
        for level in levels {
            text += "  - name: \(level.name)\n"
            if level.entries == nil { text += "    technology: DRAM\n" }
            if let entries = level.entries { text += "    entries: \(entries)\n" }
            text += "    instances: \(level.mesh.instances)\n    meshX: \(level.mesh.x)\n    word_bits: \(wordBits)\n"
            text += "    block_size: 1\n    vector_access_energy: \(level.accessEnergyPJ)\n"
            for (key, bandwidth) in [
                ("read_bandwidth", level.readBandwidth), ("write_bandwidth", level.writeBandwidth),
                ("shared_bandwidth", level.sharedBandwidth),
            ] {
                if let bandwidth { text += "    \(key): \(bandwidth)\n" }
            }
        }
        return text
    }

    static func mappingText(_ levels: [ExportedLevel], of nest: LoopNest, named name: String, unit: ComputeUnit)
        -> String
    {
        var text = "# \(name), \(unit.name)\nmapping:\n"
        for level in levels {
            text += "- target: \(level.name)\n  type: datatype\n"
            let (kept, passed) = (operands.filter(level.keeps.contains), operands.filter { !level.keeps.contains($0) })
            text += "  keep: [\(kept.map(\.dataSpace).joined(separator: ", "))]\n"
            text += "  bypass: [\(passed.map(\.dataSpace).joined(separator: ", "))]\n"
        }
        // What is left of each dimension's last position: the mixed-radix digits of it are the residuals, less one.
        var last = Dimension.allCases.map { nest[$0] - 1 }
        let hasSteps = levels.contains { $0.stepsPerMAC > 1 }
        func factors(_ extents: Extents, steps: Int = 1) -> String {
            let factors = Dimension.allCases.map { dimension in
                let factor = extents[dimension]
                let residual = last[dimension.rawValue] % factor + 1
                last[dimension.rawValue] /= factor
                return "\(dimension.letter)=\(factor)" + (residual == factor ? "" : ",\(residual)")
            }
            return (factors + (hasSteps ? ["\(Dimension.stepsLetter)=\(steps)"] : [])).joined(separator: " ")
        }
        func letters(_ order: [Dimension]) -> String {
            (ExportedLevel.complete(order).map(\.letter) + (hasSteps ? [Dimension.stepsLetter] : [])).joined()
        }
        for (index, level) in levels.enumerated() {
            let inner = index == 0 ? level.mesh : levels[index - 1].mesh
            if inner != level.mesh {
                let alongX = Dimension.allCases.filter { level.spatialX[$0] > 1 }
                let alongY = Dimension.allCases.filter { level.spatialY[$0] > 1 }
                var both = level.spatialX
                for dimension in alongY { both[dimension] = level.spatialY[dimension] }
                let spatial = factors(both)
                text += """
                    - target: \(level.name)
                      type: spatial
                      factors: \(spatial)
                      permutation: \(letters(alongX + alongY))
                      split: \(alongX.count)

                    """
            }
            let temporal = factors(level.temporal, steps: level.stepsPerMAC)
            text += """
                - target: \(level.name)
                  type: temporal
                  factors: \(temporal)
                  permutation: \(letters(level.order))

                """
        }
        return text
    }

    /// Makes room where Timeloop's tiles are larger than ours, which hold no padding.
    ///
    /// - Returns: a note for each level that is enlarged.
    static func enlarge(_ levels: inout [ExportedLevel], toHold nest: LoopNest, of problem: ExportedProblem) -> [String]
    {
        var tile = Extents()
        var notes: [String] = []
        for index in levels.indices {
            let level = levels[index]
            for dimension in Dimension.allCases {
                let factor = level.spatialX[dimension] * level.spatialY[dimension] * level.temporal[dimension]
                tile[dimension] = min(tile[dimension] * factor, nest[dimension])
            }
            guard let entries = level.entries else { continue }
            let needed = level.keeps.reduce(0.0) { $0 + problem.words($1.dataSpace, tile) }
            guard needed > Double(entries) else { continue }
            levels[index].entries = Int(needed)
            notes.append(
                "\(level.name) has \(Int(needed)) entries instead of \(entries): Timeloop's tile holds padding")
        }
        return notes
    }
}

extension ExportedLevel {
    /// The level with the energy of an access.
    ///
    /// The registers' is within the MAC's. Where operands share a buffer it is the mean of theirs.
    func withEnergy(_ energies: AccessEnergy, wordBytes: Int) -> ExportedLevel {
        let width = Double(wordBytes)
        func energy(_ perByte: (input: Double, weight: Double, output: Double)) -> Double {
            let each = keeps.map { operand in
                switch operand {
                case .input: perByte.input * width
                case .weight: perByte.weight * width
                case .output: perByte.output * Double(Datapath.accumulatorBytes)
                }
            }
            return each.sorted().reduce(0, +) / Double(max(1, each.count))
        }
        var level = self
        if name.hasPrefix("L1") {
            level.accessEnergyPJ = energy(energies.l1PJPerByte)
        } else if name.hasPrefix("L2") {
            level.accessEnergyPJ = energy(energies.l2PJPerByte)
        } else if name == "L3" {
            level.accessEnergyPJ = energies.globalMemoryPJPerByte * width
        } else if name == "DRAM" {
            level.accessEnergyPJ = energies.dramPJPerByte * width
        }
        return level
    }
}
