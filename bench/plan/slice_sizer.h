// How many items a slice gets, so that it lasts as long as its point wants: learned from the slices
// before, per cell, over all incarnations.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/interface/workload.h"
#include "bench/stats/quantile.h"

namespace handoff {

class SliceSizer {
 public:
  /// `kept`: most items that the strategy keeps. `item_ns`: about what an item takes, where that is
  /// known to be long; 0: nothing is known.
  SliceSizer(const Workload& workload, std::uint32_t kept, double slice_ns, std::uint64_t max_items,
             double item_ns = 0)
      : least_(least_items(workload, kept)),
        longest_(longest_items(workload, kept)),
        most_(max_items),
        slice_ns_(slice_ns) {
    if (item_ns > 0) recent_.push_back(item_ns);
  }

  /// Items of a slice however slow they are: some for each lane, enough for a window of 8 laps of
  /// what the strategy keeps behind a lead-in of one. So slow and fast ones are measured in the
  /// same regime: a queue that goes round, not one that fills or empties.
  static std::uint64_t least_items(const Workload& workload, std::uint32_t kept) {
    return std::max(few_items(workload), kLaps * kept);
  }
  /// The same where the queue fills and empties (learn_that_it_drifted).
  static std::uint64_t longest_items(const Workload& workload, std::uint32_t kept) {
    return std::max(few_items(workload), kMostLaps * kept);
  }

  /// The median of the last few slices decides: one stall must not halve the next slice.
  std::uint64_t items() const {
    if (!known()) return std::min(kFirst, most_);
    const double ns_per_item = std::max(item_ns(), 0.1);
    const auto fitting = static_cast<std::uint64_t>(slice_ns_ / ns_per_item);
    return std::clamp(fitting, std::min(least_, most_), most_);
  }

  /// Items of a slice that makes warm: `share` of items(), or all where the cell's speed is hardly
  /// known yet.
  std::uint64_t warm_up_items(double share) const {
    if (!settled_) return items();
    const auto part = static_cast<std::uint64_t>(static_cast<double>(items()) * share);
    return std::clamp(part, std::min(kFirst, items()), items());
  }
  bool known() const { return !recent_.empty(); }
  /// Whether a whole slice has been seen.
  bool settled() const { return settled_; }

  /// What an item takes, ns; 0 before anything is known.
  double item_ns() const { return known() ? median(recent_) : 0; }

  /// About how long the next slice takes; 0 before anything is known.
  double expected_ns() const { return item_ns() * static_cast<double>(items()); }
  /// How long the shortest slice worth running takes; 0 before anything is known.
  double shortest_ns() const { return item_ns() * static_cast<double>(least_); }

  /// A slice in which no window was found, since the queue filled or emptied. Once may be chance;
  /// where it is more than one slice in fifty the next ones are longer, until no filling makes a
  /// difference: a queue's worth is less than a twentieth of two fifths of them
  /// (bench/cell/window.h).
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
  /// The same of a warm-up slice: short and cold, it says nothing beside longer ones.
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
  static constexpr int kSlicesPerDrift = 50;  // so few: the slices are too short
  std::uint64_t least_, longest_, most_;
  double slice_ns_;
  std::vector<double> recent_;
  bool settled_ = false;
  int slices_ = 0, drifted_ = 0;  // of this length
};

}  // namespace handoff
