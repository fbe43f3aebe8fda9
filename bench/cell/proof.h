// The proof of a slice: every item drawn was accepted exactly once, unaltered, in order.
#pragma once

#include "bench/cell/lane_setup.h"
#include "bench/cell/verdict.h"

namespace handoff {

/// Merges the bitmaps and findings of all consumer lanes. A failed proof names each kind of fault
/// with its count and first ids; the verdict is that of the gravest: corrupted, lost, duplicated,
/// stale, reordered (only where `fifo` is promised).
/// REQUIRES: no lane is in use. Cost: items / 64 words per consumer lane.
CellOutcome prove(const LaneSetup& lanes, bool fifo);

}  // namespace handoff
