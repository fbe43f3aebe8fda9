// When a run may look at what it has, to measure less of what is clear and to stop where it is
// narrow enough.
//
// Each look at growing data is another chance of error. So looks are planned, few, and each spends
// an equal part of alpha (Bonferroni over looks, as over pairs: valid whatever their dependence).
// The end of the run is the last look, whenever it comes. Source: Jennison, Turnbull, Group
// Sequential Methods with Applications to Clinical Trials, 2000, chapter 2 (there with sharper
// bounds, for increments that are independent and normal; incarnations here need not be).
#pragma once

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

/// What a look leads to.
struct LookDecision {
  std::vector<int> drop;  // cells that are not measured further
  bool stop = false;      // the point is not visited again
};

/// Racing. A candidate that is slower than the leader for certain is measured no further. A point
/// stops when every other candidate is so, or its ratio to the leader is known to within
/// `precision` (a share, 0.01 for 1 %), as far as this run can tell.
LookDecision race(const PointEstimate& estimate, double precision);

}  // namespace handoff
