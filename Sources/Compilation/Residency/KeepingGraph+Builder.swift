extension KeepingGraph {
    /// What is known between one layer and the next while the graph is made.
    struct Builder: ~Copyable {
        let flat: FlatResidency
        let left: [Bool]
        let areFree: Bool
        /// Touches of decided tensors by region: positions in `touches`, where each region's begin, and whose they are.
        var touchPositions: PlainList<Int>
        var touchStarts: PlainList<Int>
        var touchOwners: PlainList<Int>
        /// Tensors by the region where they begin to be carried.
        var beginning: PlainList<Int>
        var beginningStarts: PlainList<Int>
        /// Each region's traffic with free tensors kept.
        var traffic: PlainList<FlatResidency.Traffic>
        /// Regions whose time can change.
        var carried = PlainList<Int>()
        /// The least room of regions passed without a layer since the last one.
        var passedRoom = Int.max
        var scratch = Scratch()

        func decides(_ index: Int) -> Bool { flat.candidates[index].isOpen && !left[index] }

        /// The regions across which the graph must remember whether a tensor is kept.
        static func span(of index: Int, in flat: FlatResidency) -> ClosedRange<Int> {
            let candidate = flat.candidates[index]
            guard candidate.isWeight else { return candidate.first...candidate.last }
            let touches = flat.touches(of: index)
            return flat.touches[touches.lowerBound].region...flat.touches[touches.upperBound - 1].region
        }

        init(_ flat: FlatResidency, leavingOut left: [Bool], areFree: Bool) {
            self.flat = flat
            self.left = left
            self.areFree = areFree
            let count = flat.regions.count
            traffic = PlainList(capacity: count)
            for region in flat.regions.indices { traffic.append(flat.regions[region].traffic) }
            touchStarts = PlainList(repeating: 0, count: count + 1)
            beginningStarts = PlainList(repeating: 0, count: count + 1)
            for index in flat.candidates.indices where flat.candidates[index].isOpen {
                if left[index] {
                    guard areFree else { continue }
                    for position in flat.touches(of: index) {
                        let touch = flat.touches[position]
                        traffic[touch.region] = traffic[touch.region] - touch.saving
                    }
                    continue
                }
                for position in flat.touches(of: index) {
                    touchStarts[flat.touches[position].region + 1] += 1
                }
                if Self.isCarried(index, in: flat) {
                    beginningStarts[Self.span(of: index, in: flat).lowerBound + 1] += 1
                }
            }
            for region in 0..<count {
                touchStarts[region + 1] += touchStarts[region]
                beginningStarts[region + 1] += beginningStarts[region]
            }
            touchPositions = PlainList(repeating: 0, count: touchStarts[count])
            touchOwners = PlainList(repeating: 0, count: touchStarts[count])
            beginning = PlainList(repeating: 0, count: beginningStarts[count])
            // The starts move to the ends as places are taken, and are put back after.
            for index in flat.candidates.indices where decides(index) {
                for position in flat.touches(of: index) {
                    let region = flat.touches[position].region
                    touchPositions[touchStarts[region]] = position
                    touchOwners[touchStarts[region]] = index
                    touchStarts[region] += 1
                }
                if Self.isCarried(index, in: flat) {
                    let region = Self.span(of: index, in: flat).lowerBound
                    beginning[beginningStarts[region]] = index
                    beginningStarts[region] += 1
                }
            }
            for region in (0..<count).reversed() {
                touchStarts[region + 1] = touchStarts[region]
                beginningStarts[region + 1] = beginningStarts[region]
            }
            (touchStarts[0], beginningStarts[0]) = (0, 0)
        }

        /// What is worked out for one layer, in memory that is taken once.
        struct Scratch: ~Copyable {
            /// The bit of each live tensor among those that touch the region.
            var classBits = PlainList<UInt16>()
            /// The choices among the live tensors that are carried on, and among those that are not.
            var carriedOn = Choices()
            var ending = Choices()
            /// Bytes of each live activation.
            var bytes = PlainList<Int>()
            /// What keeping each of a class's tensors saves, and its bytes where it is a weight that begins here.
            var savings = PlainList<FlatResidency.Traffic>()
            var weightBytes = PlainList<Double>()
            var weightTouches = PlainList<FlatResidency.Touch>()
            var subsets = PlainList<Subset>()
            var combinations = PlainList<Combination>()
            /// The region's traffic, and bytes of weights that begin here, by class.
            var classes = PlainList<RegionClass>()
        }

        /// A region's traffic with the tensors of a class kept, and their bytes of weights that begin here.
        struct RegionClass {
            var traffic: FlatResidency.Traffic
            var bytes: Double
        }

        /// A choice of a region's own weights.
        struct Subset {
            var bytes: Double
            var saving: FlatResidency.Traffic
            var mask: UInt16
        }

        /// All choices among some of the live tensors, as masks in ascending order.
        struct Choices: ~Copyable {
            private(set) var masks = PlainList<UInt16>()

            /// Becomes the choice among no tensors.
            mutating func begin() {
                masks.removeAll()
                masks.append(0)
            }

            /// Adds a tensor by its bit, higher than those before it.
            mutating func add(_ bit: UInt16) {
                for position in masks.indices { masks.append(masks[position] | bit) }
            }
        }

        /// A choice among the live tensors: its class, and bytes while the region runs and before it.
        struct Combination {
            var cls: UInt16 = 0
            var needed = 0
            var neededBefore = 0
        }

        /// Whether a decided tensor is part of nodes and edges, not just of points.
        static func isCarried(_ index: Int, in flat: FlatResidency) -> Bool {
            !flat.candidates[index].isWeight || flat.touches(of: index).count > 1
        }
    }
}
