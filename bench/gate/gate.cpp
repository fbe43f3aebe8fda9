#include "bench/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/plan/plan_for_machine.h"
#include "bench/plan/plugins.h"
#include "bench/results/results.h"
#include "bench/results/results_json.h"
#include "bench/stats/interim_looks.h"
#include "bench/suite/nearest.h"

namespace handoff {

namespace {

constexpr GateCells kCells;
constexpr int kMostGateIncarnations = 2000;

const CellOutcome& outcome(const PointRecord& record, int cell) {
  return record.cells[static_cast<std::size_t>(cell)].outcome;
}

struct Contender {
  bool plugin = false;
  ForeignStrategies strategies;

  Contender(const char* option, const std::string& file)
      : plugin(file.ends_with(".so")),
        strategies(plugin ? describe_plugin(option, file) : describe_program(option, file)) {}

  const std::string& file() const { return strategies.front()->file; }
  bool has(const std::string& name) const {
    return std::any_of(strategies.begin(), strategies.end(),
                       [&](const auto& strategy) { return strategy->name == name; });
  }
};

/// The strategies to compare: those asked for, or all candidates that both plug-ins have.
std::vector<std::string> compared(const Suite& suite, const Contender& base,
                                  const Contender& head) {
  std::vector<std::string> names;
  if (suite.strategies.empty()) {
    if (!head.plugin) {
      throw UsageError(
          "--base and --head are builds of handoff; name the strategies to compare with "
          "--strategies");
    }
    for (const auto& strategy : head.strategies) {
      const bool candidate = strategy->descriptor.role == Role::kCandidate;
      if (candidate && base.has(strategy->name)) names.push_back(strategy->name);
    }
    if (names.empty()) {
      throw UsageError(fmt::format(
          "the plug-ins {} and {} have no candidate strategy in common; give two builds "
          "of the same strategy",
          base.file(), head.file()));
    }
    return names;
  }
  for (const AskedStrategy& asked : suite.strategies) {
    for (const Contender* side : {&base, &head}) {
      if (side->has(asked.strategy)) continue;
      std::vector<std::string> known;
      for (const auto& strategy : side->strategies) known.push_back(strategy->name);
      throw UsageError(fmt::format("{} has no strategy '{}'; {}", side->file(), asked.strategy,
                                   did_you_mean(asked.strategy, known)));
    }
    names.push_back(asked.strategy);
  }
  return names;
}

/// Three cells of `name` at each point of the suite.
Plan plan_of(const Suite& suite, const std::string& name, const Contender& base,
             const Contender& head) {
  Suite three = suite;
  three.strategies = {{"base", name}, {"head", name}, {kControlLabel, name}};
  Plan plan = plan_for_this_machine(three, head.strategies);
  for (PointPlan& point : plan.points) {
    for (std::size_t i = 0; i < point.cells.size(); ++i) {
      CellPlan& cell = point.cells[i];
      const Contender& side = static_cast<int>(i) == kCells.head ? head : base;
      cell.plugin = side.plugin ? side.file() : "";
      cell.program = side.plugin ? "" : side.file();
      cell.control = static_cast<int>(i) == kCells.control;
      if (cell.control) cell.twin = kCells.base;
    }
  }
  return plan;
}

}  // namespace

std::vector<int> gate_looks() { return {16, 40, 100, 250}; }

Plan gate_plan(const GateRequest& request) {
  const Contender base("--base", request.base), head("--head", request.head);
  if (base.plugin != head.plugin) {
    throw UsageError(fmt::format(
        "--base '{}' and --head '{}' are of different kinds; give two plug-ins (.so) or "
        "two builds of handoff",
        request.base, request.head));
  }
  const std::vector<std::string> names = compared(request.suite, base, head);
  Suite suite = request.suite;
  suite.name = "gate";
  suite.references = false;
  suite.precision = request.threshold;
  suite.incarnations = kMostGateIncarnations;
  const double budget_s = suite.budget_s.value_or(kGateBudgetS);
  suite.budget_s = budget_s / static_cast<double>(names.size());
  Plan plan;
  for (const std::string& name : names) {
    Plan one = plan_of(suite, name, base, head);
    suite.seed = one.seed;
    std::vector<PointPlan> points = std::move(plan.points);
    std::vector<std::string> dropped = std::move(plan.dropped);
    for (PointPlan& point : one.points) {
      if (point.later) {
        dropped.push_back(fmt::format("{}: does not fit into the budget of {}", point.id,
                                      duration_text(budget_s)));
        continue;
      }
      if (names.size() > 1) point.id += " " + name;
      points.push_back(std::move(point));
    }
    dropped.insert(dropped.end(), one.dropped.begin(), one.dropped.end());
    plan = std::move(one);
    plan.points = std::move(points);
    plan.dropped = std::move(dropped);
  }
  plan.budget_s = plan.estimated_s = budget_s;
  plan.looks = gate_looks();
  return plan;
}

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
    point.point = planned.id;
    point.strategy = planned.cells[static_cast<std::size_t>(kCells.head)].strategy;
    for (const int cell : {kCells.base, kCells.control, kCells.head}) {
      const CellOutcome& how = outcome(measured, cell);
      if (how.good() || !point.failed.empty()) continue;
      point.failed = fmt::format("{}: {} ({})", planned.cells[static_cast<std::size_t>(cell)].label,
                                 name(how.verdict), how.reason);
      point.heads_failure = cell == kCells.head;
      point.unsupported = !point.heads_failure && !is_failure(how.verdict);
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
    return !point.unsupported &&
           (!point.failed.empty() || point.estimate.verdict == GateVerdict::kUndecided);
  });
  return open ? 3 : 0;
}

Json gate_json(const GateRequest& request, const Json& context, const GateRule& rule,
               const std::vector<GatePoint>& points) {
  Json changes = Json::array();
  double noise = 0;
  Interval control{1, 1, 1};
  for (const GatePoint& point : points) {
    const GateEstimate& now = point.estimate;
    const bool measured = point.failed.empty();
    const bool regression = measured && now.verdict == GateVerdict::kRegression;
    changes.push_back(
        {{"point", point.point},
         {"label", point.strategy},
         {"strategy", point.strategy},
         {"ratio", measured ? interval_json(now.change.typical, "median") : Json(nullptr)},
         {"control", measured ? interval_json(now.control.typical, "median") : Json(nullptr)},
         {"incarnations", measured ? now.change.incarnations : 0},
         {"verdict", point.unsupported ? "unsupported"
                     : !measured       ? "failed"
                                       : name(now.verdict)},
         {"regression", regression || point.heads_failure},
         {"reason", point.failed}});
    if (!measured || !(std::abs(std::log(now.control.typical.value)) >= noise)) continue;
    noise = std::abs(std::log(now.control.typical.value));
    control = now.control.typical;
  }
  constexpr const char* kVerdicts[] = {"none", "", "regression", "undecided"};
  return {{"schema", kResultsSchema},
          {"kind", "gate"},
          {"verdict", kVerdicts[gate_exit(points)]},
          {"reason", ""},
          {"margin", rule.margin},
          {"confidence", rule.confidence},
          {"threshold", rule.threshold},
          {"base", {{"name", request.base}}},
          {"head", {{"name", request.head}}},
          {"changes", std::move(changes)},
          {"control", interval_json(control, "median")},
          {"context", context}};
}

}  // namespace handoff
