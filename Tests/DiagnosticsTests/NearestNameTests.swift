import Diagnostics
import Testing

@Suite struct NearestNameTests {
    static let workloads = ["efficientnet-b0", "efficientnet-b7", "resnet-50-v2", "bert-base-128", "bert-base-1024"]

    @Test(arguments: [
        ("efficentnet-b7", "efficientnet-b7"),  // a letter missing
        ("efficientnet-bb7", "efficientnet-b7"),  // a letter too many
        ("resnet-50-v3", "resnet-50-v2"),  // another letter
        ("bert-base-1204", "bert-base-1024"),  // two letters swapped
        ("ResNet-50-v2", "resnet-50-v2"),  // case
        ("efficientnet-b1", "efficientnet-b0"),  // a tie goes to the earlier
    ])
    func aMisspeltNameFindsTheOneThatIsMeant(misspelt: String, meant: String) {
        #expect(nearestName(to: misspelt, in: NearestNameTests.workloads) == meant)
    }

    @Test func nothingIsSuggestedForANameThatIsFarFromAll() {
        #expect(nearestName(to: "transformer", in: NearestNameTests.workloads) == nil)
        #expect(nearestName(to: "", in: ["l1"]) == nil)
        #expect(nearestName(to: "xy", in: ["l1"]) == nil)
        #expect(nearestName(to: "x", in: []) == nil)
    }

    @Test func aSwapOfNeighboursCountsAsOneEdit() {
        // By plain Levenshtein distance both are 2 away from "abdc": only the swap makes the second one nearer.
        #expect(nearestName(to: "abdc", in: ["abxx", "abcd"]) == "abcd")
    }

    @Test func anAbsurdlyLongNameIsRefusedAtOnce() {
        let long = String(repeating: "x", count: 1_000_000)
        #expect(nearestName(to: long, in: NearestNameTests.workloads) == nil)
    }

    @Test func theRemedyListsAllNamesAndTheNearestFirst() {
        #expect(remedyForUnknown("ppq", among: ["ppo", "random"]) == "did you mean 'ppo'? (known: ppo, random)")
        #expect(remedyForUnknown("zzzzz", among: ["ppo", "random"]) == "known: ppo, random")
    }
}
