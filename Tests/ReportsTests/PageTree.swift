import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as a tree of elements; reading it fails where the page isn't well-formed.
final class PageElement {
    let name: String
    let attributes: [String: String]
    private(set) var children: [PageElement] = []
    /// All text within the element.
    private(set) var text = ""

    init(name: String, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    static func parse(_ page: String) throws -> PageElement {
        let builder = Builder()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = builder
        let isParsed = parser.parse()
        #expect(isParsed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        return try #require(builder.root)
    }

    /// The element and all below it, in the page's order.
    var all: [PageElement] { [self] + children.flatMap(\.all) }

    func all(_ name: String) -> [PageElement] { all.filter { $0.name == name } }

    func element(id: String) -> PageElement? { all.first { $0.attributes["id"] == id } }

    func number(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? .nan }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: PageElement?
        var open: [PageElement] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            let element = PageElement(name: name, attributes: attributes)
            open.last?.children.append(element)
            if root == nil { root = element }
            open.append(element)
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            for element in open { element.text += string }
        }
    }
}
