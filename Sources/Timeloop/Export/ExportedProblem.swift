internal import Scheduling
internal import Workloads

/// The problem file of a tensor operator.
struct ExportedProblem {
    private let nest: LoopNest
    /// Where neighbouring windows share nothing, a window's rows are a rank of their own: what lies between windows is not fetched.
    private let rowsOverlap: Bool
    private let columnsOverlap: Bool
    /// Steps of a MAC, see `ExportedNest.stepsPerMAC`.
    private let stepsPerMAC: Int

    init(_ nest: LoopNest, stepsPerMAC: Int) {
        self.nest = nest
        self.stepsPerMAC = stepsPerMAC
        rowsOverlap = nest.strideHeight < (nest.filterHeight - 1) * nest.dilationHeight + 1
        columnsOverlap = nest.strideWidth < (nest.filterWidth - 1) * nest.dilationWidth + 1
    }

    var notes: [String] {
        guard nest.inputHeight < paddedHeight || nest.inputWidth < paddedWidth else { return [] }
        return [
            "padding is fetched as data: \(paddedHeight)×\(paddedWidth) inputs a channel instead of "
                + "\(nest.inputHeight)×\(nest.inputWidth)"
        ]
    }

    private var paddedHeight: Int {
        (nest.outputHeight - 1) * nest.strideHeight + (nest.filterHeight - 1) * nest.dilationHeight + 1
    }
    private var paddedWidth: Int {
        (nest.outputWidth - 1) * nest.strideWidth + (nest.filterWidth - 1) * nest.dilationWidth + 1
    }

    func text(named name: String) -> String {
        let rows = rowsOverlap ? "[[P, Hstride], [R, Hdilation]]" : "[[P]], [[R]]"
        let columns = columnsOverlap ? "[[Q, Wstride], [S, Wdilation]]" : "[[Q]], [[S]]"
        var bounds = Dimension.allCases.map { ($0.letter, nest[$0]) }
        if stepsPerMAC > 1 { bounds.append((Dimension.stepsLetter, stepsPerMAC)) }
        let extents = bounds.map { "\($0): \($1)" }.joined(separator: ", ")
        return """
            # \(name)
            problem:
              shape:
                name: GroupedConv
                dimensions: [\(bounds.map(\.0).joined(separator: ", "))]
                coefficients:
                - {name: Hstride, default: 1}
                - {name: Wstride, default: 1}
                - {name: Hdilation, default: 1}
                - {name: Wdilation, default: 1}
                data_spaces:
                - name: Weights
                  projection: [ [[G]], [[C]], [[K]], [[R]], [[S]] ]
                - name: Inputs
                  projection: [ [[N]], [[G]], [[C]], \(rows), \(columns) ]
                - name: Outputs
                  projection: [ [[N]], [[G]], [[K]], [[P]], [[Q]] ]
                  read_write: True
              instance: {\(extents), Hstride: \(nest.strideHeight), Wstride: \(nest.strideWidth), \
            Hdilation: \(nest.dilationHeight), Wdilation: \(nest.dilationWidth)}

            """
    }

    /// Words of an operand's tile, as Timeloop counts them.
    func words(_ space: String, _ extents: Extents) -> Double {
        func span(_ outputs: Int, _ stride: Int, _ filter: Int, _ dilation: Int, _ overlap: Bool) -> Double {
            overlap
                ? Double(outputs - 1) * Double(stride) + Double(filter - 1) * Double(dilation) + 1
                : Double(outputs) * Double(filter)
        }
        func product(_ dimensions: [Dimension]) -> Double { dimensions.reduce(1) { $0 * Double(extents[$1]) } }
        switch space {
        case "Weights": return product([.groups, .inputChannels, .outputChannels, .filterHeight, .filterWidth])
        case "Outputs": return product([.batch, .groups, .outputChannels, .outputHeight, .outputWidth])
        default:
            return product([.batch, .groups, .inputChannels])
                * span(
                    extents[.outputHeight], nest.strideHeight, extents[.filterHeight], nest.dilationHeight, rowsOverlap)
                * span(
                    extents[.outputWidth], nest.strideWidth, extents[.filterWidth], nest.dilationWidth, columnsOverlap)
        }
    }
}
