#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "bench/plan/plan_for_machine.h"
#include "bench/results/run_directory.h"
#include "bench/run/interruption.h"
#include "bench/run/journal.h"
#include "bench/run/runner.h"
#include "bench/selfcheck/check.h"

namespace handoff {

std::string_view name(CheckVerdict verdict) {
  static constexpr std::array<std::string_view, 3> kNames{"ok", "FAILED", "cannot tell"};
  return kNames[static_cast<std::size_t>(verdict)];
}

Measured measure(const Suite& suite, const std::function<void(Plan&)>& alter,
                 const ForeignStrategies& plugins) {
  Measured measured{plan_for_this_machine(suite, plugins), RunRecord(Plan{})};
  alter(measured.plan);
  measured.record = RunRecord(measured.plan);
  Journal journal = Journal::discarding();
  Runner(measured.plan, journal, measured.record, [](const RunState&) {}).run();
  if (interrupted()) throw std::runtime_error("interrupted");
  for (std::size_t p = 0; p < measured.plan.points.size(); ++p) {
    const PointPlan& point = measured.plan.points[p];
    for (std::size_t c = 0; c < point.cells.size(); ++c) {
      const CellOutcome& outcome = measured.record.point(static_cast<int>(p)).cells[c].outcome;
      if (!is_failure(outcome.verdict)) continue;
      throw std::runtime_error(fmt::format("{} at {}: {} ({})", point.cells[c].label, point.id,
                                           name(outcome.verdict), outcome.reason));
    }
  }
  return measured;
}

Measured read_run(const std::string& directory) {
  const std::vector<Json> lines = read_journal(RunDirectory{directory}.journal());
  Measured measured{plan_from_json(lines[0].at("plan")), RunRecord(Plan{})};
  measured.record = RunRecord(measured.plan);
  for (const Json& line : lines) measured.record.add(line);
  return measured;
}

Suite small_suite(const std::vector<std::string>& strategies, std::uint32_t payload,
                  double budget_s, std::uint64_t seed) {
  Suite suite;
  suite.name = "selfcheck";
  for (const std::string& text : strategies) {
    suite.strategies.push_back(parse_strategy("selfcheck", text));
  }
  suite.budget_s = budget_s;
  suite.references = false;
  if (seed != 0) suite.seed = seed;
  Axes axes;
  axes.pairs.push_back({.word = {}, .producers = 1, .consumers = 1});
  axes.payload.push_back(payload);
  suite.groups.push_back(axes);
  return suite;
}

}  // namespace handoff
