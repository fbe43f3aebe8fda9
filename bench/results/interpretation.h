// What results.json says beyond the numbers: who wins or is tied, what more time would bring, and
// where a cell runs at two levels.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// {"winner", "tied", "more_s"} of a point that took `took_s` seconds. more_s: how much longer it
/// would need to be decided; null if it is, or if no reasonable time (a hundred times as long)
/// would do.
Json winner_json(const PointPlan& point, const PointEstimate& estimate, double took_s);

/// The time of the run that went into a point, about: by its part of the planned work.
double took_s(const Plan& plan, const RunRecord& record, std::size_t point);

/// `levels` of a cell: null, or its two levels and what explains them.
Json levels_json(const PointPlan& point, const PointRecord& record, std::size_t cell);

/// `obstacle` of a point, from its ratios to the leader: the hardest to overcome of those of its
/// undecided pairs ("too few incarnations", then "noise between runs", then "noise within the
/// run"). Null if none is undecided.
Json obstacle_json(const Json& point);

/// `context.outlook`: undecided points, what stands in the way, and what more time would bring, as
/// a sentence. Null if all are decided.
Json undecided_json(const Plan& plan, const Json& points);

/// `context.longest_life`: the most items of one incarnation of a candidate all of which were
/// proved, where, and what that says. Null if none ended in order.
Json longest_life_json(const Json& points);

/// `context.between_runs`: how far other runs were taken to differ, and how that is known.
Json between_runs_json(const Plan& plan);

/// `sentences` of a point, for people: "winner: a" or "tied: a, b (not told apart)", what stands in
/// the way of more, and of each cell with levels "a runs at two levels: 58 ns in 70 % of its slices
/// and 170 ns in the rest;
/// ...", and of each with missed wakeups how many.
Json sentences_json(const Json& point);

}  // namespace handoff
