// The A/A control: at a sample of points the leader runs a second time, under the label "control".
// What identical code differs by in this very run is the measure of all other differences.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// The control of a point, compared with what it repeats; empty where there is none, or nothing
/// that both have delivered.
std::optional<PairEstimate> control_pair(const PointPlan& point, const PointRecord& record);

/// `control` of results.json's context: {"points": [{"id", "strategy", "ratio", ...}], "sentence"}.
/// Null if no point has one.
Json control_json(const Plan& plan, const RunRecord& record);

}  // namespace handoff
