// The cells of one point during one pass: opened together, parked between their slices, closed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/driver/cell_process.h"
#include "bench/driver/plan.h"
#include "bench/driver/record.h"
#include "bench/driver/slice_sizer.h"
#include "bench/driver/tick_rate.h"

namespace handoff {

/// What all incarnations of a run share.
struct Bench {
  const Plan& plan;
  TickRate tick_rate;
  std::vector<int> allowed_cpus;
  std::function<double()> elapsed_ns;     // since the run began
  std::function<void(const Json&)> emit;  // a journal line
};

/// What is learned about a cell over its incarnations.
struct CellMemory {
  SliceSizer sizer;
  double slice_ns;
  std::uint64_t max_items;
};

/// The memories for the cells of a point, in their order.
std::vector<CellMemory> cell_memories(const Plan& plan, const PointPlan& point);

/// A slice that takes so many times its length, or so long at least, is cut short.
inline constexpr double kCutFactor = 20, kLeastCutNs = 50e6;

/// What a cell is asked to open with; `seed`: of this incarnation's layout.
OpenRequest request_for(const Bench& bench, const PointPlan& point, const CellPlan& cell,
                        const CellMemory& memory, std::uint32_t seed);

class PointPass {
 public:
  /// Opens every cell of the point that runs and has not failed yet.
  PointPass(const Bench& bench, int point, int pass, const RunRecord& record,
            std::vector<CellMemory>& memories);

  bool any_cell() const;
  /// One slice of every cell in random order; block -1 is the warm-up. Emitted when whole: after
  /// an interruption nothing of a half block is kept.
  void run_block(int block);
  void close();

 private:
  struct Open {
    int cell;
    std::unique_ptr<CellProcess> process;  // null: failed or closed
    double parked_cpu_ns = 0, parked_wall_ns = 0;
  };
  std::uint32_t seed_of(const CellPlan& cell) const;
  void fail(Open& open, const CellOutcome& outcome);

  const Bench& bench_;
  const PointPlan& point_;
  int point_index_, pass_;
  std::uint32_t slice_ = 0;
  std::vector<CellMemory>& memories_;
  std::vector<Open> cells_;
};

}  // namespace handoff
