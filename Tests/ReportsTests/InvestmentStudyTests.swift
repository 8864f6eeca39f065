import Accelerators
import Diagnostics
import Economics
import Environments
import Foundation
import Reports
import TestSupport
import Testing

@Suite struct InvestmentStudyTests {
    private static let design = Design.sample(side: 32, batch: 4, globalMemoryMiB: 64, channels: 8)

    private static func problem(_ workloads: [Problem.WeightedWorkload]) -> Problem {
        Problem(name: "test", workloads: workloads)
    }

    private static func study(_ workloads: [Problem.WeightedWorkload]) throws -> InvestmentStudy {
        try InvestmentStudy(of: design, named: "sample", on: problem(workloads), files: Repository.files)
    }

    /// For a suite: if a share of the baseline chips serves each workload, the chips that serve as much are those of each.
    @Test func chipsReplacedServeTheSameThroughput() throws {
        let workloads: [Problem.WeightedWorkload] = [
            .init(name: "efficientnet-b0", weight: 3), .init(name: "bert-base-128", weight: 1),
        ]
        let study = try Self.study(workloads)
        var chips = 0.0
        for (workload, share) in zip(workloads, [0.75, 0.25]) {
            let alone = try Self.study([workload])
            #expect(alone.investment.replaced == alone.workloads[0].perfRatio)
            chips += 1000 * share / alone.investment.replaced
        }
        #expect(study.workloads.map(\.share) == [0.75, 0.25])
        #expect(abs(study.investment.replaced - 1000 / chips) < 1e-9)
    }

    /// Perf/TCO as the search's objective has it is what the study shows.
    @Test func theRatioIsThatOfTheObjective() throws {
        var problem = Self.problem([.init(name: "efficientnet-b0")])
        problem.objective = .perfPerTCO
        problem.constraints = .init(areaMM2: .value(800), tdpWatts: .value(1000))
        let outcome = try ProblemEvaluator(problem, files: Repository.files).outcome(of: Self.design)
        let figures = InvestmentFigures(try Self.study([.init(name: "efficientnet-b0")]))
        #expect(abs(figures.perfPerTcoRatio / (outcome.objective ?? 0) - 1) < 1e-9)
        #expect(
            abs(
                figures.savingPerChipUSD
                    / (figures.chipsReplaced * figures.baselineTco.totalUSD
                        - figures.designTco.totalUSD) - 1) < 1e-9)
        #expect(figures.designTco.parts.totalUSD == figures.designTco.totalUSD)
    }

    @Test func pagesSayWhetherItPays() throws {
        let study = try Self.study([.init(name: "efficientnet-b0")])
        let page = InvestmentPage(study).html
        _ = try PageElement.parse(page)
        let pays = study.investment.breakEvenVolume(1) != nil
        #expect(pays == study.summary.contains("pays from") && pays != study.summary.contains("never"))
        let small = Design.sample(side: 1, batch: 1, globalMemoryMiB: 1, channels: 1)
        let never = try InvestmentStudy(
            of: small, named: "small", on: Self.problem([.init(name: "efficientnet-b0")]), files: Repository.files)
        #expect(never.summary.hasSuffix("designing it never pays"))
        let html = InvestmentPage(never).html
        _ = try PageElement.parse(html)
        let isSaid = html.contains("no volume pays for its design")
        #expect(isSaid)
    }

    @Test func unknownCostsAreNamed() throws {
        var problem = Self.problem([.init(name: "efficientnet-b0")])
        problem.economics = "datacentre"
        let error = try #require(throws: DiagnosticError.self) {
            try InvestmentStudy(of: Self.design, named: "sample", on: problem, files: Repository.files)
        }
        #expect(error.kind == .missingInput && error.description.contains("did you mean 'datacenter'?"))
    }
}
