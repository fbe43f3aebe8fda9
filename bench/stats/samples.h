// What a point's cells have measured, slice by slice: the input of all estimates.
#pragma once

#include <vector>

namespace handoff {

/// What one slice of one cell contributes: a timed window, if it has one, and the whole of it.
struct SliceSample {
  int cell = 0;
  double elapsed_ns = 0;  // of the timed window
  double items = 0;       // accepted inside it; 0: the slice was not timed
  double whole_ns = 0;    // lead-in and tail included; 0: not known, then the window stands for it
  double all_items = 0;   // of the whole
};

using BlockSamples = std::vector<SliceSample>;         // one pass over the cells of a point
using IncarnationSamples = std::vector<BlockSamples>;  // one lifetime of the point's cells
using PointSamples = std::vector<IncarnationSamples>;  // a cell may be missing in any block

}  // namespace handoff
