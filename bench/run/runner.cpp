#include "bench/run/runner.h"

#include <algorithm>
#include <limits>

#include "bench/machine/cpus.h"
#include "bench/plan/sizing.h"
#include "bench/results/results.h"
#include "bench/run/interruption.h"

namespace handoff {

namespace {
constexpr double kFinishS = 0.2;  // reserved for estimating and writing at the end
constexpr int kFewestBlocks = 3;  // of an incarnation
constexpr double kLate = 0.7;     // with less of its planned time, a visit needs only one block
constexpr double kPatience = 3;   // a race's visit may take so many times its planned time
}  // namespace

Referee race_referee(const Plan& plan) {
  return [&plan](const PointPlan& point, const PointRecord& record) {
    LookDecision decision = race(estimate(plan, point, record, true), plan.precision);
    // The ratios to the references are known well enough by now. Only the floor is measured
    // further, because it shows the state of the machine.
    for (std::size_t i = 0; i < point.cells.size(); ++i) {
      const CellPlan& cell = point.cells[i];
      if (cell.role == Role::kReference && cell.strategy != kFloorName) {
        decision.drop.push_back(static_cast<int>(i));
      }
    }
    return decision;
  };
}

Runner::Runner(const Plan& plan, Journal& journal, RunRecord& record,
               std::function<void(const RunState&)> show)
    : Runner(plan, journal, record, std::move(show), race_referee(plan)) {}

Runner::Runner(const Plan& plan, Journal& journal, RunRecord& record,
               std::function<void(const RunState&)> show, Referee referee)
    : plan_(plan),
      journal_(journal),
      record_(record),
      show_(std::move(show)),
      referee_(std::move(referee)),
      began_ns_(monotonic_ns()),
      spent_before_s_(record.spent_s()),
      sampled_s_(record.spent_s()),
      bench_{.plan = plan,
             .tick_rate = measure_tick_rate(),
             .allowed_cpus = cpu_allowance().cpus,
             .elapsed_ns = [this] { return elapsed_s() * 1e9; },
             .emit = [this](const Json& line) { emit(line); }} {}

double Runner::elapsed_s() const {
  return spent_before_s_ + static_cast<double>(monotonic_ns() - began_ns_) / 1e9;
}

void Runner::emit(const Json& line) {
  record_.add(line);
  journal_.add(line);
}

int Runner::run() {
  plan_.looks.empty() ? run_as_planned() : run_to_decision();
  const int exit = interrupted() ? 130 : record_.any_failure() ? 2 : 0;
  emit({{"t", "end"},
        {"status", interrupted() ? "interrupted" : "complete"},
        {"exit", exit},
        {"spent_s", elapsed_s()}});
  journal_.flush();
  return exit;
}

double Runner::visit_s(int point) const {
  const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
  const std::vector<CellRecord>& cells = record_.point(point).cells;
  int planned = 0, left = 0;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (!plan.cells[i].runs()) continue;
    ++planned;
    if (cells[i].outcome.good() && cells[i].dropped_after == 0) ++left;
  }
  return plan.estimated_s / plan.incarnations * left / std::max(planned, 1);
}

void Runner::run_as_planned() {
  std::vector<Visit> visits;
  double work_left_s = 0;
  // A point with fewer incarnations than others is visited in only some of the rounds, evenly
  // spread.
  for (int round = 0; round < plan_.incarnations; ++round) {
    for (const int point : visit_order(plan_, round)) {
      const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
      const int pass = round * plan.incarnations / plan_.incarnations;
      const bool due = pass != (round - 1) * plan.incarnations / plan_.incarnations || round == 0;
      if (plan.blocks == 0 || !due || record_.point(point).passes_done.contains(pass)) continue;
      visits.push_back({point, pass});
      work_left_s += plan.estimated_s / plan.incarnations;
    }
  }
  for (const Visit& visit : visits) {
    if (interrupted()) break;
    // Each visit gets its part of the time that is really left, so the run keeps to its budget even
    // on a machine that is slower or faster than planned.
    const double left_s = std::max(plan_.budget_s - kFinishS - elapsed_s(), 0.0);
    const PointPlan& plan = plan_.points[static_cast<std::size_t>(visit.point)];
    const double planned_s = plan.estimated_s / plan.incarnations;
    run_pass(visit, left_s * planned_s / work_left_s, std::numeric_limits<int>::max());
    work_left_s -= planned_s;
  }
}

