#include "bench/stats/leader.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "bench/stats/cell.h"

namespace handoff {
namespace {

double log_typical(std::span<const IncarnationTable> tables, int cell) {
  const auto estimate = estimate_cell(tables, cell, 0.95);
  return estimate ? std::log(estimate->typical_ns.value) : std::numeric_limits<double>::infinity();
}

// Log ratio of a over b.
double difference(std::span<const IncarnationTable> tables, int a, int b,
                  std::span<const int> anchors) {
  const std::vector<double> logs = pair_series(tables, a, b, anchors).typical;
  if (logs.empty()) return log_typical(tables, a) - log_typical(tables, b);
  return std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size());
}

}  // namespace

std::optional<int> choose_leader(std::span<const IncarnationTable> tables,
                                 std::span<const int> candidates, std::span<const int> anchors) {
  std::vector<double> worst(candidates.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    for (std::size_t j = i + 1; j < candidates.size(); ++j) {
      const double log_ratio = difference(tables, candidates[i], candidates[j], anchors);
      worst[i] = std::max(worst[i], log_ratio);
      worst[j] = std::max(worst[j], -log_ratio);
    }
  }
  const auto best = std::min_element(worst.begin(), worst.end());
  if (best == worst.end()) return std::nullopt;
  return candidates[static_cast<std::size_t>(best - worst.begin())];
}

}  // namespace handoff
