import Economics
import Reports

/// Return on investment as text for a terminal.
struct InvestmentText {
    let study: InvestmentStudy

    /// The inputs that are listed; --json and the page have all.
    private static let listedInputs = 10

    var text: String {
        """
        \(study.summary).

        \(ownership)
        \(designCost)
        \(breakEven)
        \(curve)
        \(sensitivity)
        """
    }

    private var investment: ReturnOnInvestment { study.investment }

    private var ownership: String {
        let (own, other) = (investment.designOwnership, investment.baselineOwnership)
        let count = investment.replaced
        var table = TextTable([
            "TCO, USD", "design", study.baselineName, "\(count.threeDigits)x \(study.baselineName)",
        ])
        for (mine, its) in zip(own.parts, other.parts) {
            table.append([mine.name, money(mine.usd), money(its.usd), money(its.usd * count)])
        }
        table.append(["total", money(own.totalUSD), money(other.totalUSD), money(other.totalUSD * count)])
        let years = NumberFormat.digits(investment.costs[.serviceYears])
        let saving = investment.savingPerChipUSD
        return table.text + "\nOver \(years) years a chip "
            + (saving >= 0 ? "saves \(money(saving)) USD" : "costs \(money(-saving)) USD more than what it replaces")
            + "; Perf/TCO is \((count * other.totalUSD / own.totalUSD).threeDigits)x.\n"
    }

    private var designCost: String {
        let cost = investment.designCost
        return "Designing it costs \(NumberFormat.digits(cost.totalUSD / 1e6)) million USD: "
            + cost.parts.map { "\($0.name) \(NumberFormat.digits($0.usd / 1e6))" }.joined(separator: ", ") + ".\n"
    }

    private var breakEven: String {
        var table = TextTable(["return", "chips", "\(study.baselineName) replaced"])
        for multiple in ReturnOnInvestment.multiples {
            let volume = investment.breakEvenVolume(multiple)
            let replaced = volume.map { ($0 * investment.replaced).rounded() }
            table.append(["\(Int(multiple))x", volume.volumeText, replaced?.volumeText ?? ""])
        }
        return table.text
    }

    private var curve: String {
        var table = TextTable(["chips", "saved, million USD", "return"])
        for point in study.curve {
            table.append([
                point.volume.grouped, (point.savedUSD / 1e6).threeDigits, point.roi.threeDigits + "x",
            ])
        }
        return table.text
    }

    private var sensitivity: String {
        let rows = investment.sensitivities
        guard !rows.isEmpty else { return "No input moves the volume of 1x within its range.\n" }
        var table = TextTable(["input", "value", "range", "chips for 1x, low to high"])
        for row in rows.prefix(InvestmentText.listedInputs) {
            let range = row.entry.range
            table.append([
                row.input.path, "\(row.entry.value.threeDigits) \(row.input.unit)",
                "\(range.lowerBound.threeDigits) to \(range.upperBound.threeDigits)",
                "\(row.volumeAtLow.volumeText) to \(row.volumeAtHigh.volumeText)",
            ])
        }
        return "The inputs that matter most:\n\n" + table.text
    }

    private func money(_ usd: Double) -> String { usd.threeDigits }
}
