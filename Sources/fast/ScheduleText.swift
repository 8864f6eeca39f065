import Accelerators
import Scheduling
import Workloads

/// What `fast schedule` prints for people.
enum ScheduleText {
    static func time(_ summary: ScheduleSummary) -> String {
        "scheduled in \(NumberFormat.short(summary.schedulingSeconds, unit: "s"))\n"
    }

    // MARK: - All operators

    /// A line an operator, short enough for a terminal: what the outer levels hold is for `description`. Filters are whole in L1 and
    /// left out.
    static func table(_ summary: ScheduleSummary) -> String {
        var table = TextTable(["operator", "cycles", "bound", "proven", "energy", "unit", "PE grid", "L1 tile"])
        for row in summary.operators {
            table.append([
                title(row), NumberFormat.short(row.cycles), NumberFormat.short(row.lowerBoundCycles),
                row.provenOptimal ? "yes" : "no", NumberFormat.short(row.energyPJ * 1e-12, unit: "J"),
                row.unit.hasPrefix("array ") ? String(row.unit.dropFirst(6)) : row.unit, row.mapping.gridText,
                row.mapping.l1Tile.text,
            ])
        }
        return table.text + "\n--operator NAME prints every level of a mapping, and what it costs\n"
    }

    /// The operator's name, and which part of it is mapped.
    private static func title(_ row: ScheduleSummary.Row) -> String {
        row.steps > 1 ? "\(row.name), one of \(row.steps)" : row.name
    }

    // MARK: - One operator

    /// The mapping as a loop nest, and what it costs.
    static func description(of row: ScheduleSummary.Row, on design: String, mappingFile: String?) -> String {
        let evaluation = row.evaluation
        let nest = evaluation.nest
        let extents = Dimension.allCases.filter { nest[$0] > 1 }.map { "\($0.letter)\(nest[$0])" }
        var text = """
            \(title(row)) on \(design): \(extents.joined(separator: " ")), \(NumberFormat.short(Double(nest.macs)))MACs
            \(mappingFile.map { "the mapping of \($0)" } ?? "the mapper's mapping"), \(row.unit)


            """
        text += loops(LoopNestListing(of: row.mapping, nest: nest, on: evaluation.view))
        text += "\n" + cycles(row).text + "\n" + bytes(evaluation).text + "\n"
        return text + facts(row, mappingFile: mappingFile)
    }

    /// Bytes of a tile, marked where it is held twice.
    private static func bytes(_ tile: Double, held: Double) -> String {
        (held > tile ? "2 × " : "") + NumberFormat.bytes(Int(tile))
    }

    private static func loops(_ listing: LoopNestListing) -> String {
        var text = ""
        var indentation = ""
        for level in listing.levels {
            text += indentation + level.name
            if let tile = level.tile {
                text +=
                    " [input \(bytes(tile.tile.input, held: tile.held.input)), weight "
                    + "\(bytes(tile.tile.weight, held: tile.held.weight)), output "
                    + "\(bytes(tile.tile.output, held: tile.held.output))]"
            }
            text += "\n"
            for loop in level.loops {
                indentation += "  "
                text += "\(indentation)for \(loop.letters) in [0:\(loop.iterations))"
                text += loop.axis.map { "  spatial \($0)" } ?? ""
                text += loop.remainder.map { "  the last \($0.extent) of \($0.full)" } ?? ""
                text += "\n"
            }
        }
        return text
    }

    private static func cycles(_ row: ScheduleSummary.Row) -> TextTable {
        let evaluation = row.evaluation
        let names: [(MappingEvaluation.Resource, String)] = [
            (.array, "array"), (.vector, "vector unit"), (.l2, "L2"), (.globalMemory, "Global Memory"), (.dram, "DRAM"),
        ]
        var table = TextTable(["resource", "cycles", "of all", ""])
        func append(_ name: String, _ cycles: Double, _ note: String = "") {
            table.append([
                name, NumberFormat.short(cycles), NumberFormat.percent(cycles / row.cycles), note,
            ])
        }
        for (resource, name) in names where evaluation.cycles(of: resource) > 0 {
            append(name, evaluation.cycles(of: resource), resource == evaluation.bound ? "the bound" : "")
        }
        append("start and end", evaluation.startCycles, "which nothing overlaps")
        append("all", row.cycles, row.provenOptimal ? "proven optimal" : "")
        return table
    }

    private static func bytes(_ evaluation: MappingEvaluation) -> TextTable {
        let cost = evaluation.cost
        var table = TextTable(["bytes", "input read", "weight read", "output read", "output written"])
        for (name, traffic) in [
            ("DRAM", cost.dram), ("Global Memory", cost.globalMemory), ("L2", cost.l2), ("L1", cost.l1),
        ] where traffic.total > 0 {
            let moved = [traffic.inputReads, traffic.weightReads, traffic.outputReads, traffic.outputWrites]
            table.append([name] + moved.map { $0 < 0x1p62 ? NumberFormat.bytes(Int($0)) : NumberFormat.short($0) })
        }
        return table
    }

    private static func facts(_ row: ScheduleSummary.Row, mappingFile: String?) -> String {
        let idle = row.idlePEs == 0 ? "" : "; \(row.idlePEs) of \(row.activePEs + row.idlePEs) PEs have no work"
        let text = """
            energy       \(NumberFormat.short(row.energyPJ * 1e-12, unit: "J"))\
            \(row.provenLeastEnergy ? ", proven the least of as few cycles" : "")
            utilisation  \(NumberFormat.percent(row.utilization)) of the arrays' multiply–accumulates\(idle)
            lower bound  \(NumberFormat.short(row.lowerBoundCycles)) cycles, \
            \(NumberFormat.digits(row.cycles / row.lowerBoundCycles))x

            """
        guard mappingFile != nil else { return text }
        guard let mapper = row.mapper else { return text + "mapper       finds no mapping\n" }
        let comparison =
            switch mapper.cyclesRatio {
            case _ where mapper.isSameMapping: "this is its mapping"
            case 1: "this mapping takes as many"
            case 0.9995..<1.0005: "this mapping takes as many, to 0.05%"
            default: "this mapping takes \(NumberFormat.digits(mapper.cyclesRatio))x as many"
            }
        return text + "mapper       \(NumberFormat.short(mapper.cycles)) cycles: \(comparison)\n"
    }
}

extension Mapping {
    fileprivate var gridText: String {
        [gridX, gridY].map { "\($0.dimension.letter)\($0.factor)" }.joined(separator: " × ")
    }
}

extension Extents {
    /// Letters and extents, those of 1 and filters left out: `K32 C16 P7 Q7`.
    fileprivate var text: String {
        let parts = Dimension.allCases.filter { ![.filterHeight, .filterWidth].contains($0) && self[$0] > 1 }
        return parts.isEmpty ? "1" : parts.map { "\($0.letter)\(self[$0])" }.joined(separator: " ")
    }
}
