internal import Configuration
internal import Environments

/// Names as their makers write them; a name that isn't known stands as it is.
enum DisplayName {
    /// A network at other sizes than its own, e.g. `BERT-base (sequence 384)`.
    static func workload(_ name: String, dimensions: [String: Int]) -> String {
        let known = workload(name)
        guard !dimensions.isEmpty else { return known }
        // BERT's sizes stand in its name.
        let family = known == name ? known : known.split(separator: " (").first.map(String.init) ?? known
        return "\(family) (\(Problem.WeightedWorkload.text(of: dimensions)))"
    }

    static func workload(_ name: String) -> String {
        switch name {
        case "resnet-50-v2": return "ResNet-50 v2"
        case "bert-base-128": return "BERT-base (sequence 128)"
        case "bert-base-1024": return "BERT-base (sequence 1024)"
        case "ocr-rpn": return "OCR-RPN"
        case "ocr-recognizer": return "OCR-Recognizer"
        case "mobilenet-v2": return "MobileNetV2"
        case "vit-b16": return "ViT-B/16"
        default:
            guard name.hasPrefix("efficientnet-b") else { return name }
            return "EfficientNet-B\(name.dropFirst("efficientnet-b".count))"
        }
    }

    static func baseline(_ name: String) -> String {
        name.hasPrefix("tpu-") ? "TPU-\(name.dropFirst("tpu-".count))" : InstalledFiles.title(of: name)
    }
}

extension String {
    /// The same with hyphens at which no line is broken, for narrow columns.
    var unbroken: String { replacing("-", with: "\u{2011}") }

    /// The same as it begins a title.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
