// What a point's cells have measured, slice by slice: the input of all estimates.
#pragma once

#include <vector>

namespace handoff {

/// What one slice of one cell contributes. elapsed_ns is that of the timed window.
struct SliceSample {
  int cell = 0;
  double elapsed_ns = 0;
  double items = 0;  // accepted inside the timed window
};

using BlockSamples = std::vector<SliceSample>;         // one pass over the cells of a point
using IncarnationSamples = std::vector<BlockSamples>;  // one lifetime of the point's cells
using PointSamples = std::vector<IncarnationSamples>;  // a cell may be missing in any block

}  // namespace handoff
