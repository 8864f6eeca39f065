internal import Workloads

/// The type of a tensor's elements, numbered as in ONNX's `TensorProto.DataType`.
enum ElementType: Int, Hashable, Sendable {
    case float32 = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64, complex64,
        complex128,
        bfloat16, float8E4M3FN, float8E4M3FNUZ, float8E5M2, float8E5M2FNUZ, uint4, int4, float4E2M1, float8E8M0, uint2,
        int2

    /// Bits of an element as raw data stores it; nil for strings.
    var bits: Int? {
        switch self {
        case .string: nil
        case .uint2, .int2: 2
        case .uint4, .int4, .float4E2M1: 4
        case .uint8, .int8, .bool, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .float32, .int32, .uint32: 32
        case .int64, .uint64, .float64, .complex64: 64
        case .complex128: 128
        }
    }

    /// Whether elements are whole numbers.
    var isInteger: Bool {
        switch self {
        case .uint2, .int2, .uint4, .int4, .uint8, .int8, .uint16, .int16, .int32, .int64, .uint32, .uint64, .bool: true
        case .float32, .string, .float16, .float64, .complex64, .complex128, .bfloat16, .float8E4M3FN, .float8E4M3FNUZ,
            .float8E5M2, .float8E5M2FNUZ, .float4E2M1, .float8E8M0:
            false
        }
    }

    /// How an accelerator stores such elements.
    ///
    /// All floating-point numbers count as bfloat16, as in the zoo, whatever the file stores them as; indices as int32. This is
    /// the place where numerics of a tensor's own are decided.
    var numericType: NumericType {
        switch self {
        case .bool, .uint2, .int2, .uint4, .int4, .uint8, .int8: .int8
        case .uint16, .int16, .int32, .int64, .uint32, .uint64, .string:
            .int32
        case .float32, .float16, .float64, .complex64, .complex128, .bfloat16, .float8E4M3FN, .float8E4M3FNUZ,
            .float8E5M2, .float8E5M2FNUZ, .float4E2M1, .float8E8M0:
            .bfloat16
        }
    }
}
