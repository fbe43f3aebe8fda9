// A gate for CI: is HEAD slower than BASE? Both are plug-ins with the same strategies, or two
// builds of handoff; both run in the same blocks, with BASE a second time as an A/A control.
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
  Suite suite;             // one group of axes, budget and settings; strategies: which of them are
                           // compared, empty: all that both plug-ins hold
  double threshold = 0.05;
};

inline constexpr double kGateBudgetS = 60;

/// Incarnations after which a gate is looked at; the end of its budget is the fifth look.
std::vector<int> gate_looks();

/// Points of a gate, each with three cells: base, head, control (GateCells). Errors: UsageError for
/// what cannot be compared.
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
  bool unsupported = false;    // by base: nothing to compare, and no failure
};
std::vector<GatePoint> gate_points(const Plan& plan, const RunRecord& record, const GateRule& rule);

/// 2: a regression, or head fails where base delivers; 3: undecided, or nothing to compare with;
/// 0: none.
int gate_exit(const std::vector<GatePoint>& points);

/// comparison.json (docs/results.md).
Json gate_json(const GateRequest& request, const Json& context, const GateRule& rule,
               const std::vector<GatePoint>& points);

}  // namespace handoff