void Runner::run_to_decision() {
  double planned_s = 0;  // for the visits made so far
  const double began_s = elapsed_s();
  const auto pace = [&] {  // how many times their planned time they took
    return planned_s > 0 ? (elapsed_s() - began_s) / planned_s : 1.0;
  };
  RaceOrder order(plan_, record_, [&](int point) { return pace() * visit_s(point); });
  while (!interrupted()) {
    const double left_s = plan_.budget_s - kFinishS - elapsed_s();
    const std::optional<Visit> visit = order.next(left_s);
    if (!visit) break;
    const PointPlan& plan = plan_.points[static_cast<std::size_t>(visit->point)];
    const double visit_s = this->visit_s(visit->point);
    run_pass(*visit, std::min(left_s, kPatience * visit_s), plan.blocks);
    planned_s += visit_s;
  }
}

void Runner::run_pass(Visit visit, double allowed_s, int most_blocks) {
  const auto [point, pass] = visit;
  const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
  const auto memories = memories_.try_emplace(point, cell_memories(plan_, plan)).first;
  const double begin_s = elapsed_s();
  PointIncarnation cells(bench_, point, pass, record_, memories->second);
  // A run that is far behind its plan measures less, so that it does not exceed its budget.
  const bool late = allowed_s < kLate * visit_s(point);
  const int warm_ups = late ? 1 : kWarmUpBlocks;
  for (int i = 0; i < warm_ups && !interrupted(); ++i) cells.warm_up();

  // The time for closing is estimated from the time that opening took.
  const double opened_s = elapsed_s();
  const double end_s = begin_s + allowed_s - 0.5 * (opened_s - begin_s);
  const int fewest = late ? 1 : std::min(kFewestBlocks, plan.blocks);
  double longest_s = 0;
  while (cells.any_cell() && !interrupted()) {
    const double block_begin_s = elapsed_s();
    const bool enough = cells.blocks() > 0 && cells.has_fewest(fewest);
    if (enough && block_begin_s + longest_s > end_s) break;
    if (cells.blocks() > 0 && cells.has_fewest(most_blocks)) break;
    cells.run_block();
    sample_machine();
    journal_.flush();
    longest_s = std::max(elapsed_s() - block_begin_s, 0.9 * longest_s);
    show_({plan_, record_, point, pass, elapsed_s()});
  }
  cells.close();
  if (!interrupted()) {
    emit({{"t", "pass"}, {"point", point}, {"pass", pass}});
    after_pass(point);
  }
  journal_.flush();
}

void Runner::after_pass(int point) {
  const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
  const PointRecord& record = record_.point(point);
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (!plan.cells[i].control || record.cells[i].twin >= 0) continue;
    const std::optional<int> leader = estimate(plan_, plan, record).leader;
    if (!leader) continue;
    emit({{"t", "control"}, {"point", point}, {"cell", i}, {"twin", *leader}});
  }
  const auto passes = static_cast<int>(record.passes_done.size());
  if (std::find(plan_.looks.begin(), plan_.looks.end(), passes) == plan_.looks.end()) return;
  LookDecision decision = referee_(plan, record);
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {  // a control is dropped with its twin
    const auto begin = decision.drop.begin(), end = decision.drop.end();
    if (plan.cells[i].control && std::find(begin, end, record.cells[i].twin) != end) {
      decision.drop.push_back(static_cast<int>(i));
    }
  }
  emit({{"t", "look"},
        {"point", point},
        {"passes", passes},
        {"drop", decision.drop},
        {"stop", decision.stop},
        {"needs", decision.needs ? Json(*decision.needs) : Json(nullptr)}});
}

void Runner::sample_machine() {
  const double now_s = elapsed_s();
  if (now_s - sampled_s_ < 1) return;
  sampled_s_ = now_s;
  const SystemSample sample = sampler_.sample();
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  emit({{"t", "second"},
        {"at_s", now_s},
        {"steal_share", number(sample.steal_share)},
        {"load_average", number(sample.load_average)}});
}

}  // namespace handoff
