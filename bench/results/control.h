// The A/A control: at some points the leader runs a second time, under the label "control". The
// difference between these two cells of identical code shows which differences are too small to
// mean anything in this run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// The control of a point, compared with the cell that it repeats. Empty if there is no control, or
/// if one of the two has not delivered.
std::optional<PairEstimate> control_pair(const PointPlan& point, const PointRecord& record);

/// `control` of results.json's context: {"points": [{"id", "strategy", "ratio", ...}], "sentence"}.
/// Null if no point has a control.
Json control_json(const Plan& plan, const RunRecord& record);

}  // namespace handoff
