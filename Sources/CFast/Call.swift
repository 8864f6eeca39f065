internal import CFastHeader
internal import Foundation
internal import Glibc

/// Makes the body a call of the C interface: an error becomes its status, and its message this thread's last one.
func call(_ body: () throws -> Void) -> fast_status {
    do {
        try body()
        return fast_status(FAST_OK)
    } catch {
        LastMessage.set(message(of: error))
        return status(of: error)
    }
}

/// What the last call of each thread that failed had to say.
enum LastMessage {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { free($0) }
        return key
    }()

    static func set(_ message: String) {
        free(pthread_getspecific(key))
        pthread_setspecific(key, strdup(message))
    }

    static var text: String {
        pthread_getspecific(key).map { String(cString: $0.assumingMemoryBound(to: CChar.self)) } ?? ""
    }
}

// MARK: - Arguments

extension Optional {
    /// - Throws: `InterfaceError.badArgument` where a pointer is NULL.
    func required(_ name: String) throws -> Wrapped {
        guard let self else { throw InterfaceError.badArgument("expected \(name), found NULL") }
        return self
    }
}

/// A string argument.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws -> String {
    guard let text = String(validatingCString: try pointer.required(name)) else {
        throw InterfaceError.badArgument("expected UTF-8 text as \(name), found other bytes")
    }
    return text
}

/// Whether what should be a name, a path or a file's text is the text.
func isFileText(_ text: String) -> Bool {
    text.contains("\n") || text.drop { $0 == " " }.hasPrefix("{")
}

/// - Throws: `InterfaceError.badArgument` where the caller's structure is older than the first version.
func requireLayout(_ size: UInt32, atLeast least: Int, _ name: String) throws {
    guard Int(size) >= least, size <= 1 << 16 else {
        throw InterfaceError.badArgument(
            "expected \(name).struct_size to be sizeof(\(name)), at least \(least), found \(size)")
    }
}

/// - Throws: `InterfaceError.badArgument` where a count isn't the one that is expected.
func requireCount(_ found: Int, _ expected: Int, _ name: String) throws {
    guard found == expected else {
        throw InterfaceError.badArgument("expected \(expected) as \(name), found \(found)")
    }
}

// MARK: - Text for the caller

/// Where the caller wants a text.
struct TextBuffer {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity: Int
    var size: UnsafeMutablePointer<Int>?

    /// - Throws: `InterfaceError.bufferTooSmall`, with the size set.
    func write(_ text: String) throws {
        let needed = text.utf8.count + 1
        size?.pointee = needed
        guard let buffer, capacity >= needed else {
            throw InterfaceError.bufferTooSmall(needed: needed, found: buffer == nil ? 0 : capacity)
        }
        var end = buffer
        for byte in text.utf8 {
            end.pointee = CChar(bitPattern: byte)
            end += 1
        }
        end.pointee = 0
    }

    /// A value as one line of JSON.
    func write(json value: some Encodable) throws { try write(jsonText(of: value)) }
}

func jsonText(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
