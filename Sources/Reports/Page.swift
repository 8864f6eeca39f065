/// The page around a report's sections: head, styles, patterns.
struct Page {
    var title: String
    var body: Markup

    var html: String {
        "<!DOCTYPE html>\n"
            + Markup.element("html", ["lang": "en"]) {
                Markup.element("head") {
                    Markup.element("meta", ["charset": "utf-8"])
                    Markup.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                    // Nothing may be fetched and no script may run, whatever the page holds.
                    Markup.element(
                        "meta",
                        [
                            "http-equiv": "Content-Security-Policy",
                            "content": "default-src 'none'; style-src 'unsafe-inline'",
                        ])
                    Markup.element("meta", ["name": "color-scheme", "content": "light dark"])
                    Markup.element("title") { title }
                    Markup.style(Stylesheet.text)
                }
                Markup.element("body") {
                    Page.patterns
                    body
                }
            }.rendered + "\n"
    }

    /// Hatches by which bounds can be told apart without their colours.
    private static var patterns: Markup {
        .element("svg", ["class": "patterns", "width": "0", "height": "0", "aria-hidden": "true"]) {
            Markup.element("defs") {
                pattern("hatch-vector", "M0 8L8 0M-2 2L2 -2M6 10L10 6")
                pattern("hatch-globalMemory", "M0 4H8")
                pattern("hatch-dram", "M0 0L8 8M-2 6L2 10M6 -2L10 2M0 8L8 0M-2 2L2 -2M6 10L10 6")
            }
        }
    }

    private static func pattern(_ name: String, _ path: String) -> Markup {
        .element("pattern", ["id": name, "width": "8", "height": "8", "patternUnits": "userSpaceOnUse"]) {
            Markup.element("rect", ["class": "\(name)-ground", "width": "8", "height": "8"])
            Markup.element("path", ["class": "hatch", "d": path])
        }
    }
}

extension Markup {
    /// A section of the page under its heading.
    static func section(_ id: String, _ heading: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
        .element("section", ["id": id, "aria-labelledby": "\(id)-heading"]) {
            Markup.element("h2", ["id": "\(id)-heading"]) { heading }
            content()
        }
    }

    static func paragraph(_ text: String, class name: String = "text") -> Markup {
        .element("p", ["class": name]) { text }
    }
}

/// A table that scrolls within its own frame where the window is narrow.
struct Table {
    struct Column {
        var title: String
        var isNumber = true
    }

    struct Row {
        var cells: [Markup]
        /// Whether it is a heading over the rows below.
        var isHeading = false
        /// Whether it is the sum of the rows above.
        var isSum = false
    }

    /// What the table shows.
    var caption: String
    var columns: [Column]
    var rows: [Row]
    var spacing = Spacing.plain

    enum Spacing: String {
        case plain
        /// Many columns, which stand close.
        case dense
        /// Few columns, whose text wraps so that all are seen in a narrow window.
        case wrapping
    }

    var markup: Markup {
        .element("div", ["class": "scroll", "role": "region", "aria-label": caption, "tabindex": "0"]) {
            Markup.element("table", ["class": spacing.rawValue]) {
                Markup.element("caption") { caption }
                Markup.element("thead") {
                    Markup.element("tr") {
                        for column in columns {
                            Markup.element("th", ["scope": "col", "class": column.isNumber ? "number" : "name"]) {
                                column.title
                            }
                        }
                    }
                }
                Markup.element("tbody") {
                    for row in rows { markup(of: row) }
                }
            }
        }
    }

    private func markup(of row: Row) -> Markup {
        .element("tr", ["class": row.isHeading ? "group" : row.isSum ? "sum" : "row"]) {
            if row.isHeading {
                Markup.element("th", ["scope": "colgroup", "colspan": "\(columns.count)"]) { row.cells }
            } else {
                for (position, cell) in row.cells.enumerated() {
                    if position == 0 {
                        Markup.element("th", ["scope": "row", "class": columns[0].isNumber ? "number" : "name"]) {
                            cell
                        }
                    } else {
                        Markup.element("td", ["class": columns[position].isNumber ? "number" : "name"]) { cell }
                    }
                }
            }
        }
    }
}
