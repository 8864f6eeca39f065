/// The numbers that a chip computes with.
///
/// Designs compute in bfloat16; int8 serves to calibrate the area and power model on chips that do.
public enum Arithmetic: String, Hashable, Sendable, CaseIterable {
    /// bfloat16 multiplication, float32 addition.
    case bfloat16
    /// int8 multiplication, int32 addition.
    case int8

    /// Bytes of an operand.
    var operandBytes: Int {
        switch self {
        case .bfloat16: Datapath.operandBytes
        case .int8: 1
        }
    }
}
