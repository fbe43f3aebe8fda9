// A gate for CI: is HEAD slower than BASE? Both are plug-ins with the same strategies, or both are
// builds of handoff. They run in the same blocks, and BASE runs a second time as an A/A control.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/run/journal.h"
#include "bench/run/runner.h"
#include "bench/stats/gate.h"

namespace handoff {

struct GateRequest {
  std::string base, head;  // plug-ins (.so), or builds of handoff
  Suite suite;             // one group of axes, budget and settings. Strategies to compare; empty:
                           // all candidates that both plug-ins have
  double threshold = 0.05;
};

inline constexpr double kGateBudgetS = 60;

/// Incarnations after which a gate looks at a point; the end of the budget is the fifth look.
std::vector<int> gate_looks();

/// Points of a gate, each with three cells: base, head, control (GateCells). Errors: UsageError if
/// the two cannot be compared.
Plan gate_plan(const GateRequest& request);

/// The rule that holds for all points of `plan`.
GateRule gate_rule(const Plan& plan, double threshold);

/// Stops a point once its verdict is clear.
Referee gate_referee(const GateRule& rule);

struct GatePoint {
  std::string point, strategy;
  GateEstimate estimate;
  std::string failed;          // why there is no comparison; empty: there is one
  bool heads_failure = false;  // base delivers and head does not
  bool unsupported = false;    // base does not support the point: nothing to compare, no failure
};
std::vector<GatePoint> gate_points(const Plan& plan, const RunRecord& record, const GateRule& rule);

/// The exit status. 2: a regression, or head fails where base delivers; 3: undecided, or base
/// failed; 0: no regression.
int gate_exit(const std::vector<GatePoint>& points);

/// comparison.json (docs/results.md).
Json gate_json(const GateRequest& request, const Json& context, const GateRule& rule,
               const std::vector<GatePoint>& points);

}  // namespace handoff
