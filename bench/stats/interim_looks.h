// When a run may look at what it has, to measure less of what is clear and to stop where it is
// narrow enough.
//
// Each look at growing data is another chance of error. So looks are planned, few, and each spends
// its own part of alpha, together no more than the whole (Bonferroni over looks, as over pairs:
// valid whatever their dependence). The first spends most: with so few incarnations a smaller part
// would cost the most width, and what it decides costs no more time. The end of the run is the last
// look, whenever it comes, and spends what earlier ones have not. Source: Jennison, Turnbull, Group
// Sequential Methods with Applications to Clinical Trials, 2000, chapters 2 and 7 (there with
// sharper bounds, for increments that are independent and normal; incarnations here need not be).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "bench/stats/estimate.h"

namespace handoff {

inline constexpr int kMostLooks = 5;  // the end among them

/// Incarnations after which a point is looked at while the run goes on: doubling, from the fewest
/// that a verdict needs.
std::vector<int> race_looks();

/// The incarnations of `looks` and the end: how many parts alpha is spent in.
int looks_in_all(std::span<const int> looks);

/// Which of `looks` (ascending, at most four) so many incarnations came to last; -1: to none.
int last_look(std::span<const int> looks, int incarnations);

/// The part of alpha that a look (from 0) spends, and what is left for an end after so many
/// incarnations: all that earlier looks have not spent. A look at the very data of the end spends
/// nothing beside it.
double look_share(int look);
double end_share(std::span<const int> looks, int incarnations);

/// What a look leads to.
struct LookDecision {
  std::vector<int> drop;  // cells that are not measured further
  bool stop = false;      // the point is not visited again
  /// How many times as many incarnations would decide what is open; none: no number would.
  std::optional<double> needs = 1;
};

/// Racing. A candidate that is slower than the leader for certain is measured no further. A point
/// stops when every other candidate is so, or its ratio to the leader is known to within
/// `precision` (a share, 0.01 for 1 %), as far as this run can tell.
LookDecision race(const PointEstimate& estimate, double precision,
                  double margin = EstimateOptions{}.margin);

}  // namespace handoff
