import Accelerators
import Configuration
import Diagnostics
import Environments
import Foundation
import Testing

@Suite struct SearchSpaceTests {
    @Test func theFullSpaceIsThePapers() {
        let space = SearchSpace.full
        #expect(space.parameters.map(\.name) == ParameterName.allCases)
        #expect(space[.arrayX].codes == [1, 2, 4, 8, 16, 32, 64, 128, 256])
        #expect(space[.vectorMultiplier].codes == [1, 2, 4, 8, 16])
        #expect(space[.globalMemoryMiB].codes == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256])
        #expect(space[.l1InputKiB].codes.last == 1024 && space[.l2InputMultiplier].codes.last == 128)
        #expect(space[.gddr6Channels].codes == [1, 2, 4, 8])
        let grids = 9.0 * 9 * 9 * 9
        let l1 = 2.0 * 11 * 11 * 11
        let l2 = 1.0 + 2 * 512
        let datapaths = grids * 5 * l1 * l2 * 10 * 4
        // Fusion, padding, softmax, dataflow, order.
        let compilers = 4.0 * 3 * 3 * 4 * 2
        #expect(space.size == datapaths * 9 * compilers)
    }

    @Test func theCodecAgreesWithAnEnumerationByHand() throws {
        let all = enumerateSmallSpace()
        #expect(Double(all.count) == SearchSpace.small.size)
        #expect(Set(all.map(\.design)).count == all.count)
        for (decisions, design) in all {
            #expect(try SearchSpace.small.design(from: decisions) == design)
            #expect(SearchSpace.small.decisions(of: design) == decisions)
        }
    }

    @Test func randomDesignsOfTheFullSpaceRoundTrip() throws {
        var stream = RandomStream(seed: 3, purpose: .checking)
        for _ in 0..<2000 {
            let decisions = SearchSpace.full.randomDecisions(using: &stream)
            let design = try SearchSpace.full.design(from: decisions)
            #expect(SearchSpace.full.decisions(of: design) == decisions)
        }
    }

    @Test func randomDesignsAreUniform() {
        let fixed = ParameterName.allCases.map { Parameter($0, codes: [SearchSpace.full[$0].codes[0]]) }
        let space = SearchSpace(
            replacing: fixed + [
                Parameter(.peGridX, codes: [1, 2]), Parameter(.l2Configuration, codes: [0, 1, 2]),
                Parameter(.l2InputMultiplier, codes: [1, 2]),
            ])
        #expect(space.size == 10)
        var stream = RandomStream(seed: 4, purpose: .checking)
        var counts: [[Int?]: Int] = [:]
        for _ in 0..<10_000 { counts[space.randomDecisions(using: &stream), default: 0] += 1 }
        #expect(counts.count == 10)
        // χ² with 9 degrees of freedom exceeds 27.88 once in a thousand times.
        #expect(counts.values.reduce(0) { $0 + pow(Double($1) - 1000, 2) / 1000 } < 27.88)
    }

    @Test func designsOutsideTheSpaceHaveNoDecisions() {
        var design = enumerateSmallSpace()[0].design
        design.datapath.array.y = 16
        #expect(SearchSpace.small.decisions(of: design) == nil)
        design = enumerateSmallSpace()[0].design
        design.datapath.clockGHz = 0.94
        #expect(SearchSpace.small.decisions(of: design) == nil)
        design = enumerateSmallSpace()[0].design
        design.datapath.dram = DRAM(technology: .hbm2, gigabytesPerSecond: 900)
        #expect(SearchSpace.small.decisions(of: design) == nil)
    }

    @Test func wrongDecisionsNameTheParameter() throws {
        var decisions = enumerateSmallSpace()[0].decisions
        decisions[2] = 7
        var error = try #require(throws: DiagnosticError.self) { try SearchSpace.small.design(from: decisions) }
        #expect(error.location.field == "arrayX" && error.message.contains("found 7"))
        decisions[2] = nil
        error = try #require(throws: DiagnosticError.self) { try SearchSpace.small.design(from: decisions) }
        #expect(error.message.contains("found none"))
        decisions[2] = 0
        decisions[10] = 0
        error = try #require(throws: DiagnosticError.self) { try SearchSpace.small.design(from: decisions) }
        #expect(error.location.field == "l2InputMultiplier" && error.message.contains("L2 is disabled"))
        error = try #require(throws: DiagnosticError.self) { try SearchSpace.small.design(from: [0, 1]) }
        #expect(error.message.contains("found 2"))
    }

    @Test func flatChoicesDropWhatDoesNotApply() {
        let choices = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
        let decisions = SearchSpace.small.decisions(fromChoices: choices)
        #expect(decisions == enumerateSmallSpace()[0].decisions)
    }

    // MARK: - Files

    private func space(_ yaml: String) throws -> SearchSpace {
        try SearchSpace(ConfigurationNode(yaml: yaml, file: "space.yaml"))
    }

    @Test func aFileReplacesWhatItNames() throws {
        let space = try space("arrayX: [64, 16]\nl2Configuration: disabled\nbatch: 4\nfusion: [residency, none]\n")
        #expect(space[.arrayX].codes == [16, 64])
        #expect(space[.l2Configuration].text(ofChoice: 0) == "disabled" && space[.l2Configuration].count == 1)
        #expect(space[.batch].codes == [4])
        #expect(space[.fusion].codes.indices.map(space[.fusion].text(ofChoice:)) == ["none", "residency"])
        #expect(space[.arrayY] == SearchSpace.full[.arrayY])
        #expect(space.size.isFinite)
    }

    @Test(arguments: [
        ("batch: 1\narayX: [1]", 2, "arrayX"),
        ("arrayX: [1, 0]", 1, "from 1 to 1024, found '0'"),
        ("arrayX: [1,\n  2000]", 2, "found '2000'"),
        ("batch: 2\n\narrayX: [1, 2, 1]", 3, "every choice once"),
        ("arrayX: []", 1, "from 1 to 64 choices"),
        ("fusion: [residancy]", 1, "did you mean 'residency'?"),
        ("l2Configuration: none", 1, "one of disabled, private, shared"),
        ("globalMemoryMiB: [1.5]", 1, "a whole number"),
        ("peGridX: {from: 1}", 1, "found a mapping"),
    ])
    func mistakesAreNamedWithTheirLine(yaml: String, line: Int, part: String) throws {
        let error = try #require(throws: DiagnosticError.self) { try space(yaml) }
        #expect(error.location.line == line)
        #expect(error.location.file == "space.yaml")
        #expect(error.description.contains(part), "\(error)")
        #expect(error.kind == .badData)
    }
}
