internal import Glibc

/// Something that a caller holds a handle of.
protocol Handled: AnyObject, Sendable {
    /// What it is called in messages, e.g. `a problem`.
    static var kind: String { get }
    var occupancy: Occupancy { get }
}

/// What the caller's handles stand for. A handle is given out once, so that one that was closed is always found out.
///
/// A call holds on to what it works with: closing a handle while another thread is inside does no harm.
final class HandleTable: Sendable {
    static let shared: HandleTable = {
        let table = HandleTable()
        pthread_atfork(
            { HandleTable.shared.lock.lock() }, { HandleTable.shared.lock.unlock() },
            {
                for object in HandleTable.shared.objects.values { object.occupancy.noteFork() }
                HandleTable.shared.lock.unlock()
            })
        return table
    }()

    private let lock = ForkSafeLock()
    nonisolated(unsafe) private var objects: [UInt64: any Handled] = [:]
    nonisolated(unsafe) private var last: UInt64 = 0

    private init() {}

    func insert(_ object: any Handled) -> UInt64 {
        lock.lock()
        defer { lock.unlock() }
        last += 1
        objects[last] = object
        return last
    }

    /// - Throws: `InterfaceError.badHandle`.
    func object<Object>(_ handle: UInt64, as expected: String) throws -> Object {
        lock.lock()
        let object = objects[handle]
        let wasGivenOut = handle > 0 && handle <= last
        lock.unlock()
        guard let object else {
            throw InterfaceError.badHandle(expected: expected, found: wasGivenOut ? "one that is closed" : "\(handle)")
        }
        guard let object = object as? Object else {
            throw InterfaceError.badHandle(expected: expected, found: type(of: object).kind)
        }
        return object
    }

    /// - Throws: `InterfaceError.badHandle`.
    func remove<Object>(_ handle: UInt64, _: Object.Type, as expected: String) throws {
        let _: Object = try object(handle, as: expected)
        lock.lock()
        let removed = objects.removeValue(forKey: handle)
        lock.unlock()
        // Two threads may close at once.
        guard removed != nil else { throw InterfaceError.badHandle(expected: expected, found: "one that is closed") }
    }
}
