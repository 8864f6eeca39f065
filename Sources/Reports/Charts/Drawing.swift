/// Shapes and labels on a surface of a given size, in CSS pixels; becomes an SVG.
///
/// Colours and fonts are the stylesheet's: a shape says what it is by its class.
struct Drawing {
    let width: Double
    var height: Double
    private var shapes: [Markup] = []

    enum Anchor: String {
        case start, middle, end
    }

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    mutating func add(_ shape: Markup) {
        shapes.append(shape)
    }

    /// - Parameter tooltip: What a pointing device shows over it.
    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, class name: String, tooltip: String? = nil
    ) {
        let shape = Markup.element(
            "rect", ["class": name, "x": x.px, "y": y.px, "width": max(0, width).px, "height": max(0, height).px])
        guard let tooltip else { return add(shape) }
        add(
            .element("g") {
                Markup.element("title") { tooltip }; shape
            })
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, class name: String) {
        add(.element("line", ["class": name, "x1": x1.px, "y1": y1.px, "x2": x2.px, "y2": y2.px]))
    }

    mutating func circle(x: Double, y: Double, radius: Double, class name: String, tooltip: String? = nil) {
        let shape = Markup.element("circle", ["class": name, "cx": x.px, "cy": y.px, "r": radius.px])
        guard let tooltip else { return add(shape) }
        add(
            .element("g") {
                Markup.element("title") { tooltip }; shape
            })
    }

    mutating func path(_ commands: String, class name: String) {
        guard !commands.isEmpty else { return }
        add(.element("path", ["class": name, "d": commands]))
    }

    mutating func label(_ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "label") {
        add(.element("text", ["class": name, "x": x.px, "y": y.px, "text-anchor": anchor.rawValue]) { text })
    }

    /// Turned to be read from the bottom upwards, for the name of a vertical axis.
    mutating func verticalLabel(_ text: String, x: Double, y: Double) {
        add(
            .element(
                "text",
                ["class": "axis-name", "text-anchor": "middle", "transform": "translate(\(x.px) \(y.px)) rotate(-90)"]
            ) { text })
    }

    /// The width that a label takes, about: fonts differ, and this is what the widest of the common ones (DejaVu Sans) takes.
    static func width(of text: String, isBold: Bool = false) -> Double {
        let width = text.reduce(0.0) { width, character in
            switch character {
            case " ", ".", ",", ":", "i", "j", "l", "I", "|", "·": width + 4.2
            case "%", "m", "M", "w", "W", "×", "–": width + 11.2
            default: width + 7.7
            }
        }
        return isBold ? width * 1.13 : width
    }

    /// The SVG, with what it shows for those who don't see it.
    func svg(id: String, title: String, description: String, class name: String) -> Markup {
        .element(
            "svg",
            [
                "class": name, "viewBox": "0 0 \(width.px) \(height.px)", "role": "img",
                "aria-labelledby": "\(id)-title \(id)-description",
            ]
        ) {
            Markup.element("title", ["id": "\(id)-title"]) { title }
            Markup.element("desc", ["id": "\(id)-description"]) { description }
            shapes
        }
    }
}

extension Double {
    /// A coordinate with one decimal, as short as possible.
    var px: String {
        precondition(isFinite, "A coordinate must be a finite number.")
        let tenths = Int((self * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}

/// A chart drawn twice, for wide and for narrow windows, with a caption; the stylesheet shows the one that fits.
struct Figure {
    var id: String
    var title: String
    /// What the chart shows, in a sentence or two.
    var description: String
    var legend: [LegendEntry] = []

    static let wideWidth = 1040.0
    static let narrowWidth = 358.0

    func markup(_ draw: (_ width: Double) -> Drawing) -> Markup {
        .element("figure", ["class": "chart"]) {
            Markup.element("figcaption") { title }
            if !legend.isEmpty { LegendEntry.list(legend) }
            draw(Figure.wideWidth).svg(id: "\(id)-wide", title: title, description: description, class: "wide")
            draw(Figure.narrowWidth).svg(id: "\(id)-narrow", title: title, description: description, class: "narrow")
        }
    }
}

/// A mark of a chart and what it stands for.
struct LegendEntry {
    /// The class of the mark's shape.
    var mark: String
    var isLine = false
    var isCircle = false
    var name: String

    static func list(_ entries: [LegendEntry]) -> Markup {
        .element("ul", ["class": "legend"]) {
            for entry in entries {
                Markup.element("li") {
                    entry.swatch
                    entry.name
                }
            }
        }
    }

    private var swatch: Markup {
        .element("svg", ["class": "swatch", "viewBox": "0 0 18 12", "aria-hidden": "true"]) {
            if isLine {
                Markup.element("line", ["class": mark, "x1": "0", "y1": "6", "x2": "18", "y2": "6"])
            } else if isCircle {
                Markup.element("circle", ["class": mark, "cx": "9", "cy": "6", "r": "4.5"])
            } else {
                Markup.element("rect", ["class": mark, "x": "1", "y": "0.5", "width": "16", "height": "11"])
            }
        }
    }
}
