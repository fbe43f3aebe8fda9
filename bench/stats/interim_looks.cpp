#include "bench/stats/interim_looks.h"

#include <algorithm>
#include <cmath>

#include "bench/stats/winner.h"

namespace handoff {

namespace {
constexpr double kShares[kMostLooks - 1] = {1.0 / 2, 1.0 / 8, 1.0 / 16, 1.0 / 16};  // 1/4 is left
}  // namespace

std::vector<int> race_looks() { return {8, 16, 32, 64}; }

int looks_in_all(std::span<const int> looks) {
  return looks.empty() ? 1 : static_cast<int>(looks.size()) + 1;
}

int last_look(std::span<const int> looks, int incarnations) {
  const auto after = std::upper_bound(looks.begin(), looks.end(), incarnations);
  return static_cast<int>(after - looks.begin()) - 1;
}

double look_share(int look) { return kShares[look]; }

double end_share(std::span<const int> looks, int incarnations) {
  double left = 1;
  for (int look = last_look(looks, incarnations - 1); look >= 0; --look) left -= look_share(look);
  return left;
}

LookDecision race(const PointEstimate& estimate, double precision, double margin) {
  LookDecision decision;
  if (!estimate.leader) return decision;
  bool narrow = true;
  for (const PairEstimate& pair : estimate.pairs) {
    if (pair.to != *estimate.leader || pair.closed) continue;
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
