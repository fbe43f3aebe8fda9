// The timed span of a slice: a window inside a running stream.
//
// It begins when the lead-in is over (all producers awake, a share of the items accepted) and ends
// when the first producer finds nothing left: all through it producers produce and consumers
// consume. Lead-in and tail are proved, not timed.
#pragma once

#include <cstdint>
#include <span>

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

/// Items that a lane had accepted at `at` (ticks): between stamps by interpolation, behind the last
/// one at the rate of the last two, up to `taken`, which is all that it took in the end.
double count_at(std::span<const Stamp> stamps, std::uint64_t taken, std::uint64_t at);

/// What the speed of a slice is made from.
struct TimedPart {
  double items = 0, elapsed_ns = 0;  // both 0: the slice was too short to time
};

/// The window; but all of a slice that was cut before it had one: a stall must not go uncounted.
/// `whole_ns`: of the slice, lead-in and tail included. REQUIRES: no lane is in use.
TimedPart timed_part(const Window& window, double ns_per_tick, const LaneSetup& lanes,
                     double whole_ns);

}  // namespace handoff
