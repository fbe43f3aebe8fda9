// Whether lanes may use the CPU's counter as their clock, and how fast it runs.
#pragma once

#include "bench/interface/clock.h"

namespace handoff {

struct TickRate {
  TickSource source = TickSource::kClock;
  double ns_per_tick = 1;
};

/// The counter where the kernel trusts it (constant, not stopping, shared by all CPUs), measured
/// against CLOCK_MONOTONIC for 20 ms; else CLOCK_MONOTONIC itself.
TickRate measure_tick_rate();

}  // namespace handoff
