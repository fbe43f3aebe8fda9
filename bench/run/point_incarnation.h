// The cells of one point during one pass: opened together, parked between their slices, closed.
//
// A cell whose slices take much longer than the point's (one process per item, for example) would
// lengthen the blocks of all others. Such slow cells have blocks of their own, together with an
// anchor: the fastest of the other cells. Slow and other cells are compared through it
// (bench/stats/pairing.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/plan/slice_sizer.h"
#include "bench/results/record.h"
#include "bench/run/cell_process.h"
#include "bench/run/tick_rate.h"

namespace handoff {

/// What all incarnations of a run share.
struct Bench {
  const Plan& plan;
  TickRate tick_rate;
  std::vector<int> allowed_cpus;
  std::function<double()> elapsed_ns;     // since the run began
  std::function<void(const Json&)> emit;  // a journal line
};

/// What is learned about a strategy at a point over the incarnations of its cells. Cells of the
/// same strategy share it, so that identical code gets slices of the same length.
struct CellMemory {
  SliceSizer sizer;
  double slice_ns;
  std::uint64_t max_items;
};

/// One for each cell of a point, in their order. Of several cells of one strategy, all use that of
/// the first.
std::vector<CellMemory> cell_memories(const Plan& plan, const PointPlan& point);

/// A slice is cut short when it has taken kCutFactor times its intended length, but at least
/// kLeastCutNs.
inline constexpr double kCutFactor = 20, kLeastCutNs = 50e6;

/// The request that opens a cell; `seed`: of this incarnation's memory layout.
OpenRequest request_for(const Bench& bench, const PointPlan& point, const CellPlan& cell,
                        const CellMemory& memory, std::uint32_t seed);

class PointIncarnation {
 public:
  /// Opens every cell of the point that runs, has not failed yet and was not dropped.
  PointIncarnation(const Bench& bench, int point, int pass, const RunRecord& record,
                   std::vector<CellMemory>& memories);

  bool any_cell() const;
  /// A short slice of every cell, proved but not estimated (block -1 of the journal). Left out:
  /// cells known to be slow, and cells whose shortest slice is long enough to warm up in its
  /// lead-in.
  void warm_up();
  /// A block of the group whose turn it is: each group gets time in proportion to its cells.
  /// Written only when complete: after an interruption the incomplete block is discarded.
  void run_block();
  int blocks() const { return blocks_; }
  /// Whether every group has had its minimum of blocks: `fewest`, or kFewestSlowBlocks.
  bool has_fewest(int fewest) const;
  void close();

 private:
  struct Open {
    int cell;
    CellMemory* memory;                    // of its strategy
    std::unique_ptr<CellProcess> process;  // null: failed or closed
    double parked_cpu_ns = 0, parked_wall_ns = 0;
  };
  struct Group {
    std::vector<std::size_t> members;  // indexes of cells_; the anchor, if any, is the last
    std::size_t own = 0;               // members without the anchor
    double spent_ns = 0;
    int blocks = 0;
  };
  bool is_slow(const Open& open) const;
  bool is_alive(const Group& group) const;
  void form_groups();
  void run_group(int group, int block, const std::vector<std::size_t>& members);
  void fail(Open& open, const CellOutcome& outcome);

  const Bench& bench_;
  const PointPlan& point_;
  int point_index_, pass_;
  std::uint32_t slice_ = 0;
  std::vector<Open> cells_;
  std::vector<Group> groups_;  // formed after the warm-up
  int blocks_ = 0;
};

}  // namespace handoff
