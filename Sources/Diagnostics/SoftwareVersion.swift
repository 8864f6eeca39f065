/// The version of the software, which the command line, the library and the Python package give.
public let softwareVersion: StaticString = "0.1.0"
