#include "bench/results/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "bench/results/control.h"
#include "bench/results/interpretation.h"
#include "bench/results/mechanisms.h"
#include "bench/results/results_json.h"
#include "bench/stats/interim_looks.h"
#include "bench/stats/quantile.h"

namespace handoff {

namespace {

Json median_or_null(const std::vector<double>& values) {
  return values.empty() ? Json(nullptr) : number_json(median(values));
}

struct PointResult {
  const PointPlan& plan;
  const PointRecord& record;
  PointEstimate estimate;
  double took_s;
  Json floor_ns = nullptr;  // interval or null

  const CellEstimate* cell(std::size_t index) const {
    const auto& found = estimate.cells[index];
    return found ? &*found : nullptr;
  }
  /// The cell whose strategy runs in cell `index`: for a control, the one that it repeats.
  const CellPlan& measured_by(std::size_t index) const {
    const int twin = record.cells[index].twin;
    const bool repeats = plan.cells[index].control && twin >= 0;
    return plan.cells[repeats ? static_cast<std::size_t>(twin) : index];
  }
};

Json cell_json(const PointResult& point, std::size_t index) {
  const CellPlan& plan = point.plan.cells[index];
  const CellRecord& record = point.record.cells[index];
  const CellPlan& of = point.measured_by(index);
  Json cell{{"label", plan.label},
            {"strategy", of.strategy},
            {"family", name(of.family)},
            {"carrier", name(of.carrier)},
            {"structure", of.structure},
            {"origin", of.origin},
            {"role", plan.control                    ? "control"
                     : plan.role == Role::kReference ? "reference"
                                                     : "candidate"},
            {"verdict", name(record.outcome.verdict)},
            {"reason", record.outcome.reason},
            {"slices", record.slices},
            {"untimed_slices", record.untimed},
            {"items", record.proved_items},
            {"longest_life_items", record.longest_life_items},
            {"incarnations", record.closed},
            {"bound", record.bound},
            {"waits_itself", plan.waits_itself},
            {"missed_wakeups", record.missed_wakeups},
            {"note", record.note}};
  for (const char* key :
       {"ns_per_item", "overall_ns_per_item", "stall_share", "items_per_second", "bytes_per_second",
        "cpu_ns_per_item", "voluntary_switches_per_item", "involuntary_switches_per_item",
        "run_delay_ns_per_item", "peak_memory_bytes", "slowest_lane_share", "fastest_lane_share",
        "fill_share", "floor_multiple", "parked_cpu_share", "levels"}) {
    cell[key] = nullptr;
  }
  const CellEstimate* estimate = point.cell(index);
  if (record.outcome.good() && hardly_timed(record)) {
    cell["reason"] =
        fmt::format("not timed: in {} of {} slices the fill level of the queue changed too much",
                    record.untimed, record.slices);
    return cell;
  }
  if (!record.outcome.good() || estimate == nullptr || record.items <= 0) return cell;
  const double typical = estimate->typical_ns.value;
  const double payload = plan.strategy == kFloorName ? 8 : point.plan.workload.payload;
  cell["ns_per_item"] = interval_json(estimate->typical_ns, "median");
  cell["overall_ns_per_item"] = interval_json(estimate->overall_ns, "value");
  cell["stall_share"] = number_json(estimate->stall_share);
  cell["items_per_second"] = number_json(1e9 / typical);
  cell["bytes_per_second"] = number_json(1e9 / typical * payload);
  cell["cpu_ns_per_item"] = number_json(record.cpu_ns / record.items);
  cell["voluntary_switches_per_item"] = number_json(record.voluntary / record.items);
  cell["involuntary_switches_per_item"] = number_json(record.involuntary / record.items);
  if (record.run_delay_known) {
    cell["run_delay_ns_per_item"] = number_json(record.run_delay_ns / record.items);
  }
  cell["levels"] = levels_json(point.plan, point.record, index);
  cell["slowest_lane_share"] = median_or_null(record.slowest_shares);
  cell["fastest_lane_share"] = median_or_null(record.fastest_shares);
  if (!record.under_way.empty() && plan.role != Role::kReference) {
    cell["fill_share"] = number_json(median(record.under_way) / point.plan.workload.capacity);
  }
  if (record.closed > 0) {
    cell["peak_memory_bytes"] = number_json(record.peak_memory_bytes);
    cell["parked_cpu_share"] = number_json(record.parked_cpu_share_sum / record.closed);
  }
  if (point.floor_ns.is_object() && point.floor_ns["median"].is_number()) {
    cell["floor_multiple"] = number_json(typical / point.floor_ns["median"].get<double>());
  }
  return cell;
}

/// The leader; the other candidates by their ratio to it (ratios are paired, so the order by ns per
/// item may differ); references by speed; cells without a number as planned; the control.
std::vector<std::size_t> display_order(const PointResult& point) {
  std::vector<std::size_t> order(point.plan.cells.size());
  std::iota(order.begin(), order.end(), 0);
  std::map<int, double> to_leader;
  for (const PairEstimate& pair : point.estimate.pairs) {
    if (pair.to == point.estimate.leader && std::isfinite(pair.typical.value)) {
      to_leader[pair.cell] = pair.typical.value;
    }
  }
  const auto key = [&](std::size_t index) {
    const CellEstimate* estimate = point.cell(index);
    const int cell = static_cast<int>(index);
    if (point.plan.cells[index].control) return std::pair{5, 0.0};
    if (estimate == nullptr || !point.record.cells[index].outcome.good()) return std::pair{4, 0.0};
    const double typical = estimate->typical_ns.value;
    if (point.plan.cells[index].role == Role::kReference) return std::pair{3, typical};
    if (point.estimate.leader == cell) return std::pair{0, 0.0};
    const auto ratio = to_leader.find(cell);
    return ratio == to_leader.end() ? std::pair{2, typical} : std::pair{1, ratio->second};
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return order;
}

Json point_json(const PointResult& point) {
  const PointPlan& plan = point.plan;
  Json workload = to_json(plan.workload);
  workload["capacity_asked"] = plan.capacity_asked;
  Json json{{"id", plan.id},
            {"workload", workload},
            {"binding",
             {{"mode", plan.placement.mode},
              {"bound", plan.placement.bound},
              {"cpus", plan.placement.cpus},
              {"oversubscribed", plan.placement.oversubscribed},
              {"note", plan.placement.note}}},
            {"slice_ns", plan.slice_ns},
            {"incarnations", std::count_if(point.record.samples.begin(), point.record.samples.end(),
                                           [](const auto& pass) { return !pass.empty(); })},
            {"blocks", point.record.blocks},
            {"floor_ns", point.floor_ns},
            {"leader", nullptr},
            {"decided", false},
            {"cells", Json::array()},
            {"ratios", Json::array()}};
  for (const std::size_t index : display_order(point)) {
    const bool never_opened =
        point.cell(index) == nullptr && point.record.cells[index].outcome.good();
    if (plan.cells[index].control && never_opened) continue;
    json["cells"].push_back(cell_json(point, index));
  }
  const auto label = [&](int cell) { return plan.cells[static_cast<std::size_t>(cell)].label; };
  bool decided = point.estimate.leader.has_value();
  std::vector<PairEstimate> pairs = point.estimate.pairs;
  const std::optional<PairEstimate> control = control_pair(plan, point.record);
  if (control) pairs.push_back(*control);
  for (const PairEstimate& pair : pairs) {
    const bool named = control && pair.cell == control->cell;
    if (!named && point.estimate.leader && pair.to == *point.estimate.leader) {
      decided = decided && pair.verdict != PairVerdict::kUndecided &&
                pair.verdict != PairVerdict::kDependsOnStalls;
    }
    Json ratio = interval_json(pair.typical, "median");
    ratio["label"] = label(pair.cell);
    ratio["to"] = label(pair.to);
    ratio["within"] = interval_json(pair.within, "median");
    ratio["overall"] = interval_json(pair.overall, "median");
    ratio["next_run"] = interval_json(pair.next_run, "median");
    ratio["verdict"] = name(pair.verdict);
    ratio["obstacle"] =
        pair.obstacle == Obstacle::kNone ? Json(nullptr) : Json(name(pair.obstacle));
    ratio["incarnations"] = pair.incarnations;
    json["ratios"].push_back(std::move(ratio));
  }
  if (point.estimate.leader) json["leader"] = label(*point.estimate.leader);
  json["decided"] = decided;
  json["obstacle"] = obstacle_json(json);
  json.update(winner_json(plan, point.estimate, point.took_s));
  json["sentences"] = sentences_json(json);
  return json;
}

}  // namespace

namespace {

EstimateOptions estimate_options(const Plan& plan, const PointPlan& point,
                                 const PointRecord& record, bool at_look) {
  EstimateOptions options;
  options.between_run_sds = point.between_run_sds;
  const auto incarnations = static_cast<int>(record.passes_done.size());
  options.alpha_share = at_look || record.stopped ? look_share(last_look(plan.looks, incarnations))
                                                  : end_share(plan.looks, incarnations);
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    const auto same = std::find_if(
        point.cells.begin(), point.cells.end(),
        [&](const CellPlan& cell) { return cell.strategy == point.cells[i].strategy; });
    options.kinds.push_back(static_cast<int>(same - point.cells.begin()));
    // A cell that was dropped by the look at exactly these data is judged with the others.
    const int after = record.cells[i].dropped_after;
    options.dropped_by.push_back(after < incarnations ? last_look(plan.looks, after) : -1);
  }
  return options;
}

/// Candidates and references that have a speed.
std::vector<int> usable_cells(const PointPlan& point, const PointRecord& record) {
  std::vector<int> usable;
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    if (!record.cells[i].outcome.good() || point.cells[i].control) continue;
    if (!hardly_timed(record.cells[i])) usable.push_back(static_cast<int>(i));
  }
  return usable;
}

}  // namespace

