// What a run has measured so far. Filled only from journal lines, new ones or lines read back, so
// that a resumed run cannot differ from an uninterrupted one.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/cell/protocol.h"
#include "bench/cell/verdict.h"
#include "bench/plan/plan.h"
#include "bench/stats/samples.h"

namespace handoff {

/// Sums over all slices of a cell, warm-up left out.
struct CellRecord {
  CellOutcome outcome;  // keeps the first failure
  double items = 0, proved_items = 0;
  double life_items = 0;          // proved in the incarnation that is alive, warm-up included
  double longest_life_items = 0;  // of incarnations that ended in order
  double cpu_ns = 0, voluntary = 0, involuntary = 0, run_delay_ns = 0;
  bool run_delay_known = true;
  int slices = 0;
  int untimed = 0;  // slices without a window in which the queue kept its fill level
  std::vector<double> slowest_shares, fastest_shares;
  std::vector<double> under_way;  // items, at the ends of each timed window
  double parked_cpu_share_sum = 0, peak_memory_bytes = 0;
  std::uint64_t missed_wakeups = 0;  // warm-up included
  int closed = 0;                    // incarnations that ended in order
  bool bound = false;
  std::string note;
  int twin = -1;  // of a control: the cell that it repeats; -1: not chosen yet
  /// Incarnations after which a look dropped the cell because it was clearly slower; 0: not
  /// dropped.
  int dropped_after = 0;
};

/// Whether so many slices could not be timed that the others are no fair sample: more than 2 %, not
/// counting the first two, after which slices get longer (slice_sizer.h).
bool hardly_timed(const CellRecord& cell);

struct PointRecord {
  PointSamples samples;  // by pass; passes without blocks are empty
  std::vector<CellRecord> cells;
  std::set<int> passes_done;
  int blocks = 0;
  bool stopped = false;  // by a look: not visited again
  /// Estimate of the last look: how many times as many incarnations would decide the point; none if
  /// no number would.
  std::optional<double> needs = 1;

  /// An interrupted pass becomes an incarnation of its own; a new pass is made under its number.
  void set_aside_unfinished();
};

class RunRecord {
 public:
  explicit RunRecord(const Plan& plan);

  /// Takes one line of the journal; types it does not know are ignored.
  void add(const Json& line);

  const PointRecord& point(int index) const { return points_[static_cast<std::size_t>(index)]; }
  const std::vector<double>& steal_shares() const { return steal_shares_; }
  const std::vector<double>& load_averages() const { return load_averages_; }
  double spent_s() const { return spent_s_; }
  const std::string& status() const { return status_; }
  int exit_status() const { return exit_; }
  bool any_failure() const;

  /// Names of the numbers of a slice in `block` lines, in their order.
  static const std::vector<std::string>& slice_columns();
  static Json slice_row(int cell, double start_ns, const SliceReply& reply);

 private:
  void add_block(const Json& line);

  std::vector<PointRecord> points_;
  std::vector<double> steal_shares_, load_averages_;
  double spent_s_ = 0;
  std::string status_ = "running";
  int exit_ = 1;
};

}  // namespace handoff
