extension KeepingGraph {
    /// What is known between one layer and the next while the graph is made.
    struct Builder {
        let flat: FlatResidency
        let left: [Bool]
        let areFree: Bool
        /// Touches of decided tensors by region: positions in `touches`, where each region's begin, and whose they are.
        var touchPositions: [Int]
        var touchStarts: [Int]
        var touchOwners: [Int]
        /// Tensors by the region where they begin to be carried.
        var beginning: [Int]
        var beginningStarts: [Int]
        /// Each region's traffic with free tensors kept.
        var traffic: [FlatResidency.Traffic]
        /// Regions whose time can change.
        var carried: [Int] = []
        /// The least room of regions passed without a layer since the last one.
        var passedRoom = Int.max
        var scratch = Scratch()

        func decides(_ index: Int) -> Bool { flat.candidates[index].isOpen && !left[index] }

        /// The regions across which the graph must remember whether a tensor is kept.
        static func span(of index: Int, in flat: FlatResidency) -> ClosedRange<Int> {
            let candidate = flat.candidates[index]
            guard candidate.isWeight else { return candidate.first...candidate.last }
            let (start, end) = (flat.touchStarts[index], flat.touchStarts[index + 1])
            return flat.touches[start].region...flat.touches[end - 1].region
        }

        init(_ flat: FlatResidency, leavingOut left: [Bool], areFree: Bool) {
            self.flat = flat
            self.left = left
            self.areFree = areFree
            traffic = flat.regions.map(\.traffic)
            let count = flat.regions.count
            touchStarts = [Int](repeating: 0, count: count + 1)
            beginningStarts = [Int](repeating: 0, count: count + 1)
            touchPositions = []
            touchOwners = []
            beginning = []
            for index in flat.candidates.indices where flat.candidates[index].isOpen {
                if left[index] {
                    guard areFree else { continue }
                    for touch in flat.touches(of: index) {
                        traffic[touch.region] = traffic[touch.region] - touch.saving
                    }
                    continue
                }
                for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
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
            touchPositions = [Int](repeating: 0, count: touchStarts[count])
            touchOwners = touchPositions
            beginning = [Int](repeating: 0, count: beginningStarts[count])
            var (nextTouch, nextBeginning) = (touchStarts, beginningStarts)
            for index in flat.candidates.indices where decides(index) {
                for position in flat.touchStarts[index]..<flat.touchStarts[index + 1] {
                    let region = flat.touches[position].region
                    touchPositions[nextTouch[region]] = position
                    touchOwners[nextTouch[region]] = index
                    nextTouch[region] += 1
                }
                if Self.isCarried(index, in: flat) {
                    let region = Self.span(of: index, in: flat).lowerBound
                    beginning[nextBeginning[region]] = index
                    nextBeginning[region] += 1
                }
            }
        }

        /// What is worked out for one layer, in memory that is taken once.
        struct Scratch {
            /// The bit of each live tensor among those that touch the region, and among those that are carried on.
            var classBits: [UInt16] = []
            var outBits: [UInt16] = []
            /// Bytes of each live activation.
            var bytes: [Int] = []
            /// What keeping each of a class's tensors saves, and its bytes where it is a weight that begins here.
            var savings: [FlatResidency.Traffic] = []
            var weightBytes: [Double] = []
            var weightTouches: [FlatResidency.Touch] = []
            var subsets: [Subset] = []
            var combinations: [Combination] = []
            /// The region's traffic, and bytes of weights that begin here, by class.
            var classes: [(traffic: FlatResidency.Traffic, bytes: Double)] = []
        }

        /// A choice of a region's own weights.
        struct Subset {
            var bytes: Double
            var saving: FlatResidency.Traffic
            var mask: UInt16
        }

        /// A choice among the live tensors: what it means for the layer's end, its class, and bytes while the region runs and before it.
        struct Combination {
            var out: UInt16 = 0
            var cls: UInt16 = 0
            var needed = 0
            var neededBefore = 0
        }

        /// Whether a decided tensor is part of nodes and edges, not just of points.
        static func isCarried(_ index: Int, in flat: FlatResidency) -> Bool {
            !flat.candidates[index].isWeight || flat.touchStarts[index + 1] - flat.touchStarts[index] > 1
        }
    }
}