PointEstimate estimate(const Plan& plan, const PointPlan& point, const PointRecord& record,
                       bool at_look) {
  std::vector<int> candidates, references;
  const EstimateOptions options = estimate_options(plan, point, record, at_look);
  for (const int cell : usable_cells(point, record)) {
    (point.cells[static_cast<std::size_t>(cell)].role == Role::kReference ? references : candidates)
        .push_back(cell);
  }
  PointEstimate made = estimate_point(record.samples, static_cast<int>(point.cells.size()),
                                      candidates, references, options);
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    if (!point.cells[i].control || !record.cells[i].outcome.good()) continue;
    made.cells[i] =
        estimate_cell(incarnation_tables(record.samples, static_cast<int>(made.cells.size())),
                      static_cast<int>(i), options.confidence);
  }
  return made;
}

namespace {
/// Whether a point was measured at all: a run that ended early may not have reached it.
bool begun(const PointPlan& plan, const PointRecord& record) {
  if (plan.blocks == 0 || record.blocks > 0) return true;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    if (plan.cells[i].runs() && !record.cells[i].outcome.good()) return true;
  }
  return false;
}

/// What the confidence at one point means for a run with many points.
std::string level_sentence(const Json& context) {
  const double confidence = context.value("confidence", EstimateOptions{}.confidence);
  return fmt::format(
      "at each point, all verdicts together are correct with {0:g} % probability; of many points, "
      "expect up to {1:g} % with a wrong verdict",
      100 * confidence, 100 * (1 - confidence));
}
}  // namespace

