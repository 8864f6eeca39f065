internal import Diagnostics
internal import Foundation

/// The table of an enumeration's outcomes, a file of rows of equal length in the order of the designs' indices.
///
/// Rows are appended, and flushed to the disk with every call. Whatever a process that was killed left behind a last whole row is
/// cut off.
struct OutcomeTable {
    let path: String
    /// Rows in the file.
    private(set) var count: Int

    /// Rows read at a time.
    private static let chunk = 1 << 15

    /// Opens the table, or makes an empty one.
    ///
    /// - Throws: `DiagnosticError` where the file cannot be made, read or cut off.
    init(path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fileError("the table cannot be created", path: path, code: errno) }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { throw fileError("the table cannot be read", path: path, code: errno) }
        count = Int(size) / EnumeratedDesign.byteCount
        guard ftruncate(descriptor, off_t(count * EnumeratedDesign.byteCount)) == 0 else {
            throw fileError("the table cannot be cut off", path: path, code: errno)
        }
    }

    /// Adds rows at the end.
    mutating func append(_ rows: [EnumeratedDesign]) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * EnumeratedDesign.byteCount)
        for row in rows { row.append(to: &bytes) }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw fileError("the table cannot be written", path: path, code: errno) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else {
            throw fileError("the table cannot be flushed to the disk", path: path, code: errno)
        }
        count += rows.count
    }

    /// Cuts off all rows but the first ones.
    mutating func keepFirst(_ count: Int) throws {
        guard truncate(path, off_t(count * EnumeratedDesign.byteCount)) == 0 else {
            throw fileError("the table cannot be cut off", path: path, code: errno)
        }
        self.count = count
    }

    /// Calls the body with every row in order, until it returns false or what stands there is no row.
    ///
    /// - Returns: the number of rows that the body took.
    func forEach(_ body: (EnumeratedDesign) throws -> Bool) throws -> Int {
        let handle: FileHandle
        do {
            handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw fileError("the table cannot be opened", path: path, code: errno)
        }
        defer { try? handle.close() }
        var taken = 0
        while taken < count {
            let size = EnumeratedDesign.byteCount
            guard let data = try handle.read(upToCount: min(OutcomeTable.chunk, count - taken) * size) else { break }
            let bytes = [UInt8](data)
            for start in stride(from: 0, to: bytes.count, by: size) {
                guard let row = EnumeratedDesign(bytes: bytes[start..<min(start + size, bytes.count)]), try body(row)
                else { return taken }
                taken += 1
            }
        }
        return taken
    }
}
