// How many items a slice gets, so that it lasts as long as its point intends. Learned from earlier
// slices, per cell, over all incarnations.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/interface/workload.h"
#include "bench/stats/quantile.h"

namespace handoff {

class SliceSizer {
 public:
  /// `kept`: the most items that the strategy can hold. `item_ns`: rough time per item if that is
  /// known to be long; 0: not known.
  SliceSizer(const Workload& workload, std::uint32_t kept, double slice_ns, std::uint64_t max_items,
             double item_ns = 0)
      : least_(least_items(workload, kept)),
        longest_(longest_items(workload, kept)),
        most_(max_items),
        slice_ns_(slice_ns) {
    if (item_ns > 0) recent_.push_back(item_ns);
  }

  /// The fewest items of a slice, however slow: a few for each lane, and 9 times what the strategy
  /// can hold (a lead-in of once, a window of 8 times). So slow and fast strategies are both
  /// measured with a steady flow of items, not while the queue fills or empties.
  static std::uint64_t least_items(const Workload& workload, std::uint32_t kept) {
    return std::max(few_items(workload), kLaps * kept);
  }
  /// The limit to which learn_that_it_drifted() may raise least_items().
  static std::uint64_t longest_items(const Workload& workload, std::uint32_t kept) {
    return std::max(few_items(workload), kMostLaps * kept);
  }

  /// Items of the next slice. Uses the median of the last few slices, so that a single stall does
  /// not shorten the next slice.
  std::uint64_t items() const {
    if (!known()) return std::min(kFirst, most_);
    const double ns_per_item = std::max(item_ns(), 0.1);
    const auto fitting = static_cast<std::uint64_t>(slice_ns_ / ns_per_item);
    return std::clamp(fitting, std::min(least_, most_), most_);
  }

  /// Items of a warm-up slice: `share` of items(), or all while the cell's speed is not well known.
  std::uint64_t warm_up_items(double share) const {
    if (!settled_) return items();
    const auto part = static_cast<std::uint64_t>(static_cast<double>(items()) * share);
    return std::clamp(part, std::min(kFirst, items()), items());
  }
  bool known() const { return !recent_.empty(); }
  /// Whether a slice that was no warm-up has been seen.
  bool settled() const { return settled_; }

  /// Time per item, ns; 0 before anything is known.
  double item_ns() const { return known() ? median(recent_) : 0; }

  /// About how long the next slice takes; 0 before anything is known.
  double expected_ns() const { return item_ns() * static_cast<double>(items()); }
  /// How long the shortest slice worth running takes; 0 before anything is known.
  double shortest_ns() const { return item_ns() * static_cast<double>(least_); }

  /// Reports a slice without a timed window, because the queue filled or emptied. If that happens
  /// in more than one slice of fifty, further slices are three times as long, up to a limit at
  /// which the fill level cannot matter: there the queue holds less than 5 % of the items of the
  /// shortest window (bench/cell/window.h).
  void learn_that_it_drifted() {
    if (++drifted_ < 2 || kSlicesPerDrift * drifted_ < slices_) return;
    least_ = std::min(3 * least_, longest_);
    drifted_ = slices_ = 0;
  }
  /// `whole_ns`: of the slice, lead-in and tail included.
  void learn(double whole_ns, double items) {
    settled_ = true;
    ++slices_;
    remember(whole_ns, items);
  }
  /// The same for a warm-up slice. It is short and cold, so it is ignored once longer ones are
  /// known.
  void learn_from_warm_up(double whole_ns, double items) {
    if (!settled_) remember(whole_ns, items);
  }

 private:
  static std::uint64_t few_items(const Workload& workload) {
    return 2 * (std::uint64_t{workload.producers} + workload.consumers) + 14;
  }
  void remember(double whole_ns, double items) {
    if (items <= 0) return;
    if (recent_.size() == kRemembered) recent_.erase(recent_.begin());
    recent_.push_back(whole_ns / items);
  }

  static constexpr std::uint64_t kFirst = 512, kLaps = 9, kMostLaps = 6 * kLaps;
  static constexpr std::size_t kRemembered = 7;
  static constexpr int kSlicesPerDrift = 50;  // with fewer slices per drift, they are too short
  std::uint64_t least_, longest_, most_;
  double slice_ns_;
  std::vector<double> recent_;
  bool settled_ = false;
  int slices_ = 0, drifted_ = 0;  // of this length
};

}  // namespace handoff
