// Whether lanes may use the CPU's counter as their clock, and how fast it runs.
#pragma once

#include "bench/interface/clock.h"

namespace handoff {

struct TickRate {
  TickSource source = TickSource::kClock;
  double ns_per_tick = 1;
};

/// The counter if the CPU reports that it is constant and never stops; its rate is measured against
/// CLOCK_MONOTONIC for 20 ms. Else CLOCK_MONOTONIC itself.
TickRate measure_tick_rate();

}  // namespace handoff
