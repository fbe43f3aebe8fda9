// Cells side by side: the slices of an incarnation by cell and block, and pairs taken from them.
//
// Two cells that share blocks in an incarnation are compared there. Two that share none (slow
// cells have blocks of their own, with a fast cell in them) are compared through an anchor, a third
// cell that shares blocks with both: A/anchor times anchor/B, both of that incarnation. That is
// exact for all time over all items, and for medians as far as the anchor's slices are distributed
// alike in both kinds of block. Without an anchor the incarnation says nothing about the pair.
//
// An incarnation that was cut short (the budget ended, the driver was killed) gives a noisier
// estimate than the others. With fewer than a quarter of the median number of blocks it does not
// enter, so that one torn block cannot set the width of the interval; unless fewer than eight were
// left.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "bench/stats/samples.h"

namespace handoff {

/// One incarnation, by cell and block. A second slice of a cell in a block adds to the first.
class IncarnationTable {
 public:
  /// Throws std::invalid_argument on a cell index outside 0 to cell_count - 1.
  IncarnationTable(const IncarnationSamples& samples, int cell_count);

  /// Of `cell`, by block: ns per item in timed windows (NaN where it has none), their time and
  /// items, and time and items of whole slices, timed or not (0 where it has none).
  std::span<const double> log_ns(int cell) const { return row(log_ns_, cell); }
  std::span<const double> elapsed_ns(int cell) const { return row(elapsed_ns_, cell); }
  std::span<const double> items(int cell) const { return row(items_, cell); }
  std::span<const double> whole_ns(int cell) const { return row(whole_ns_, cell); }
  std::span<const double> all_items(int cell) const { return row(all_items_, cell); }
  /// Blocks in which both have a timed slice.
  int shared_blocks(int a, int b) const { return shared_[index(a) * cells_ + index(b)]; }

 private:
  std::span<const double> row(const std::vector<double>& values, int cell) const;

  static std::size_t index(int cell) { return static_cast<std::size_t>(cell); }

  std::size_t cells_, blocks_;
  std::vector<double> log_ns_, elapsed_ns_, items_, whole_ns_,
      all_items_;            // [cell * blocks_ + block]
  std::vector<int> shared_;  // [cell * cells_ + cell]
};

/// The tables of all incarnations, in their order.
std::vector<IncarnationTable> incarnation_tables(const PointSamples& samples, int cell_count);

/// What one incarnation says of a pair, as log ratios of ns per item.
struct PairedLogs {
  double typical = 0;  // median over blocks
  double overall = 0;  // all time over all items, of the shared blocks
  int blocks = 0;      // shared; through an anchor: the lesser of the two
};

/// `a` over `b` in one incarnation: directly, else through the best of `anchors`.
std::optional<PairedLogs> pair_up(const IncarnationTable& table, int a, int b,
                                  std::span<const int> anchors);

/// One number for each incarnation that enters.
struct PairSeries {
  std::vector<double> typical, overall;  // logs, a over b
};

PairSeries pair_series(std::span<const IncarnationTable> tables, int a, int b,
                       std::span<const int> anchors);

/// The mean of `cell`'s series with each of `to`, over the incarnations in which all of them met
/// without an anchor: two cells of the same thing tell more of it than one.
PairSeries mean_series(std::span<const IncarnationTable> tables, int cell, std::span<const int> to);

/// By incarnation, whether it enters, given the number of blocks of each (0: never).
std::vector<bool> entering(const std::vector<int>& blocks);

}  // namespace handoff
