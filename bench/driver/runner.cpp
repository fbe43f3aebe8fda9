#include "bench/driver/runner.h"

#include <algorithm>

#include "bench/driver/interruption.h"
#include "bench/driver/sizing.h"
#include "bench/machine/cpus.h"

namespace handoff {

namespace {
constexpr double kFinishS = 0.2;  // kept for estimating and writing at the end
constexpr int kFewestBlocks = 3;  // of an incarnation
constexpr double kLate = 0.7;     // of the planned time: then a single block will do
}  // namespace

Runner::Runner(const Plan& plan, Journal& journal, RunRecord& record,
               std::function<void(const RunState&)> show)
    : plan_(plan),
      journal_(journal),
      record_(record),
      show_(std::move(show)),
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
  struct Visit {
    int point, pass;
  };
  std::vector<Visit> visits;
  double work_left_s = 0;  // by the plan's estimate
  const auto planned_s = [&](int point) {
    const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
    return plan.estimated_s / plan.incarnations;
  };
  // A point with fewer incarnations than others is visited in some rounds only, evenly spread.
  for (int round = 0; round < plan_.incarnations; ++round) {
    for (const int point : visit_order(plan_, round)) {
      const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
      const int pass = round * plan.incarnations / plan_.incarnations;
      const bool due = pass != (round - 1) * plan.incarnations / plan_.incarnations || round == 0;
      if (plan.blocks == 0 || !due || record_.point(point).passes_done.contains(pass)) continue;
      visits.push_back({point, pass});
      work_left_s += planned_s(point);
    }
  }
  for (const Visit& visit : visits) {
    if (interrupted()) break;
    // Each visit gets its part of the time that is really left: the budget is met whatever the
    // machine's speed turns out to be.
    const double left_s = std::max(plan_.budget_s - kFinishS - elapsed_s(), 0.0);
    run_pass(visit.point, visit.pass, left_s * planned_s(visit.point) / work_left_s);
    work_left_s -= planned_s(visit.point);
  }
  const int exit = interrupted() ? 130 : record_.any_failure() ? 2 : 0;
  emit({{"t", "end"},
        {"status", interrupted() ? "interrupted" : "complete"},
        {"exit", exit},
        {"spent_s", elapsed_s()}});
  journal_.flush();
  return exit;
}

void Runner::run_pass(int point, int pass, double allowed_s) {
  const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
  const auto memories = memories_.try_emplace(point, cell_memories(plan_, plan)).first;
  const double begin_s = elapsed_s();
  PointPass cells(bench_, point, pass, record_, memories->second);
  // Far behind its plan a run measures less, rather than longer than its budget.
  const bool late = allowed_s < kLate * plan.estimated_s / plan.incarnations;
  const int warm_ups = late ? 1 : warm_up_blocks(plan.slice_ns * 1e-9);
  for (int i = 0; i < warm_ups && !interrupted(); ++i) cells.warm_up();

  // What closing will take is guessed from what opening took.
  const double opened_s = elapsed_s();
  const double end_s = begin_s + allowed_s - 0.5 * (opened_s - begin_s);
  const int fewest = late ? 1 : std::min(kFewestBlocks, plan.blocks);
  double longest_s = 0;
  while (cells.any_cell() && !interrupted()) {
    const double block_begin_s = elapsed_s();
    const bool enough = cells.blocks() > 0 && cells.has_fewest(fewest);
    if (enough && block_begin_s + longest_s > end_s) break;
    cells.run_block();
    sample_machine();
    journal_.flush();
    longest_s = std::max(elapsed_s() - block_begin_s, 0.9 * longest_s);
    show_({plan_, record_, point, pass, elapsed_s()});
  }
  cells.close();
  if (!interrupted()) emit({{"t", "pass"}, {"point", point}, {"pass", pass}});
  journal_.flush();
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
