/// A tree of HTML and SVG elements.
///
/// Text and attribute values are escaped when the tree is rendered, so that nothing that stands in a run folder, a name or a
/// configuration can become markup. What comes out is well-formed XML as well as HTML5.
///
///     Markup.element("p", ["class": "note"]) { "3 < 4" }.rendered     // <p class="note">3 &lt; 4</p>
package indirect enum Markup: Sendable {
    case text(String)
    case element(name: String, attributes: [(name: String, value: String)], children: [Markup])
    case group([Markup])
    /// A stylesheet, which isn't escaped: it can only be what is written in the source.
    case style(StaticString)

    /// An element with its attributes in their order, and what is in it.
    package static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
        @MarkupBuilder _ children: () -> Markup = { .group([]) }
    ) -> Markup {
        .element(name: name, attributes: attributes.map { ($0.key, $0.value) }, children: [children()])
    }

    /// The text of the tree.
    package var rendered: String {
        var text = ""
        render(into: &text)
        return text
    }

    private func render(into text: inout String) {
        switch self {
        case .text(let content): Markup.escape(content, into: &text)
        case .group(let members):
            for member in members { member.render(into: &text) }
        case .style(let sheet):
            text += "<style>\(sheet)</style>"
        case .element(let name, let attributes, let children):
            text += "<\(name)"
            for attribute in attributes {
                text += " \(attribute.name)=\""
                Markup.escape(attribute.value, into: &text)
                text += "\""
            }
            if Markup.leaves.contains(name) {
                text += "/>"
                return
            }
            text += ">"
            for child in children { child.render(into: &text) }
            text += "</\(name)>"
            if Markup.lineEnders.contains(name) { text += "\n" }
        }
    }

    /// Elements that hold nothing: HTML has no end tag for the former, and SVG needs none for the latter.
    private static let leaves: Set<String> = ["meta", "br", "hr", "rect", "line", "circle", "path"]
    /// Elements after which a line ends, so that a page can be compared line by line.
    private static let lineEnders: Set<String> = [
        "p", "tr", "svg", "section", "head", "header", "table", "h2", "h3", "li",
    ]

    private static func escape(_ content: String, into text: inout String) {
        for scalar in content.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            case "\t", "\n": text.unicodeScalars.append(scalar)
            default:
                // Control characters and non-characters can stand neither in XML nor in HTML; those that turn the direction of
                // writing could make a name read as another.
                let isAllowed =
                    switch scalar.value {
                    case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: false
                    default: true
                    }
                text.unicodeScalars.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
    }
}

extension Markup: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self = .text(value)
    }
}

/// Puts the parts of an element together.
@resultBuilder
package enum MarkupBuilder {
    package static func buildExpression(_ markup: Markup) -> Markup { markup }
    package static func buildExpression(_ text: String) -> Markup { .text(text) }
    package static func buildExpression(_ members: [Markup]) -> Markup { .group(members) }
    package static func buildBlock(_ parts: Markup...) -> Markup { .group(parts) }
    package static func buildArray(_ parts: [Markup]) -> Markup { .group(parts) }
    package static func buildOptional(_ part: Markup?) -> Markup { part ?? .group([]) }
    package static func buildEither(first part: Markup) -> Markup { part }
    package static func buildEither(second part: Markup) -> Markup { part }
}
