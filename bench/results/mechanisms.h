// What a mechanism costs: pairs of rows of a point that differ in one thing only.
//
// Two candidates of one origin make a pair
//   carrier:   where the same structure holds the items, and threads carry one of them and
//   something
//              else the other: what the carrier costs
//   structure: where the same carrier has them, and their structures are neighbours among those of
//              that origin and carrier at the point, in the order of kStructures: what the
//              structure costs
// Neither where one of them waits its own way or is not bound, and the other is. The pairs follow
// from the plan and not from the numbers, so they are corrected for their own number alone.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// Structures that are compared with each other, each with the next: from what demands most of its
/// users to what demands least.
inline constexpr std::string_view kStructures[] = {"spsc ring",    "mpsc ring",     "ticket ring",
                                                   "mpmc ring",    "two-lock ring", "locked ring",
                                                   "locked deque", "linked queue",  "locked list"};

/// A difference under this share is small enough to say that a mechanism costs nothing.
inline constexpr double kEqualMargin = 0.10;

struct MechanismPair {
  bool carrier = false;  // what differs; else the structure
  int cell = 0, to = 0;  // the same cells at the point, whatever was measured
};

/// Of candidates that may run at `point`.
std::vector<MechanismPair> mechanism_pairs(const PointPlan& point);

/// "equal" (the interval lies within 10 %), "told apart" (beyond the margin of other verdicts),
/// "depends on stalls" or "undecided".
std::string_view mechanism_verdict(const PairEstimate& pair, const EstimateOptions& options);

/// `mechanisms` of a point (docs/results.md): its pairs that were measured, of `usable` cells.
Json mechanisms_json(const PointPlan& point, const PointRecord& record,
                     const std::vector<int>& usable, const EstimateOptions& options);

/// For people, from results.json: a line for each pair of labels, over all points. Empty if there
/// is none.
std::vector<std::string> mechanism_lines(const Json& results);

}  // namespace handoff