Json make_results(const Plan& plan, const Json& context, const RunRecord& record) {
  Json results{{"schema", kResultsSchema}, {"context", context}, {"points", Json::array()}};
  results["context"]["status"] = record.status();
  results["context"]["exit"] = record.exit_status();
  results["context"]["spent_s"] = record.spent_s();
  results["context"]["machine"] = {{"steal_share", median_or_null(record.steal_shares())},
                                   {"load_average", median_or_null(record.load_averages())}};
  results["context"]["control"] = control_json(plan, record);
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const PointPlan& point_plan = plan.points[i];
    const PointRecord& point_record = record.point(static_cast<int>(i));
    if (!begun(point_plan, point_record)) {
      results["context"]["dropped"].push_back(
          point_plan.id +
          (point_plan.later ? ": no time was left for it" : ": the run ended before it began"));
      continue;
    }
    PointResult point{point_plan, point_record, estimate(plan, point_plan, point_record),
                      took_s(plan, record, i)};
    for (std::size_t c = 0; c < point_plan.cells.size(); ++c) {
      if (point_plan.cells[c].strategy == kFloorName && point.cell(c) != nullptr) {
        point.floor_ns =
            interval_json(point.cell(c)->typical_ns, "median", 1 / kHandOversInFloorItem);
      }
    }
    Json json = point_json(point);
    json["mechanisms"] =
        mechanisms_json(point_plan, point_record, usable_cells(point_plan, point_record),
                        estimate_options(plan, point_plan, point_record, false));
    results["points"].push_back(std::move(json));
  }
  results["context"]["between_runs"] = between_runs_json(plan);
  results["context"]["longest_life"] = longest_life_json(results["points"]);
  results["context"]["outlook"] = undecided_json(plan, results["points"]);
  results["context"]["level"] = level_sentence(results["context"]);
  return results;
}

}  // namespace handoff
