internal import Configuration

/// One hyper-parameter of a recipe: its key, its range, and what it does. Reading and writing a recipe follow the same
/// list of fields.
struct RecipeField<Settings>: Sendable {
    let key: String
    /// What it does, for the reader of the file.
    let comment: String
    /// Takes the value from a node.
    let read: @Sendable (ConfigurationNode, inout Settings) throws -> Void
    /// The value as it stands in the file.
    let text: @Sendable (Settings) -> String

    /// A whole number.
    static func integer(
        _ key: String, _ path: any WritableKeyPath<Settings, Int> & Sendable, in range: ClosedRange<Int>,
        _ comment: String
    ) -> RecipeField {
        RecipeField(
            key: key, comment: comment,
            read: { node, settings in settings[keyPath: path] = try node.integer(in: range) },
            text: { String($0[keyPath: path]) })
    }

    /// A number.
    static func number(
        _ key: String, _ path: any WritableKeyPath<Settings, Double> & Sendable, in range: ClosedRange<Double>,
        _ comment: String
    ) -> RecipeField {
        RecipeField(
            key: key, comment: comment,
            read: { node, settings in settings[keyPath: path] = try node.number(in: range) },
            text: { "\($0[keyPath: path])" })
    }
}
