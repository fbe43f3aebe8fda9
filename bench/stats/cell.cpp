#include "bench/stats/cell.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "bench/stats/quantile.h"

namespace handoff {

std::optional<CellEstimate> estimate_cell(std::span<const IncarnationTable> tables, int cell,
                                          double confidence) {
  CellEstimate estimate;
  std::vector<double> medians, whole, all, elapsed, items;
  std::vector<int> slices;
  for (const IncarnationTable& table : tables) {
    std::vector<double> logs;
    for (const double log : table.log_ns(cell)) {
      if (!std::isnan(log)) logs.push_back(log);
    }
    if (logs.empty()) continue;
    slices.push_back(static_cast<int>(logs.size()));
    medians.push_back(median(std::move(logs)));
    const auto sum = [](std::span<const double> values) {
      return std::accumulate(values.begin(), values.end(), 0.0);
    };
    whole.push_back(sum(table.whole_ns(cell)));
    all.push_back(sum(table.all_items(cell)));
    elapsed.push_back(sum(table.elapsed_ns(cell)));
    items.push_back(sum(table.items(cell)));
  }
  if (slices.empty()) return std::nullopt;
  const std::vector<bool> enters = entering(slices);
  std::vector<double> entered;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    if (enters[i]) entered.push_back(medians[i]);
  }
  estimate.typical_ns = geometric_mean(entered, confidence);
  estimate.overall_ns = pooled_ratio(whole, all, confidence);
  const double timed_ns = pooled_ratio(elapsed, items, confidence).value;
  estimate.stall_share = std::max(0.0, 1 - estimate.typical_ns.value / timed_ns);
  estimate.slices = std::accumulate(slices.begin(), slices.end(), 0);
  estimate.incarnations = static_cast<int>(slices.size());
  return estimate;
}

}  // namespace handoff
