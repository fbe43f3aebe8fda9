#include "bench/stats/pairing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/stats/quantile.h"

namespace handoff {
namespace {

constexpr std::ptrdiff_t kEnough = 8;  // incarnations that a verdict needs

PairedLogs pair_directly(const IncarnationTable& table, int a, int b) {
  const auto log_a = table.log_ns(a), log_b = table.log_ns(b);
  const auto ns_a = table.whole_ns(a), ns_b = table.whole_ns(b);
  const auto items_a = table.all_items(a), items_b = table.all_items(b);
  std::vector<double> differences;
  differences.reserve(log_a.size());
  double sum_ns_a = 0, sum_ns_b = 0, sum_items_a = 0, sum_items_b = 0;
  for (std::size_t block = 0; block < log_a.size(); ++block) {
    const double difference = log_a[block] - log_b[block];
    if (!std::isnan(difference)) differences.push_back(difference);
    if (items_a[block] == 0 || items_b[block] == 0) continue;
    sum_ns_a += ns_a[block];
    sum_ns_b += ns_b[block];
    sum_items_a += items_a[block];
    sum_items_b += items_b[block];
  }
  PairedLogs logs;
  logs.blocks = static_cast<int>(differences.size());
  logs.typical = median(std::move(differences));
  logs.overall = std::log(sum_ns_a / sum_items_a) - std::log(sum_ns_b / sum_items_b);
  return logs;
}

bool usable(double ns, double items) {
  return std::isfinite(ns) && ns > 0 && std::isfinite(items) && items > 0;
}

PairSeries series_of(const std::vector<PairedLogs>& logs, const std::vector<int>& blocks) {
  const std::vector<bool> enters = entering(blocks);
  PairSeries series;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    if (!enters[i]) continue;
    series.typical.push_back(logs[i].typical);
    series.overall.push_back(logs[i].overall);
  }
  return series;
}

}  // namespace

IncarnationTable::IncarnationTable(const IncarnationSamples& samples, int cell_count)
    : cells_(index(cell_count)),
      blocks_(samples.size()),
      log_ns_(blocks_ * cells_, std::numeric_limits<double>::quiet_NaN()),
      elapsed_ns_(blocks_ * cells_, 0),
      items_(blocks_ * cells_, 0),
      whole_ns_(blocks_ * cells_, 0),
      all_items_(blocks_ * cells_, 0),
      shared_(cells_ * cells_, 0) {
  std::vector<std::size_t> present;
  for (std::size_t block = 0; block < blocks_; ++block) {
    present.clear();
    for (const SliceSample& slice : samples[block]) {
      if (slice.cell < 0 || slice.cell >= cell_count) {
        throw std::invalid_argument("a slice names cell " + std::to_string(slice.cell) +
                                    " of a point with " + std::to_string(cell_count) +
                                    " cells; the journal does not fit its plan");
      }
      const std::size_t at = index(slice.cell) * blocks_ + block;
      const bool timed = usable(slice.elapsed_ns, slice.items);
      if (usable(slice.whole_ns, slice.all_items)) {
        whole_ns_[at] += slice.whole_ns;
        all_items_[at] += slice.all_items;
      } else if (timed) {
        whole_ns_[at] += slice.elapsed_ns;
        all_items_[at] += slice.items;
      }
      if (!timed) continue;
      if (items_[at] == 0) present.push_back(index(slice.cell));
      elapsed_ns_[at] += slice.elapsed_ns;
      items_[at] += slice.items;
      log_ns_[at] = std::log(elapsed_ns_[at] / items_[at]);
    }
    for (const std::size_t a : present) {
      for (const std::size_t b : present) ++shared_[a * cells_ + b];
    }
  }
}

std::span<const double> IncarnationTable::row(const std::vector<double>& values, int cell) const {
  return std::span(values).subspan(index(cell) * blocks_, blocks_);
}

std::vector<IncarnationTable> incarnation_tables(const PointSamples& samples, int cell_count) {
  std::vector<IncarnationTable> tables;
  tables.reserve(samples.size());
  for (const IncarnationSamples& incarnation : samples) {
    tables.emplace_back(incarnation, cell_count);
  }
  return tables;
}

std::optional<PairedLogs> pair_up(const IncarnationTable& table, int a, int b,
                                  std::span<const int> anchors) {
  if (table.shared_blocks(a, b) > 0) return pair_directly(table, a, b);
  int most = 0, best = -1;
  for (const int anchor : anchors) {
    const int blocks = std::min(table.shared_blocks(a, anchor), table.shared_blocks(anchor, b));
    if (blocks > most) {
      most = blocks;
      best = anchor;
    }
  }
  if (most == 0) return std::nullopt;
  const PairedLogs first = pair_directly(table, a, best);
  const PairedLogs second = pair_directly(table, best, b);
  return PairedLogs{first.typical + second.typical, first.overall + second.overall, most};
}

PairSeries pair_series(std::span<const IncarnationTable> tables, int a, int b,
                       std::span<const int> anchors) {
  std::vector<PairedLogs> logs;
  std::vector<int> blocks;
  for (const IncarnationTable& table : tables) {
    logs.push_back(pair_up(table, a, b, anchors).value_or(PairedLogs{}));
    blocks.push_back(logs.back().blocks);
  }
  return series_of(logs, blocks);
}

PairSeries mean_series(std::span<const IncarnationTable> tables, int cell,
                       std::span<const int> to) {
  std::vector<PairedLogs> means;
  std::vector<int> blocks;
  for (const IncarnationTable& table : tables) {
    PairedLogs mean{0, 0, std::numeric_limits<int>::max()};
    for (const int other : to) {
      const PairedLogs logs = pair_up(table, cell, other, {}).value_or(PairedLogs{});
      mean.typical += logs.typical / static_cast<double>(to.size());
      mean.overall += logs.overall / static_cast<double>(to.size());
      mean.blocks = std::min(mean.blocks, logs.blocks);
    }
    means.push_back(mean);
    blocks.push_back(mean.blocks);
  }
  return series_of(means, blocks);
}

std::vector<bool> entering(const std::vector<int>& blocks) {
  std::vector<double> measured;
  for (const int count : blocks) {
    if (count > 0) measured.push_back(count);
  }
  const double least = measured.empty() ? 0 : median(measured) / 4;
  std::vector<bool> enters;
  for (const int count : blocks) enters.push_back(count > 0 && count >= least);
  // A short one is better than no verdict at all.
  const bool enough = std::count(enters.begin(), enters.end(), true) >= kEnough;
  if (enough || std::ssize(measured) < kEnough) return enters;
  for (std::size_t i = 0; i < blocks.size(); ++i) enters[i] = blocks[i] > 0;
  return enters;
}

}  // namespace handoff
