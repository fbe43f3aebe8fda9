// The timed span of a slice: a window inside a running stream, between two marks of producers.
//
// It begins when the lead-in is over (all producers awake, a share of the items accepted) and ends
// when the first producer finds nothing left, or before: all through it producers produce and
// consumers consume. Lead-in and tail are proved, not timed. Both ends are moments at which a
// producer drew, and the longest span is taken at whose ends equally many items were under way: a
// queue that fills up, or empties, is another experiment.
#pragma once

#include <cstdint>
#include <span>

#include "bench/cell/lane_setup.h"
#include "bench/interface/workload.h"

namespace handoff {

struct Window {
  std::uint64_t begin_ticks = 0, end_ticks = 0;
  double items = 0;          // accepted inside, all lanes; 0: there is no window
  double drift = 0;          // items under way at its end less those at its begin, share of `items`
  double under_way = 0;      // items under way, mean of both ends
  double slowest_share = 1;  // of the slowest lane, times the number of lanes
  double fastest_share = 1;
};

/// The largest drift of a window that is timed.
inline constexpr double kMostDrift = 0.05;

/// REQUIRES: no lane is in use.
Window timed_window(const LaneSetup& lanes, const Workload& workload);
/// The same from `marks`, in their order; `last_start`: when the last producer began (ticks).
Window window_between(std::span<const MarkReading> marks, std::uint64_t issued,
                      std::uint64_t last_start, std::uint32_t capacity);

/// What the speed of a slice is made from.
struct TimedPart {
  double items = 0, elapsed_ns = 0;  // both 0: the slice has no window, or one that drifts
};

/// The window; but all of a slice that was cut before it had one: a stall must not go uncounted.
/// `whole_ns`: of the slice, lead-in and tail included. REQUIRES: no lane is in use.
TimedPart timed_part(const Window& window, double ns_per_tick, const LaneSetup& lanes,
                     double whole_ns);

}  // namespace handoff
