#include "bench/plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <tuple>

#include "bench/plan/slice_sizer.h"
#include "bench/stats/interim_looks.h"
#include "bench/suite/nearest.h"

namespace handoff {
std::uint32_t PointPlan::running() const {
  return static_cast<std::uint32_t>(
      std::count_if(cells.begin(), cells.end(), [](const CellPlan& cell) { return cell.runs(); }));
}

namespace {

Workload probe_workload(const Workload& point) {
  return {.producers = 1,
          .consumers = 1,
          .payload = kMinPayload,
          .capacity = 1,
          .beside = point.payload,
          .beside_capacity = point.capacity};
}

/// A strategy that runs at every point. `joined`: a reference that was added automatically.
struct Entrant {
  std::string label;
  const Descriptor* strategy = nullptr;
  bool joined = false;
  std::string plugin = {};
};

std::vector<Entrant> entrants(const Suite& suite, const PlanInputs& inputs) {
  std::vector<Entrant> all;
  for (const AskedStrategy& asked : suite.strategies) {
    all.push_back({asked.label, &known_strategy(inputs.strategies, asked.strategy), false});
  }
  if (suite.strategies.empty()) {
    for (const Descriptor* known : inputs.strategies) {
      if (known->role == Role::kCandidate) all.push_back({std::string(known->name), known, false});
    }
  }
  if (all.empty()) {
    throw UsageError("this program has no candidate strategy; give one with --plugin");
  }
  for (Entrant& entrant : all) {
    const auto held = inputs.plugins.find(std::string(entrant.strategy->name));
    if (held != inputs.plugins.end()) entrant.plugin = held->second;
  }
  if (!suite.references) return all;
  if (std::any_of(all.begin(), all.end(),
                  [](const Entrant& e) { return e.label == kControlLabel; })) {
    throw UsageError(fmt::format(
        "--strategies label '{}' is reserved for the A/A control; give another label, or "
        "--no-references",
        kControlLabel));
  }
  for (const Descriptor* known : inputs.strategies) {
    if (known->role != Role::kReference) continue;
    const auto asked = std::find_if(all.begin(), all.end(),
                                    [known](const Entrant& e) { return e.strategy == known; });
    if (asked != all.end()) continue;
    const auto clash = std::find_if(all.begin(), all.end(),
                                    [known](const Entrant& e) { return e.label == known->name; });
    if (clash != all.end()) {
      throw UsageError(fmt::format(
          "--strategies label '{}' is the name of a reference, which is added to every point; give "
          "another label, or --no-references",
          clash->label));
    }
    all.push_back({std::string(known->name), known, true});
  }
  return all;
}

std::vector<CellPlan> cells_at(const Workload& workload, std::span<const Entrant> all) {
  std::vector<CellPlan> cells;
  for (const Entrant& entrant : all) {
    const Descriptor& strategy = *entrant.strategy;
    CellPlan cell;
    cell.label = entrant.label;
    cell.strategy = strategy.name;
    cell.role = strategy.role;
    cell.plugin = entrant.plugin;
    cell.family = strategy.family;
    cell.carrier = strategy.carrier;
    cell.origin = strategy.origin;
    cell.probe = strategy.probe;
    const Workload own = strategy.probe ? probe_workload(workload) : workload;
    cell.structure = structure_at(strategy, own);
    cell.unsupported = why_unsupported(strategy, own);
    cell.executing =
        strategy.executing != nullptr ? strategy.executing(own) : own.producers + own.consumers;
    cell.keeps = strategy.keeps != nullptr ? items_kept(strategy, own) : 0;
    cell.owns_threads = strategy.traits.owns_threads;
    cell.waits_itself = strategy.traits.waits_itself;
    cell.slow_item_ns = strategy.slow_item_ns;
    if (entrant.joined) {  // references come last; they stay only if another cell runs
      const bool company = std::any_of(cells.begin(), cells.end(),
                                       [](const CellPlan& other) { return other.runs(); });
      if (!cell.runs() || !company) continue;
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

/// Adds the A/A control. Which cell it repeats is known only when a leader has been measured.
void add_control(PointPlan& point) {
  const bool company = std::any_of(
      point.cells.begin(), point.cells.end(),
      [](const CellPlan& cell) { return cell.runs() && cell.role == Role::kCandidate; });
  if (!company) return;
  CellPlan control;
  control.label = kControlLabel;
  control.control = true;
  control.executing = point.workload.producers + point.workload.consumers;
  point.cells.push_back(std::move(control));
}

/// Lowers the capacity until all running cells fit into `memory_bytes`. Returns the reason if that
/// is impossible.
std::string fit_capacity(PointPlan& point, std::uint64_t memory_bytes) {
  const auto cells = std::uint64_t{point.running()};
  if (cells == 0) return {};
  Workload& w = point.workload;
  const std::uint64_t lanes = std::uint64_t{w.producers} + w.consumers;
  const std::uint64_t slots = memory_bytes / (cells * w.payload);
  if (slots < lanes + 1) {
    return fmt::format(
        "{}: {} cells with items of {} need {} MiB, more than the memory budget of {} MiB "
        "(--memory)",
        point.id, cells, size_text(w.payload),
        (cells * (lanes + 1) * w.payload + (1 << 20) - 1) >> 20, memory_bytes >> 20);
  }
  // Slots need a quarter more than the capacity (slots.h). A power of two, so that small changes of
  // the free memory do not change the capacity.
  const std::uint64_t room = std::max<std::uint64_t>((slots - lanes) / 5 * 4, 1);
  if (room < w.capacity) w.capacity = static_cast<std::uint32_t>(std::bit_floor(room));
  return {};
}

constexpr double kOrdinaryItemS = 100e-9, kOrdinaryByteS = 0.1e-9;

PointNeed need_of(PointPlan& point, const Suite& suite, int usable_cpus) {
  const std::set<int> bound(point.placement.cpus.begin(), point.placement.cpus.end());
  int cpus = usable_cpus;  // fewer where a CPU list makes threads share
  if (point.placement.bound && bound.size() < point.placement.cpus.size()) {
    cpus = std::min(cpus, static_cast<int>(bound.size()));
  }
  PointNeed need;
  need.incarnations = point.incarnations;
  for (const CellPlan& cell : point.cells) {
    if (!cell.runs()) continue;
    const int executing = static_cast<int>(cell.executing);
    need.cells += 1;
    need.threads += executing;
    const Workload run = workload_of(point, cell);
    need.bytes += static_cast<double>(run.capacity) * run.payload;
    need.slice_s = std::max(need.slice_s, slice_need_s(executing, cpus, point.workload.payload));
  }
  need.slice_s = suite.slice_s.value_or(need.slice_s);
  point.slice_ns = std::round(need.slice_s * 1e9);
  for (const CellPlan& cell : point.cells) {
    // Forking a process with 64 threads takes twice as long as forking one with few threads.
    const double item_s = cell.slow_item_ns * 1e-9 * (1 + cell.executing / 64.0);
    const double slice_s = item_s * static_cast<double>(SliceSizer::least_items(
                                        workload_of(point, cell), items_kept(point, cell)));
    if (cell.runs() && slice_s > std::max(kSlowCell * need.slice_s, kSlowSliceNs * 1e-9)) {
      need.slow_s += slice_s;
    }
  }
  // Strategies that do not state a time per item are assumed to have the ordinary one. That is good
  // enough to guess how long the shortest slice takes.
  const auto laps =
      static_cast<double>(SliceSizer::least_items(point.workload, point.workload.capacity));
  need.slice_s =
      std::max(need.slice_s, laps * (kOrdinaryItemS + kOrdinaryByteS * point.workload.payload));
  point.expected_slice_ns = std::round(need.slice_s * 1e9);
  return need;
}

std::vector<PointPlan> asked_points(const Suite& suite, const PlanInputs& inputs, Plan& plan) {
  const std::vector<Entrant> all = entrants(suite, inputs);
  std::vector<PointPlan> points;
  std::set<std::string> seen, lowered;
  int group = -1;
  for (const Axes& axes : suite.groups) {
    ++group;
    for (const Workload& workload : expand_axes(axes, inputs.usable_cpus)) {
      PointPlan point;
      point.id = point_id(workload, workload.capacity, inputs.usable_cpus);
      if (!seen.insert(point.id).second) continue;
      point.workload = workload;
      point.capacity_asked = workload.capacity;
      point.cells = cells_at(workload, all);
      if (suite.references && points.size() % kControlEvery == 0) add_control(point);
      if (std::string why = fit_capacity(point, plan.memory_bytes); !why.empty()) {
        plan.dropped.push_back(std::move(why));
        continue;
      }
      // Two capacities that the memory budget lowers to the same value are one point.
      if (!lowered.insert(point_id(point.workload, point.workload.capacity, inputs.usable_cpus))
               .second) {
        plan.dropped.push_back(fmt::format(
            "{}: the memory budget of {} MiB (--memory) lowers its capacity to {}, which "
            "another point already has",
            point.id, plan.memory_bytes >> 20, point.workload.capacity));
        continue;
      }
      point.placement = inputs.place(suite.pin, workload.producers, workload.consumers,
                                     workload.producers + workload.consumers);
      point.incarnations = axes.incarnations.value_or(kIncarnations);
      point.group = group;
      points.push_back(std::move(point));
    }
  }
  return points;
}

/// Sets how far other runs may differ: between_run_sds of every point.
void look_beyond_this_run(Plan& plan, const std::optional<Calibration>& calibration) {
  if (calibration) {
    plan.between_runs = {calibration->date, calibration->runs, calibration->span_s};
  }
  for (PointPlan& point : plan.points) {
    const CalibrationClass* found =
        calibration ? calibration->nearest(point.workload.payload, point.placement.oversubscribed)
                    : nullptr;
    point.between_run_sds.clear();
    for (const CellPlan& cell : point.cells) {
      point.between_run_sds.push_back(between_run_sd(found, cell.strategy));
    }
  }
}

/// A group gets the incarnations that it asks for if the budget still holds all its points; else
/// the minimum. On a machine with many CPUs, more points are worth more than more incarnations of a
/// few.
Sizing size_groups(const std::vector<PointPlan>& points, std::vector<PointNeed>& needs,
                   double budget_s, std::optional<int> incarnations, const CostModel& cost) {
  while (true) {
    Sizing sizing = size_points(needs, budget_s, incarnations, cost);
    std::set<int> too_dear;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (sizing.dropped[i] && needs[i].incarnations > kIncarnations) {
        too_dear.insert(points[i].group);
      }
    }
    if (incarnations || too_dear.empty()) return sizing;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (too_dear.contains(points[i].group)) needs[i].incarnations = kIncarnations;
    }
  }
}

}  // namespace

const Descriptor& known_strategy(std::span<const Descriptor* const> known, std::string_view name) {
  const auto at = std::find_if(known.begin(), known.end(),
                               [name](const Descriptor* one) { return one->name == name; });
  if (at != known.end()) return **at;
  std::vector<std::string> names;
  for (const Descriptor* one : known) names.emplace_back(one->name);
  throw UsageError(fmt::format("unknown strategy '{}'; {} ('handoff list' shows all)", name,
                               did_you_mean(std::string(name), names)));
}

Workload workload_of(const PointPlan& point, const CellPlan& cell) {
  return cell.probe ? probe_workload(point.workload) : point.workload;
}

std::uint32_t items_kept(const PointPlan& point, const CellPlan& cell) {
  const std::uint32_t capacity = workload_of(point, cell).capacity;
  return cell.keeps == 0 ? capacity : std::min(cell.keeps, capacity);
}

std::string point_id(const Workload& workload, std::uint32_t capacity_asked, int usable_cpus) {
  std::string id =
      fmt::format("{}:{} {}", workload.producers, workload.consumers, size_text(workload.payload));
  if (capacity_asked != Workload{}.capacity) id += fmt::format(" cap={}", capacity_asked);
  if (workload.transfer != Transfer::kCopy) id += fmt::format(" {}", name(workload.transfer));
  if (workload.wait != Wait::kSpinBlock) {
    id += fmt::format(" {}", name(workload.wait));
  } else if (workload.spin_ns !=
             usual_spin_ns(workload.producers + workload.consumers, usable_cpus)) {
    id += fmt::format(" spin={}", duration_text(workload.spin_ns * 1e-9));
  }
  return id;
}

Plan make_plan(const Suite& suite, const PlanInputs& inputs) {
  Plan plan;
  plan.suite = suite.name;
  plan.pin = suite.pin;
  plan.seed = suite.seed.value_or(inputs.fresh_seed);
  plan.timeout_s = suite.timeout_s.value_or(kDefaultTimeout);
  plan.usable_cpus = inputs.usable_cpus;
  plan.topology = inputs.topology;
  plan.memory_bytes = suite.memory_bytes.value_or(inputs.available_memory_bytes / 4);

  std::vector<PointPlan> points = asked_points(suite, inputs, plan);
  if (points.empty()) {
    throw UsageError(fmt::format("no point can be measured: {}", plan.dropped.front()));
  }
  std::vector<PointNeed> needs;
  const bool race = suite.precision.has_value();
  for (PointPlan& point : points) needs.push_back(need_of(point, suite, inputs.usable_cpus));
  plan.budget_s = suite.budget_s.value_or(std::max(
      kDefaultCustomBudget, std::ceil(whole_budget_s(needs, suite.incarnations, inputs.cost))));

  // A race begins with the fewest incarnations; its looks show how many more a point needs.
  CostModel cost = inputs.cost;
  if (race) cost.reserve += cost.for_what_is_open;
  const Sizing sizing =
      size_groups(points, needs, plan.budget_s, race ? kIncarnations : suite.incarnations, cost);
  plan.estimated_s = race ? plan.budget_s : sizing.total_s;
  if (race) {
    plan.precision = *suite.precision;
    plan.looks = race_looks();
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double first_look_s = point_cost_s(needs[i], sizing.incarnations[i],
                                             minimal_blocks(needs[i].slice_s), inputs.cost);
    points[i].later =
        race && sizing.dropped[i] && first_look_s <= (1 - inputs.cost.reserve) * plan.budget_s;
    if (sizing.dropped[i] && !points[i].later) {
      plan.dropped.push_back(fmt::format("{}: needs {}, more than is left of the budget of {}",
                                         points[i].id, duration_text(first_look_s),
                                         duration_text(plan.budget_s)));
      continue;
    }
    points[i].incarnations = sizing.incarnations[i];
    points[i].blocks = sizing.blocks[i];
    if (race) {
      points[i].incarnations = suite.incarnations.value_or(kMostIncarnations);
      points[i].blocks = settled_blocks(needs[i].slice_s);
    }
    plan.incarnations = std::max(plan.incarnations, points[i].incarnations);
    if (needs[i].cells > 0) {
      points[i].estimated_s =
          point_cost_s(needs[i], points[i].incarnations, points[i].blocks, inputs.cost);
    }
    plan.points.push_back(std::move(points[i]));
  }
  if (plan.points.empty()) {
    throw UsageError(fmt::format(
        "--budget '{}' is too small for any point with {} incarnations; give at least {}",
        duration_text(plan.budget_s), sizing.incarnations.front(),
        duration_text(std::ceil(sizing.smallest_budget_s * 10) / 10)));
  }
  look_beyond_this_run(plan, inputs.calibration);
  return plan;
}

}  // namespace handoff
