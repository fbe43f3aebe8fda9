// Whether lanes may use the CPU's counter as their clock, and how fast it runs.
#pragma once

#include "bench/interface/clock.h"

namespace handoff {

struct TickRate {
  TickSource source = TickSource::kClock;
  double ns_per_tick = 1;
};

/// The counter where the CPU says that it is constant and does not stop, measured
/// against CLOCK_MONOTONIC for 20 ms; else CLOCK_MONOTONIC itself.
TickRate measure_tick_rate();

}  // namespace handoff
