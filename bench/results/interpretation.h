// What results.json says beyond the numbers: which strategies win or are tied, what more time would
// decide, and which cells run at two speeds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// {"winner", "tied", "more_s"} of a point that took `took_s` seconds. more_s: how much more time
/// would decide it; null if it is decided, or if it would need more than a hundred times as long.
Json winner_json(const PointPlan& point, const PointEstimate& estimate, double took_s);

/// Roughly the time that the run spent on a point, from its part of the planned work.
double took_s(const Plan& plan, const RunRecord& record, std::size_t point);

/// `levels` of a cell: null, or its two levels and what explains them.
Json levels_json(const PointPlan& point, const PointRecord& record, std::size_t cell);

/// `obstacle` of a point, from its ratios to the leader: of the obstacles of its undecided pairs
/// the first of "too few incarnations", "noise between runs", "noise within the run". Null if none
/// is undecided.
Json obstacle_json(const Json& point);

/// `context.outlook`: undecided points, the obstacles, and what more time would decide, as a
/// sentence. Null if all are decided.
Json undecided_json(const Plan& plan, const Json& points);

/// `context.longest_life`: the incarnation of a candidate with the most items, all of them proved,
/// and a sentence about it. Null if none ended in order.
Json longest_life_json(const Json& points);

/// `context.between_runs`: how far other runs are assumed to differ, and the source of that value.
Json between_runs_json(const Plan& plan);

/// `sentences` of a point, for people: "winner: a" or "tied: a, b (not told apart)"; why pairs are
/// undecided; for each cell with levels "a runs at two speeds: 58 ns in 70 % of its slices and 170
/// ns in the others; ..."; for each cell with missed wakeups, how many.
Json sentences_json(const Json& point);

}  // namespace handoff
