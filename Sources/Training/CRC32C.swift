/// The 32-bit cyclic redundancy check with Castagnoli's polynomial, as in RFC 3720: finds every damage of up to 32
/// bits in a row.
///
///     var checksum = CRC32C()
///     checksum.update("123456789".utf8)
///     checksum.value  // 0xE3069283
package struct CRC32C: Sendable {
    private var register: UInt32 = .max

    package init() {}

    /// The checksum of everything so far.
    package var value: UInt32 { ~register }

    /// The checksum in the form that TFRecord files store, so that a checksum over data with checksums in it stays a
    /// good one.
    package var maskedValue: UInt32 { ((value >> 15) | (value << 17)) &+ 0xA282_EAD8 }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        var register = register
        for byte in bytes {
            register = CRC32C.table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
        }
        self.register = register
    }

    /// The remainder that each value of a byte leaves; the polynomial is 0x1EDC6F41, its bits reversed.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82F6_3B78
        }
    }
}
