import Accelerators
import Diagnostics
import Dispatch
import RandomNumbers
import Scheduling
import Synchronization
import TestSupport
import Testing
import Workloads

/// Remembering mappings changes no answer.
@Suite struct SchedulerTests {
    private struct Question: Sendable {
        var nest: LoopNest
        var view: SchedulingView
        var constraints: MappingConstraints
    }

    /// Questions of which many come up twice.
    private static func questions(_ count: Int) -> [Question] {
        var generator = SplitMix64(seed: 13)
        let nests = (0..<12).compactMap { _ in MapperTests.zoo.randomElement(using: &generator) }
        var views: [SchedulingView] = []
        while views.count < 4 {
            var datapath = MapperTests.datapath(using: &generator)
            datapath.l1 = L1Buffers(configuration: .private, inputKiB: 64, weightKiB: 64, outputKiB: 64)
            datapath.l2 = nil
            views.append(SchedulingView(datapath))
        }
        return (0..<count).compactMap { _ in
            guard let nest = nests.randomElement(using: &generator), let view = views.randomElement(using: &generator)
            else { return nil }
            let dataflow = CompilerOptions.DataflowChoice.allCases.randomElement(using: &generator) ?? .best
            let padding: CompilerOptions.Padding = generator.chance(3) ? .none : .array
            return Question(
                nest: nest, view: view, constraints: MappingConstraints(dataflow: dataflow, padding: padding))
        }
    }

    /// 0 remembers nothing, 16 one answer a shard, so that shards overflow all the time.
    @Test func answersAreThoseOfTheMapperWhateverIsRemembered() throws {
        let questions = Self.questions(300)
        let schedulers = [0, 16, 64, 40_000].map { Scheduler(capacity: $0) }
        for question in questions {
            let expected = try BranchAndBoundMapper().bestMapping(
                of: question.nest, on: question.view, under: question.constraints)
            for scheduler in schedulers {
                #expect(
                    try scheduler.bestMapping(of: question.nest, on: question.view, under: question.constraints)
                        == expected)
            }
        }
    }

    @Test func threadsGetTheSameAnswers() throws {
        let questions = Self.questions(300)
        let expected = try questions.map {
            try BranchAndBoundMapper().bestMapping(of: $0.nest, on: $0.view, under: $0.constraints)
        }
        for capacity in [16, 40_000] {
            let scheduler = Scheduler(capacity: capacity)
            let wrong = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 4) { worker in
                for step in questions.indices {
                    // Workers meet at the same questions at different times.
                    let index = (step + worker * 75) % questions.count
                    let question = questions[index]
                    let answer = try? scheduler.bestMapping(
                        of: question.nest, on: question.view, under: question.constraints)
                    if answer != expected[index] { wrong.withLock { $0 += 1 } }
                }
            }
            #expect(wrong.withLock { $0 } == 0)
        }
    }

    /// An operator that no tile of which fits is the user's mistake, and said so.
    @Test func anOperatorThatDoesNotFitIsRefused() {
        var view = roomyView(hasL2: false, hasGlobalMemory: true)
        view.l1 = BufferLevel(sharing: .private, inputBytes: 16, weightBytes: 16, outputBytes: 16)
        let nest = LoopNest(outputChannels: 8, inputChannels: 8, outputHeight: 8, filterHeight: 5, filterWidth: 5)
        for capacity in [0, 1000] {
            let error = #expect(throws: UnmappableOperator.self) {
                try Scheduler(capacity: capacity).bestMapping(of: nest, on: view, under: MappingConstraints())
            }
            #expect(error?.diagnostic.kind == .configuration)
        }
    }
}
