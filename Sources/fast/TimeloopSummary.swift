import Timeloop

/// What a mapping costs in Timeloop's terms, and what else a command has to say, as one JSON object.
struct TimeloopSummary<More: Encodable>: Encodable {
    var evaluation: TimeloopEvaluation
    var more: More

    func encode(to encoder: any Encoder) throws {
        try evaluation.encode(to: encoder)
        try more.encode(to: encoder)
    }
}

extension TimeloopEvaluation {
    /// A table of the words at every level, and a line, not ended, of the totals.
    var text: String {
        var table = TextTable(["level", "instances", "tensor", "tile", "reads", "updates", "fills", "energy"])
        for level in levels {
            for tensor in level.tensors {
                table.append([
                    level.name, NumberFormat.short(level.instances), tensor.name,
                    NumberFormat.short(tensor.tileWords), NumberFormat.short(tensor.reads),
                    NumberFormat.short(tensor.updates), NumberFormat.short(tensor.fills),
                    NumberFormat.short(tensor.energyPJ * 1e-12, unit: "J"),
                ])
            }
        }
        return table.text + """

            \(NumberFormat.short(cycles)) cycles (\(NumberFormat.short(computeCycles)) of compute), \
            utilisation \(NumberFormat.percent(utilization)), \(NumberFormat.short(energyPJ * 1e-12, unit: "J"))
            """
    }
}
