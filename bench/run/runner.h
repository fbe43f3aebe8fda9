// Carries out a plan within its budget: passes over the points, with a new incarnation of their
// cells each time, block by block. A plan with looks is a race: what is decided is measured no
// further.
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

/// The state of a run, for the progress display.
struct RunState {
  const Plan& plan;
  const RunRecord& record;
  int point = 0, pass = 0;
  double elapsed_s = 0;  // of this and earlier sittings
};

/// Decides at a look which cells to drop and whether to stop the point. For races: race_referee().
using Referee = std::function<LookDecision(const PointPlan&, const PointRecord&)>;
Referee race_referee(const Plan& plan);

class Runner {
 public:
  /// `record`: the measurements of earlier sittings of the same run (see --resume). `show` is
  /// called after every block, `referee` at the plan's looks.
  Runner(const Plan& plan, Journal& journal, RunRecord& record,
         std::function<void(const RunState&)> show);
  Runner(const Plan& plan, Journal& journal, RunRecord& record,
         std::function<void(const RunState&)> show, Referee referee);

  /// Returns the exit status: 0, 2 if a cell failed, 130 after an interruption. Writes the `end`
  /// line. Throws JournalError when the journal cannot be written.
  int run();

 private:
  /// Gives every point the incarnations that are planned for it.
  void run_as_planned();
  /// Visits points until a look has stopped each of them, or the time is spent.
  void run_to_decision();
  double visit_s(int point) const;  // planned time of a visit, for the cells that are left
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
