// What may be said of a pair, given its two intervals.
//
// | verdict | when |
// | --- | --- |
// | faster, slower | typical lies wholly beyond the margin, and overall is on the same side of 1 |
// | equivalent | typical lies wholly within the margin, and overall not wholly beyond it |
// | depends on stalls | typical alone would be decided, overall contradicts |
// | undecided | all else, and fewer than the least number of incarnations |
//
// An interval that excludes 1 but reaches into the margin is undecided: the sign is known, whether
// the difference matters is not. Within the margin 1/(1+m) to 1+m; ratios above 1 are slower.
#pragma once

#include <cstdint>
#include <string_view>

#include "bench/stats/interval.h"

namespace handoff {

enum class PairVerdict : std::uint8_t {
  kFaster,
  kSlower,
  kEquivalent,
  kUndecided,
  kDependsOnStalls
};

/// As in result files: "faster", …, "depends on stalls".
std::string_view name(PairVerdict verdict);

/// What it takes to say something.
struct DecisionRule {
  double margin = 0.02;      // half-width of equivalence, as a share
  int min_incarnations = 8;  // fewer never decide
};

/// `typical`, `overall`: ratios with simultaneous intervals, from `incarnations` incarnations.
PairVerdict decide(const Interval& typical, const Interval& overall, int incarnations,
                   const DecisionRule& rule = {});

}  // namespace handoff
