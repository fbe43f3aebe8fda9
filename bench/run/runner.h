// Carries a plan out: passes over the points, each a new incarnation of its cells, block by block,
// within the budget. A plan with looks is a race: what is clear is measured no further.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "bench/machine/system_sampler.h"
#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/run/journal.h"
#include "bench/run/point_incarnation.h"
#include "bench/run/race_order.h"
#include "bench/stats/interim_looks.h"

namespace handoff {

/// Where a run stands, for a display.
struct RunState {
  const Plan& plan;
  const RunRecord& record;
  int point = 0, pass = 0;
  double elapsed_s = 0;  // of this and earlier sittings
};

/// What a look at a point leads to, given how the point stands. For races: race_referee().
using Referee = std::function<LookDecision(const PointPlan&, const PointRecord&)>;
Referee race_referee(const Plan& plan);

class Runner {
 public:
  /// `record` holds what earlier sittings of the same run have measured (see --resume).
  /// `show` is called after every block; `referee` at the plan's looks.
  Runner(const Plan& plan, Journal& journal, RunRecord& record,
         std::function<void(const RunState&)> show);
  Runner(const Plan& plan, Journal& journal, RunRecord& record,
         std::function<void(const RunState&)> show, Referee referee);

  /// Returns the exit status: 0, 2 if a cell failed, 130 after an interruption. Writes the `end`
  /// line. Throws JournalError when the journal cannot be written.
  int run();

 private:
  /// Every point gets the incarnations that the plan gives it.
  void run_as_planned();
  /// Points are visited until each is stopped by a look or the time is spent.
  void run_to_decision();
  double visit_s(int point) const;  // by the plan's estimate, of the cells that are left
  void run_pass(Visit visit, double allowed_s, int most_blocks);
  void after_pass(int point);
  void emit(const Json& line);
  void sample_machine();
  double elapsed_s() const;

  const Plan& plan_;
  Journal& journal_;
  RunRecord& record_;
  std::function<void(const RunState&)> show_;
  Referee referee_;
  std::uint64_t began_ns_;
  double spent_before_s_;
  double sampled_s_ = 0;
  SystemSampler sampler_;
  Bench bench_;
  std::map<int, std::vector<CellMemory>> memories_;  // by point
};

}  // namespace handoff
