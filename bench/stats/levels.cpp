#include "bench/stats/levels.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "bench/stats/quantile.h"

namespace handoff {
namespace {

constexpr double kLeastShare = 0.1;
constexpr double kLeastApart = 1.25;   // ratio of the levels
constexpr double kLeastAshman = 3;     // distance in spreads
constexpr double kMostBetween = 0.15;  // in the middle third, over the smaller group
constexpr double kExplains = 0.9;      // of the area under the curve, or of an incarnation's slices
constexpr double kFollows = 0.8;       // area under the curve: another cell is slow with this one

using Slices = std::span<const LevelSlice>;

/// The number of slices in the lower group of the best split; `slices` are sorted.
std::size_t best_split(Slices slices) {
  double total = 0;
  for (const LevelSlice& slice : slices) total += slice.log_ns;
  const auto n = static_cast<double>(slices.size());
  const auto least = static_cast<std::size_t>(std::ceil(kLeastShare * n));
  double below = 0, best = -1;
  std::size_t split = 0;
  for (std::size_t i = 0; i + least < slices.size(); ++i) {
    below += slices[i].log_ns;
    const auto count = static_cast<double>(i + 1);
    if (i + 1 < least) continue;
    const double apart = below / count - (total - below) / (n - count);
    const double between = count * (n - count) * apart * apart;
    if (between > best) {
      best = between;
      split = i + 1;
    }
  }
  return split;
}

struct Group {
  double middle = 0, spread = 0;
};

Group group_of(Slices slices) {
  std::vector<double> logs, deviations;
  for (const LevelSlice& slice : slices) logs.push_back(slice.log_ns);
  Group group;
  group.middle = median(logs);
  for (const double log : logs) deviations.push_back(std::abs(log - group.middle));
  constexpr double kOfNormal = 1.4826;  // standard deviation over median absolute deviation
  group.spread = kOfNormal * median(deviations);
  return group;
}

bool clear(Slices slices, std::size_t split, const Group& low, const Group& high) {
  const double apart = high.middle - low.middle;
  if (apart < std::log(kLeastApart)) return false;
  const double spread = std::sqrt((low.spread * low.spread + high.spread * high.spread) / 2);
  if (apart < kLeastAshman * spread) return false;
  const double from = low.middle + apart / 3, to = high.middle - apart / 3;
  const auto between = std::count_if(slices.begin(), slices.end(), [&](const LevelSlice& slice) {
    return slice.log_ns > from && slice.log_ns < to;
  });
  const std::size_t smaller = std::min(split, slices.size() - split);
  return static_cast<double>(between) <= kMostBetween * static_cast<double>(smaller);
}

std::vector<double> floors_of(Slices slices) {
  std::vector<double> floors;
  for (const LevelSlice& slice : slices) {
    if (std::isfinite(slice.floor_log_ns)) floors.push_back(slice.floor_log_ns);
  }
  return floors;
}

/// The share of pairs, one of each, in which the second is larger: area under the ROC curve.
double share_above(std::vector<double> first, const std::vector<double>& second) {
  std::sort(first.begin(), first.end());
  double below = 0;
  for (const double value : second) {
    below +=
        static_cast<double>(std::lower_bound(first.begin(), first.end(), value) - first.begin());
  }
  return below / (static_cast<double>(first.size()) * static_cast<double>(second.size()));
}

/// The incarnations in which most slices are in `high`; empty if they do not keep to one level.
std::optional<std::set<int>> slow_incarnations(Slices low, Slices high) {
  std::map<int, std::pair<double, double>> counts;
  for (const LevelSlice& slice : low) counts[slice.incarnation].first += 1;
  for (const LevelSlice& slice : high) counts[slice.incarnation].second += 1;
  double in_majority = 0;
  std::set<int> slow;
  for (const auto& [incarnation, count] : counts) {
    in_majority += std::max(count.first, count.second);
    if (count.second > count.first) slow.insert(incarnation);
  }
  const bool keep =
      counts.size() > 2 && in_majority >= kExplains * static_cast<double>(low.size() + high.size());
  return keep ? std::optional(slow) : std::nullopt;
}

/// Whether the cell is slow in the incarnations of `slow` as well; empty: it was not there.
std::optional<bool> follows(const std::vector<IncarnationLevel>& cell, const std::set<int>& slow) {
  std::vector<double> quick_logs, slow_logs;
  for (const IncarnationLevel& level : cell) {
    (slow.contains(level.incarnation) ? slow_logs : quick_logs).push_back(level.log_ns);
  }
  if (quick_logs.empty() || slow_logs.empty()) return std::nullopt;
  return share_above(quick_logs, slow_logs) >= kFollows;
}

LevelCause cause_by(const std::set<int>& slow,
                    std::span<const std::vector<IncarnationLevel>> others) {
  int seen = 0, following = 0;
  for (const std::vector<IncarnationLevel>& cell : others) {
    const std::optional<bool> found = follows(cell, slow);
    if (!found) continue;
    ++seen;
    following += *found ? 1 : 0;
  }
  if (seen == 0) return LevelCause::kLifetime;
  return 2 * following > seen ? LevelCause::kMachine : LevelCause::kLayout;
}

}  // namespace

std::optional<Levels> find_levels(Slices given,
                                  std::span<const std::vector<IncarnationLevel>> others) {
  if (given.size() < kFewestForLevels) return std::nullopt;
  std::vector<LevelSlice> slices(given.begin(), given.end());
  std::sort(slices.begin(), slices.end(),
            [](const LevelSlice& a, const LevelSlice& b) { return a.log_ns < b.log_ns; });
  const std::size_t split = best_split(slices);
  const Slices low = Slices(slices).first(split), high = Slices(slices).subspan(split);
  const Group below = group_of(low), above = group_of(high);
  if (!clear(slices, split, below, above)) return std::nullopt;
  Levels levels;
  levels.low_ns = std::exp(below.middle);
  levels.high_ns = std::exp(above.middle);
  levels.low_share = static_cast<double>(split) / static_cast<double>(slices.size());
  const std::vector<double> floors_low = floors_of(low), floors_high = floors_of(high);
  if (2 * floors_low.size() > low.size() && 2 * floors_high.size() > high.size() &&
      share_above(floors_low, floors_high) >= kExplains) {
    levels.cause = LevelCause::kFloor;
    levels.floor_low_ns = std::exp(median(floors_low));
    levels.floor_high_ns = std::exp(median(floors_high));
  } else if (const auto slow = slow_incarnations(low, high)) {
    levels.cause = cause_by(*slow, others);
  }
  return levels;
}

}  // namespace handoff
