// results.json: estimates from the journal (docs/results.md).
#pragma once

#include <nlohmann/json.hpp>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

inline constexpr int kResultsSchema = 2;

/// Estimates of one point of `plan`: delivered candidates and references only. `at_look`: at a look
/// of a race that may continue; a point that a look has stopped keeps the verdicts of that look.
PointEstimate estimate(const Plan& plan, const PointPlan& point, const PointRecord& record,
                       bool at_look = false);

/// The whole file. `context`: that of the journal's first line.
Json make_results(const Plan& plan, const Json& context, const RunRecord& record);

}  // namespace handoff
