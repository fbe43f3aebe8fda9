// Searches for the smallest variant that still shows a failure. One value after the other is
// replaced by a simpler one, which is kept if the failure comes again within a few lives.
#pragma once

#include <cstdint>
#include <functional>

#include "bench/prove/life.h"
#include "bench/prove/variant.h"

namespace handoff {

/// A life that failed.
struct FailedLife {
  Variant variant;
  std::uint64_t seed = 0;
  Life life;
};

struct Smallest {
  FailedLife failed;
  bool again = false;  // whether the failure came again at all
  int tries = 0;       // lives
};

/// Variants with simpler values of one axis, the simplest first: fewer threads, 8 bytes, the usual
/// capacity, transfer and wait, no torment. `axis` is from 0 to kAxesToShrink - 1.
inline constexpr int kAxesToShrink = 6;
std::vector<Variant> simpler(const Variant& variant, int axis, int usable_cpus);

/// Runs one life of a variant with a seed, for so many seconds.
using LiveAgain = std::function<Life(const Variant&, std::uint64_t seed, double seconds)>;

/// First tries whether `first` comes again at all; then shrinks it for at most about `limit_s`. A
/// life that was cut off (Ctrl-C) ends the search.
Smallest shrink(const FailedLife& first, double limit_s, int usable_cpus, const LiveAgain& live);

}  // namespace handoff
