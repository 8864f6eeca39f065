import Accelerators
import Configuration
import Diagnostics
import Foundation
import Reproduction
import TestSupport
import Testing

/// The project's files and small studies.
enum Samples {
    /// A study that takes seconds.
    static var request: StudySettings.Request {
        var request = StudySettings.Request()
        request.trials = 12
        request.seeds = 2
        request.agent = "random"
        return request
    }

    static func design(_ name: String) throws -> Design { try Design(named: name, in: Repository.files) }
}
