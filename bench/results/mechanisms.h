// What a mechanism costs: pairs of candidates of a point that differ in one thing only.
//
// Two candidates of the same origin are a pair
//   carrier:   if they have the same structure, and one has threads and the other another carrier;
//   structure: if they have the same carrier, and their structures are neighbours, in the order of
//              kStructures, among those of that origin and carrier at the point.
// They are no pair if only one of them waits in its own way, or only one of them is bound. The
// pairs follow from the plan, not from the measurements, so their intervals are corrected only for
// the number of pairs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"

namespace handoff {

/// Structures that are compared with each other, each with the next. They are ordered from the one
/// with the most restrictions on its users to the one with the fewest.
inline constexpr std::string_view kStructures[] = {"spsc ring",    "mpsc ring",     "ticket ring",
                                                   "mpmc ring",    "two-lock ring", "locked ring",
                                                   "locked deque", "linked queue",  "locked list"};

/// A mechanism is said to cost nothing if the difference is under this share.
inline constexpr double kEqualMargin = 0.10;

struct MechanismPair {
  bool carrier = false;  // whether the carrier differs; else the structure
  int cell = 0, to = 0;  // indexes of cells at the point
};

/// The pairs of the candidates that run at `point`.
std::vector<MechanismPair> mechanism_pairs(const PointPlan& point);

/// "equal" (the interval lies within 10 %), "told apart" (beyond the margin of other verdicts),
/// "depends on stalls" or "undecided".
std::string_view mechanism_verdict(const PairEstimate& pair, const EstimateOptions& options);

/// `mechanisms` of a point (docs/results.md): the pairs of `usable` cells that were measured.
Json mechanisms_json(const PointPlan& point, const PointRecord& record,
                     const std::vector<int>& usable, const EstimateOptions& options);

/// Text from results.json: one line for each pair of labels, over all points. Empty if there is
/// none.
std::vector<std::string> mechanism_lines(const Json& results);

}  // namespace handoff
