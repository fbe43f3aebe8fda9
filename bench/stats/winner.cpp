#include "bench/stats/winner.h"

#include <algorithm>
#include <cmath>

#include "bench/stats/distributions.h"

namespace handoff {

namespace {
/// Of the pair's confidence, with `factor` times as many incarnations.
double t_quantile(const PairEstimate& pair, double factor) {
  const double repetitions =
      std::clamp(factor * pair.incarnations, 2.0, static_cast<double>(kMostBatches));
  return student_t_above((1 - pair.confidence) / 2, repetitions - 1);
}
}  // namespace

WinnerOrTie winner_or_tie(const PointEstimate& point) {
  WinnerOrTie result;
  if (!point.leader) return result;
  std::vector<PairEstimate> beside;
  for (const PairEstimate& pair : point.pairs) {
    if (pair.to == *point.leader && pair.verdict != PairVerdict::kSlower) beside.push_back(pair);
  }
  std::stable_sort(beside.begin(), beside.end(),
                   [](const auto& a, const auto& b) { return a.typical.value < b.typical.value; });
  result.tied.push_back(*point.leader);
  for (const PairEstimate& pair : beside) result.tied.push_back(pair.cell);
  if (result.tied.size() == 1) {
    result.winner = point.leader;
    result.tied.clear();
  }
  return result;
}

std::optional<double> needed_factor(const PairEstimate& pair, double margin) {
  if (pair.verdict == PairVerdict::kDependsOnStalls) return std::nullopt;
  if (pair.verdict != PairVerdict::kUndecided) return 1;
  const auto half = [](const Interval& ratio) { return std::log(ratio.hi / ratio.lo) / 2; };
  const double whole = half(pair.typical), within = half(pair.within);
  const double distance = std::abs(std::abs(std::log(pair.typical.value)) - std::log1p(margin));
  // What is added for other runs does not shrink.
  const double room = distance * distance - std::max(whole * whole - within * within, 0.0);
  if (!std::isfinite(within) || !(room > 0)) return std::nullopt;
  // With more of them Student's t is smaller, too.
  const auto quantile = [&](double factor) { return t_quantile(pair, factor); };
  double factor = 1;
  for (int step = 0; step < 10; ++step) {
    const double shrunk = within * quantile(factor) / quantile(1);
    factor = std::max(shrunk * shrunk / room, 1.0);
  }
  return factor;
}

std::optional<double> needed_factor(const PointEstimate& point, double margin) {
  double most = 1;
  for (const PairEstimate& pair : point.pairs) {
    if (pair.to != point.leader || pair.closed) continue;
    const std::optional<double> factor = needed_factor(pair, margin);
    if (!factor) return std::nullopt;
    most = std::max(most, *factor);
  }
  return most;
}

}  // namespace handoff
