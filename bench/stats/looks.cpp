#include "bench/stats/looks.h"

#include <cmath>

#include "bench/stats/standing.h"

namespace handoff {

std::vector<int> race_looks() { return {8, 16, 32, 64}; }

int looks_in_all(std::span<const int> looks) {
  return looks.empty() ? 1 : static_cast<int>(looks.size()) + 1;
}

double end_share(std::span<const int> looks) {
  return 1 - kLookShare * static_cast<double>(looks.size());
}

LookDecision race(const PointEstimate& estimate, double precision, double margin) {
  LookDecision decision;
  if (!estimate.leader) return decision;
  bool narrow = true;
  for (const PairEstimate& pair : estimate.pairs) {
    if (pair.to != *estimate.leader) continue;
    if (pair.verdict == PairVerdict::kSlower) {
      decision.drop.push_back(pair.cell);
      continue;
    }
    const double half_width = std::log(pair.within.hi / pair.within.lo) / 2;
    narrow = narrow && half_width <= std::log1p(precision);
  }
  decision.stop = narrow;
  decision.needs = needed_factor(estimate, margin);
  return decision;
}

}  // namespace handoff
