// What a point says in the end: a winner, or a set that is tied; and what it would take to say
// more.
#pragma once

#include <optional>
#include <vector>

#include "bench/stats/estimate.h"

namespace handoff {

/// Cell indexes. With a winner, every other candidate is slower for certain; else `tied` holds the
/// leader and every candidate that is not, the leader first, then by speed. Neither where nothing
/// was measured.
struct WinnerOrTie {
  std::optional<int> winner;
  std::vector<int> tied;
};

WinnerOrTie winner_or_tie(const PointEstimate& point);

/// How many times as many incarnations would decide an undecided pair, all else being as it was; at
/// least 1. Empty: no number would, since the pair lies so near to the margin that other runs
/// differ by more, or it depends on stalls. `margin` as in DecisionRule.
std::optional<double> needed_factor(const PairEstimate& pair, double margin);

/// The same for the point: of the pairs to its leader the one that needs most. 1 if all are
/// decided.
std::optional<double> needed_factor(const PointEstimate& point, double margin);

}  // namespace handoff
