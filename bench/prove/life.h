// One life of a strategy at a variant: a cell is opened, runs slice after slice, and is closed.
// Every item is proved; nothing is timed.
//
// The lengths of slices are random, uniform on a logarithmic scale; the longest length grows by up
// to a factor of four per slice. So there are many starts and ends of slices, and most items are in
// slices of millions. The lengths, the delays and the memory layout depend only on the seed; the
// timing of the threads does not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/cell/verdict.h"
#include "bench/interface/registry.h"
#include "bench/prove/variant.h"
#include "bench/run/tick_rate.h"

namespace handoff {

/// The strategy, the variant and the other parameters of a life.
struct LifePlan {
  const Descriptor& strategy;
  std::string plugin;  // the file that holds it; empty: the program does
  Variant variant;
  std::uint64_t seed = 0;
  double seconds = 0;  // from opening the cell to the end of the last slice
};

struct LifeSurroundings {
  TickRate tick_rate;
  std::vector<int> cpus;  // those that may be used
  double timeout_s = 10;
};

struct Life {
  CellOutcome outcome;      // the first failure, if any
  bool whole = false;       // it ended in order and was not cut off by Ctrl-C
  std::uint64_t items = 0;  // proved
  std::uint64_t slices = 0;
  std::uint64_t missed_wakeups = 0;
  double took_s = 0;     // opening, slices and closing
  double at_work_s = 0;  // without the timeout that passed before a cell was called hung
};

/// The seed of life number `life` of a sequence; that of life 0 is `seed` itself.
std::uint64_t life_seed(std::uint64_t seed, std::uint64_t life);

/// Runs one life. Throws std::system_error if no process can be started.
Life live(const LifePlan& plan, const LifeSurroundings& surroundings);

}  // namespace handoff
