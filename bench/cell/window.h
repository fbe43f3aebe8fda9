// The timed span of a slice: a window inside a running stream.
//
// It begins when the lead-in is over (all producers awake, a share of the items accepted) and ends
// when the first producer finds nothing left: all through it producers produce and consumers
// consume. Lead-in and tail are proved, not timed.
#pragma once

#include "bench/cell/lane_setup.h"

namespace handoff {

struct Window {
  std::uint64_t begin_ticks = 0, end_ticks = 0;
  double items = 0;          // accepted inside, all lanes; 0: the slice was too short to time
  double slowest_share = 1;  // of the slowest lane, times the number of lanes
  double fastest_share = 1;
};

/// Lanes are read between their stamps by linear interpolation.
/// REQUIRES: no lane is in use.
Window timed_window(const LaneSetup& lanes, const Workload& workload);

}  // namespace handoff
