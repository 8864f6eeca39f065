// The names are those of fast.h, which the compiler compares.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFastHeader
internal import Diagnostics

@c @implementation
public func fast_abi_version() -> UInt32 { UInt32(FAST_ABI_VERSION) }

@c @implementation
public func fast_version() -> UnsafePointer<CChar>? {
    UnsafeRawPointer(softwareVersion.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func fast_error_message(
    _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ size: UnsafeMutablePointer<Int>?
) -> fast_status {
    do {
        try TextBuffer(buffer: buffer, capacity: capacity, size: size).write(LastMessage.text)
        return fast_status(FAST_OK)
    } catch {
        // The message itself stays.
        return status(of: error)
    }
}
