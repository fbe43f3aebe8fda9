// The cells of one point during one pass: opened together, parked between their slices, closed.
//
// A cell whose slices take much longer than the point's (a process for each item, say) would
// stretch the blocks of all others. Such slow cells have blocks of their own, together with an
// anchor: the fastest of the others. Statistics pair them through it (bench/stats/pairing.h).
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

/// What is learned about a strategy at a point over the incarnations of its cells. Cells of one
/// strategy learn together: identical code gets identical slices.
struct CellMemory {
  SliceSizer sizer;
  double slice_ns;
  std::uint64_t max_items;
};

/// By cell of a point, in their order. Only the first of several cells of one strategy uses its
/// own.
std::vector<CellMemory> cell_memories(const Plan& plan, const PointPlan& point);

/// A slice that takes so many times its length, or so long at least, is cut short.
inline constexpr double kCutFactor = 20, kLeastCutNs = 50e6;

/// What a cell is asked to open with; `seed`: of this incarnation's layout.
OpenRequest request_for(const Bench& bench, const PointPlan& point, const CellPlan& cell,
                        const CellMemory& memory, std::uint32_t seed);

class PointIncarnation {
 public:
  /// Opens every cell of the point that runs, has not failed yet and was not dropped.
  PointIncarnation(const Bench& bench, int point, int pass, const RunRecord& record,
                   std::vector<CellMemory>& memories);

  bool any_cell() const;
  /// A short slice of every cell, proved but not estimated (block -1 of the journal); of none that
  /// is known to be slow, or whose shortest slice is long enough to warm up in its lead-in.
  void warm_up();
  /// A block of the group whose turn it is: each group gets time by the number of its cells.
  /// Emitted when whole: after an interruption nothing of a half block is kept.
  void run_block();
  int blocks() const { return blocks_; }
  /// Whether every group has had its fewest blocks: `fewest`, or kFewestSlowBlocks.
  bool has_fewest(int fewest) const;
  void close();

 private:
  struct Open {
    int cell;
    CellMemory* memory;                    // its strategy's
    std::unique_ptr<CellProcess> process;  // null: failed or closed
    double parked_cpu_ns = 0, parked_wall_ns = 0;
  };
  struct Group {
    std::vector<std::size_t> members;  // indexes of cells_, an anchor behind its own ones
    std::size_t own = 0;
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
