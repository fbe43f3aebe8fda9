// Carries a plan out: passes over the points, each a new incarnation of its cells, block by block,
// within the budget.
#pragma once

#include <functional>
#include <map>

#include "bench/driver/journal.h"
#include "bench/driver/plan.h"
#include "bench/driver/point_pass.h"
#include "bench/driver/record.h"
#include "bench/machine/system_sampler.h"

namespace handoff {

/// Where a run stands, for a display.
struct RunState {
  const Plan& plan;
  const RunRecord& record;
  int point = 0, pass = 0;
  double elapsed_s = 0;  // of this and earlier sittings
};

class Runner {
 public:
  /// `record` holds what earlier sittings of the same run have measured (see --resume).
  /// `show` is called after every block.
  Runner(const Plan& plan, Journal& journal, RunRecord& record,
         std::function<void(const RunState&)> show);

  /// Returns the exit status: 0, 2 if a cell failed, 130 after an interruption. Writes the `end`
  /// line. Throws JournalError when the journal cannot be written.
  int run();

 private:
  void emit(const Json& line);
  void run_pass(int point, int pass, double allowed_s);
  void sample_machine();
  double elapsed_s() const;

  const Plan& plan_;
  Journal& journal_;
  RunRecord& record_;
  std::function<void(const RunState&)> show_;
  std::uint64_t began_ns_;
  double spent_before_s_;
  double sampled_s_ = 0;
  SystemSampler sampler_;
  Bench bench_;
  std::map<int, std::vector<CellMemory>> memories_;  // by point
};

}  // namespace handoff
