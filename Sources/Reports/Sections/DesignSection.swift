internal import Accelerators

/// The best design beside the baseline, parameter by parameter.
struct DesignSection {
    var data: ReportData

    var markup: Markup {
        .section("design", data.best == nil ? "The baseline" : "The design beside the \(data.baselineName)") {
            Markup.paragraph(
                (data.best == nil ? "" : "Values that differ from the baseline’s are bold. ")
                    + "Lines below “Derived” follow from the parameters.", class: "note")
            table
            if let best = data.best {
                Markup.element("details") {
                    Markup.element("summary") { "The design as a file (YAML)" }
                    Markup.element("pre") { best.chip.design.yamlText }
                }
            }
        }
    }

    private struct Line: Sendable {
        var name: String
        var text: @Sendable (Design) -> String
        /// The quantity behind the text, where a ratio says something.
        var quantity: (@Sendable (Design) -> Double)?

        init(
            _ name: String, _ text: @escaping @Sendable (Design) -> String,
            of quantity: (@Sendable (Design) -> Double)? = nil
        ) {
            self.name = name
            self.text = text
            self.quantity = quantity
        }
    }

    private var table: Markup {
        var columns = [
            Table.Column(title: "Parameter", isNumber: false), Table.Column(title: data.baselineName),
        ]
        if data.best != nil {
            columns.insert(Table.Column(title: "Best design"), at: 1)
            columns.append(Table.Column(title: "Ratio"))
        }
        var rows: [Table.Row] = []
        for (heading, lines) in DesignSection.groups {
            rows.append(Table.Row(cells: [.text(heading)], isHeading: true))
            rows += lines.map(row)
        }
        return Table(
            caption: data.best.map { "Trial \($0.trial.grouped) and the \(data.baselineName)" }
                ?? "The \(data.baselineName)", columns: columns, rows: rows, spacing: .wrapping
        ).markup
    }

    private func row(_ line: Line) -> Table.Row {
        let baseline = data.baseline.design
        let baselineText = line.text(baseline)
        guard let best = data.best?.chip.design else {
            return Table.Row(cells: [.text(line.name), .text(baselineText)])
        }
        let bestText = line.text(best)
        var ratioText = ""
        if let quantity = line.quantity, quantity(baseline) > 0, quantity(best) > 0 {
            ratioText = (quantity(best) / quantity(baseline)).ratio
        }
        return Table.Row(cells: [
            .text(line.name),
            bestText == baselineText
                ? .text(bestText) : .element("span", ["class": "changed"]) { bestText },
            .text(baselineText), .text(ratioText),
        ])
    }

    private static let groups: [(String, [Line])] = [
        (
            "Datapath",
            [
                Line(
                    "PE grid, x × y", { "\($0.datapath.peGrid.x) × \($0.datapath.peGrid.y)" },
                    of: { Double($0.datapath.peCount) }),
                Line(
                    "Systolic array of a PE, x × y", { "\($0.datapath.array.x) × \($0.datapath.array.y)" },
                    of: { Double($0.datapath.array.x * $0.datapath.array.y) }),
                Line("Vector unit multiplier", { "\($0.datapath.vectorMultiplier)" }),
                Line("L1 configuration", { $0.datapath.l1.configuration.rawValue }),
                Line("L1 input buffer", { kib($0.datapath.l1.inputKiB) }, of: { Double($0.datapath.l1.inputKiB) }),
                Line("L1 weight buffer", { kib($0.datapath.l1.weightKiB) }, of: { Double($0.datapath.l1.weightKiB) }),
                Line("L1 output buffer", { kib($0.datapath.l1.outputKiB) }, of: { Double($0.datapath.l1.outputKiB) }),
                Line("L2 configuration", { $0.datapath.l2?.configuration.rawValue ?? "disabled" }),
                Line("L2 input, × L1", { $0.datapath.l2.map { "\($0.inputMultiplier)×" } ?? "–" }),
                Line("L2 weight, × L1", { $0.datapath.l2.map { "\($0.weightMultiplier)×" } ?? "–" }),
                Line("L2 output, × L1", { $0.datapath.l2.map { "\($0.outputMultiplier)×" } ?? "–" }),
                Line(
                    "Global Memory",
                    { $0.datapath.globalMemoryMiB == 0 ? "none" : "\($0.datapath.globalMemoryMiB) MiB" },
                    of: { Double($0.datapath.globalMemoryMiB) }),
                Line("DRAM", dram),
                Line("Clock", { "\($0.datapath.clockGHz.threeDigits) GHz" }, of: { $0.datapath.clockGHz }),
                Line("Loads weights while computing", { $0.datapath.overlapsWeightLoading ? "yes" : "no" }),
            ]
        ),
        ("Batch", [Line("Inferences processed together", { "\($0.batch)" }, of: { Double($0.batch) })]),
        (
            "Compiler",
            CompilerDecision.all.map { decision in
                Line(
                    decision.name.prefix(1).uppercased() + decision.name.dropFirst(),
                    { decision.words[decision.choice(in: $0.compiler)] })
            }
        ),
        (
            "Derived",
            [
                Line("MAC units", { $0.datapath.macUnits.grouped }, of: { Double($0.datapath.macUnits) }),
                Line("Peak", { "\($0.datapath.peakTFLOPS.threeDigits) TFLOPS" }, of: { $0.datapath.peakTFLOPS }),
                Line("Vector lanes", { lanes($0).grouped }, of: { Double(lanes($0)) }),
                Line("L1 and L2 of all PEs", { mib(scratchpadKiB($0)) }, of: scratchpadKiB),
                Line(
                    "Global Memory ports", { bandwidth($0).text(in: "B/s") }, of: bandwidth),
                Line(
                    "DRAM bandwidth", { "\($0.datapath.dram.gigabytesPerSecond.threeDigits) GB/s" },
                    of: { $0.datapath.dram.gigabytesPerSecond }),
                Line("MACs per DRAM byte at which peak and DRAM balance", { balance($0).threeDigits }, of: balance),
            ]
        ),
    ]

    private static func kib(_ kib: Int) -> String { "\(kib.grouped) KiB" }

    private static func mib(_ kib: Double) -> String {
        kib >= 1024 ? "\((kib / 1024).threeDigits) MiB" : "\(kib.threeDigits) KiB"
    }

    @Sendable private static func dram(_ design: Design) -> String {
        let dram = design.datapath.dram
        let name = dram.technology.rawValue.uppercased()
        return dram.gddr6Channels.map { "\(name), \($0) \($0 == 1 ? "channel" : "channels")" } ?? name
    }

    private static func lanes(_ design: Design) -> Int { design.datapath.vectorLanes * design.datapath.peCount }

    /// Bytes a second that Global Memory's ports, or the network in its place, read; they write as many.
    @Sendable private static func bandwidth(_ design: Design) -> Double {
        Double(design.datapath.globalMemoryBytesPerCycle) * design.datapath.clockGHz * 1e9
    }

    @Sendable private static func balance(_ design: Design) -> Double {
        design.datapath.peakTFLOPS * 1000 / 2 / design.datapath.dram.gigabytesPerSecond
    }

    @Sendable private static func scratchpadKiB(_ design: Design) -> Double {
        let datapath = design.datapath
        return Double(datapath.peCount)
            * Operand.allCases.reduce(0) { sum, operand in
                sum + Double(datapath.l1[operand]) * (1 + Double(datapath.l2?[operand] ?? 0))
            }
    }
}
