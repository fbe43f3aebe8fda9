#include "bench/driver/gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/driver/results.h"
#include "bench/stats/looks.h"

namespace handoff {

namespace {

constexpr GateCells kCells;

const CellOutcome& outcome(const PointRecord& record, int cell) {
  return record.cells[static_cast<std::size_t>(cell)].outcome;
}

}  // namespace

std::vector<int> gate_looks() { return {16, 40, 100, 250}; }

GateRule gate_rule(const Plan& plan, double threshold) {
  GateRule rule;
  rule.threshold = threshold;
  rule.comparisons = std::max(static_cast<int>(plan.points.size()), 1);
  rule.looks = looks_in_all(plan.looks);
  return rule;
}

Referee gate_referee(const GateRule& rule) {
  return [rule](const PointPlan& point, const PointRecord& record) {
    LookDecision decision;
    const GateEstimate now =
        judge(record.samples, static_cast<int>(point.cells.size()), kCells, rule);
    decision.stop = now.verdict != GateVerdict::kUndecided;
    return decision;
  };
}

std::vector<GatePoint> gate_points(const Plan& plan, const RunRecord& record,
                                   const GateRule& rule) {
  std::vector<GatePoint> points;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const PointPlan& planned = plan.points[i];
    const PointRecord& measured = record.point(static_cast<int>(i));
    GatePoint point;
    for (const int cell : {kCells.base, kCells.control, kCells.head}) {
      const CellOutcome& how = outcome(measured, cell);
      if (how.good() || !point.failed.empty()) continue;
      const bool failure = is_failure(how.verdict);
      point.failed = fmt::format("{}: {} ({})", planned.cells[static_cast<std::size_t>(cell)].label,
                                 name(how.verdict), how.reason);
      point.heads_failure = failure && cell == kCells.head;
    }
    if (point.failed.empty()) {
      point.estimate =
          judge(measured.samples, static_cast<int>(planned.cells.size()), kCells, rule);
    }
    points.push_back(std::move(point));
  }
  return points;
}

int gate_exit(const std::vector<GatePoint>& points) {
  const auto any = [&](const auto& test) {
    return std::any_of(points.begin(), points.end(), test);
  };
  if (any([](const GatePoint& point) {
        return point.heads_failure ||
               (point.failed.empty() && point.estimate.verdict == GateVerdict::kRegression);
      })) {
    return 2;
  }
  const bool open = any([](const GatePoint& point) {
    return !point.failed.empty() || point.estimate.verdict == GateVerdict::kUndecided;
  });
  return open ? 3 : 0;
}

}  // namespace handoff
