#include "bench/stats/gate.h"

#include <algorithm>
#include <cmath>

namespace handoff {

namespace {

GateVerdict verdict_of(const PairEstimate& change, double noise, const GateRule& rule,
                       int least_incarnations) {
  if (change.incarnations < least_incarnations) return GateVerdict::kUndecided;
  const double certain = 1 + std::max(rule.margin, noise);
  const double threshold = 1 + rule.threshold;
  if (change.typical.lo > certain && change.typical.value >= threshold) {
    return change.overall.value > 1 ? GateVerdict::kRegression : GateVerdict::kUndecided;
  }
  if (change.typical.hi < threshold) return GateVerdict::kNone;
  return GateVerdict::kUndecided;
}

}  // namespace

std::string_view name(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::kNone:
      return "none";
    case GateVerdict::kRegression:
      return "regression";
    case GateVerdict::kUndecided:
      break;
  }
  return "undecided";
}

GateEstimate judge(const PointSamples& samples, int cell_count, const GateCells& cells,
                   const GateRule& rule) {
  EstimateOptions options;
  options.confidence = 1 - (1 - rule.confidence) / rule.comparisons;
  options.alpha_share = 1.0 / rule.looks;
  options.margin = rule.margin;
  GateEstimate estimate;
  estimate.change =
      estimate_named_pair(samples, cell_count, cells.head, {cells.base, cells.control}, options);
  estimate.control = estimate_named_pair(samples, cell_count, cells.control, {cells.base}, options);
  const double noise = std::expm1(std::abs(std::log(estimate.control.typical.value)));
  estimate.verdict =
      verdict_of(estimate.change, std::isfinite(noise) ? noise : 0, rule, options.min_incarnations);
  return estimate;
}

}  // namespace handoff
