// What one cell costs, by itself. For people who plan capacity; comparisons come from pairs.
//
// Units: ns per item.
#pragma once

#include <optional>
#include <span>

#include "bench/stats/interval.h"
#include "bench/stats/pairing.h"

namespace handoff {

struct CellEstimate {
  Interval typical_ns;               // median over slices; geometric mean over incarnations
  Interval overall_ns;               // all time over all items
  double stall_share = 0;            // 1 - typical / overall, at least 0
  int slices = 0, incarnations = 0;  // measured
};

/// Intervals over incarnations, at `confidence` each. Empty if `cell` has no slices.
std::optional<CellEstimate> estimate_cell(std::span<const IncarnationTable> tables, int cell,
                                          double confidence);

}  // namespace handoff
