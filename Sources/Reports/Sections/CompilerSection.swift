internal import Accelerators
internal import Simulation

/// What each pass of the compiler is worth on the best design, and what Global Memory holds while a pass goes on.
struct CompilerSection {
    var data: ReportData
    var comparison: ReportData.WorkloadComparison
    /// What its anchors begin with.
    var prefix: String

    var markup: Markup {
        guard let best = comparison.best, !comparison.passEffects.isEmpty else { return .group([]) }
        return .section(
            "\(prefix)-compiler",
            (data.workloads.count == 1 ? "" : "\(comparison.displayName): ") + "What the compiler does"
        ) {
            Markup.paragraph(
                "The best design with each of the compiler’s passes left out in turn, everything else as it is; \(best.regions.count) regions "
                    + "take \(best.latencySeconds.text(in: "s")) a pass of \(best.batch) with all of them.")
            table(best)
            occupancy(best)
        }
    }

    private func table(_ best: Evaluation) -> Markup {
        let bytes = best.regions.reduce(0.0) { $0 + Double($1.dramBytes) }
        let rows = comparison.passEffects.map { effect in
            Table.Row(cells: [
                .text(effect.name), .text(effect.summary), .text("\(effect.regionsWithout)"),
                .text(effect.secondsWithout.text(in: "s")),
                .verdict(effect.secondsWithout / best.latencySeconds, isMoreBetter: true),
                .text(Double(effect.dramBytesWithout).text(in: "B")),
                .text(bytes > 0 ? (Double(effect.dramBytesWithout) / bytes).ratio : "–"),
                .verdict(effect.energyJoulesWithout / best.energyJoules, isMoreBetter: true),
            ])
        }
        return Table(
            caption:
                "Without each pass: time of a pass over the batch, DRAM bytes, energy; a ratio above 1 is what the pass gains",
            columns: [
                Table.Column(title: "Without", isNumber: false), Table.Column(title: "which …", isNumber: false),
                Table.Column(title: "Regions"), Table.Column(title: "Time"), Table.Column(title: "×"),
                Table.Column(title: "DRAM"), Table.Column(title: "×"), Table.Column(title: "Energy ×"),
            ], rows: rows, spacing: .wrapping
        ).markup
    }

    private func occupancy(_ best: Evaluation) -> Markup {
        guard let capacity = data.best?.chip.design.datapath.globalMemoryBytes, capacity > 0 else { return .group([]) }
        let peak = best.regions.map(\.occupiedBytes).max() ?? 0
        return Figure(
            id: "\(prefix)-occupancy",
            title: "Global Memory in use along a pass: resident tensors, pinned weights, tiles",
            description: "At most \(Double(peak).text(in: "B")) of \(Double(capacity).text(in: "B")) are in use.",
            legend: [
                LegendEntry(mark: "occupied", name: "in use"),
                LegendEntry(mark: "reference", isLine: true, name: "capacity"),
            ]
        ).markup { width in
            OccupancyChart(
                steps: best.regions.map { OccupancyChart.Step(seconds: $0.seconds, bytes: Double($0.occupiedBytes)) },
                capacityBytes: Double(capacity)
            ).drawing(width: width)
        }
    }
}
