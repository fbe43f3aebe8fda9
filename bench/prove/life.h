// One life of a strategy at a variant: a cell that is opened, run slice after slice and closed,
// every item of it proved. Nothing is timed.
//
// Slices have random lengths, all magnitudes alike, up to four times as long from one to the next:
// so there are many ends and beginnings, and most items are in slices of millions. The sequence of
// lengths, the delays and the layout are functions of the seed; how the threads meet is not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/cell/verdict.h"
#include "bench/interface/registry.h"
#include "bench/prove/variant.h"
#include "bench/run/tick_rate.h"

namespace handoff {

/// What a life is like beside its variant.
struct LifePlan {
  const Descriptor& strategy;
  std::string plugin;  // the file that holds it; empty: the program does
  Variant variant;
  std::uint64_t seed = 0;
  double seconds = 0;  // from its opening to the end of its last slice
};

struct LifeSurroundings {
  TickRate tick_rate;
  std::vector<int> cpus;  // that may be used
  double timeout_s = 10;
};

struct Life {
  CellOutcome outcome;      // the first that was not good
  bool whole = false;       // it was not cut off by Ctrl-C, and ended as it should
  std::uint64_t items = 0;  // proved
  std::uint64_t slices = 0;
  std::uint64_t missed_wakeups = 0;
  double took_s = 0;     // opening, slices and closing
  double at_work_s = 0;  // without the patience with a cell that hung
};

/// The seed of life number `life` of a sequence; the first has the seed of the whole.
std::uint64_t life_seed(std::uint64_t seed, std::uint64_t life);

/// Throws std::system_error where no process can be made.
Life live(const LifePlan& plan, const LifeSurroundings& surroundings);

}  // namespace handoff
