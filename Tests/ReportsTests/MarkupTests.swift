import Reports
import Testing

@Suite struct MarkupTests {
    @Test func textAndAttributesAreEscaped() {
        let markup = Markup.element("td", ["title": "\"a\" & 'b'"]) { "<script>alert(1)</script> & more" }
        #expect(
            markup.rendered
                == "<td title=\"&quot;a&quot; &amp; &#39;b&#39;\">&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</td>"
        )
    }

    @Test func whatHTMLCannotHoldIsReplaced() throws {
        let markup = Markup.element("b") { "a\u{0}b\u{1B}[31mc\u{202E}d\u{FFFE}é\n😀" }
        #expect(markup.rendered == "<b>a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}d\u{FFFD}é\n😀</b>")
        #expect(try PageElement.parse(markup.rendered).text.contains("😀"))
    }

    @Test func elementsThatHoldNothingCloseThemselvesAndOthersDoNot() {
        #expect(Markup.element("meta", ["charset": "utf-8"]).rendered == "<meta charset=\"utf-8\"/>")
        #expect(Markup.element("td").rendered == "<td></td>")
    }
}
