#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/cell/protocol.h"
#include "bench/plan/plan.h"

namespace handoff {
using Json = nlohmann::json;

namespace {

/// The source of a topology without --topology.
const std::string kThisMachine = "this machine";

PlannedTopology topology_from(const Json& from) {
  PlannedTopology topology{from.at("source"), from.at("cores"), from.at("packages"),
                           from.at("numa_nodes")};
  if (topology.source == kThisMachine) topology.source.clear();
  return topology;
}

Json cell_json(const CellPlan& cell) {
  return {{"label", cell.label},
          {"strategy", cell.strategy},
          {"role", cell.role == Role::kReference ? "reference" : "candidate"},
          {"family", name(cell.family)},
          {"carrier", name(cell.carrier)},
          {"structure", cell.structure},
          {"origin", cell.origin},
          {"unsupported", cell.unsupported},
          {"executing", cell.executing},
          {"keeps", cell.keeps},
          {"owns_threads", cell.owns_threads},
          {"waits_itself", cell.waits_itself},
          {"probe", cell.probe},
          {"control", cell.control},
          {"twin", cell.twin},
          {"program", cell.program},
          {"plugin", cell.plugin}};
}

CellPlan cell_from(const Json& from) {
  CellPlan cell;
  cell.label = from.at("label");
  cell.strategy = from.at("strategy");
  cell.role = from.at("role") == "reference" ? Role::kReference : Role::kCandidate;
  cell.family = family_named(from.value("family", ""));
  cell.carrier = carrier_named(from.value("carrier", ""));
  cell.structure = from.value("structure", "");
  cell.origin = from.value("origin", "");
  cell.unsupported = from.at("unsupported");
  cell.executing = from.at("executing");
  cell.keeps = from.value("keeps", 0U);
  cell.owns_threads = from.at("owns_threads");
  cell.waits_itself = from.value("waits_itself", false);
  cell.control = from.value("control", false);
  cell.twin = from.value("twin", -1);
  cell.probe = from.value("probe", cell.strategy == kFloorName);
  cell.program = from.value("program", "");
  cell.plugin = from.value("plugin", "");
  return cell;
}

Json point_json(const PointPlan& point) {
  Json cells = Json::array();
  for (const CellPlan& cell : point.cells) cells.push_back(cell_json(cell));
  Json workload = to_json(point.workload);
  workload["capacity_asked"] = point.capacity_asked;
  const Placement& p = point.placement;
  return {{"id", point.id},
          {"workload", workload},
          {"binding",
           {{"mode", p.mode},
            {"bound", p.bound},
            {"cpus", p.cpus},
            {"oversubscribed", p.oversubscribed},
            {"note", p.note}}},
          {"slice_ns", point.slice_ns},
          {"incarnations", point.incarnations},
          {"blocks", point.blocks},
          {"estimated_s", point.estimated_s},
          {"later", point.later},
          {"between_run_sds", point.between_run_sds},
          {"cells", cells}};
}

PointPlan point_from(const Json& from) {
  PointPlan point;
  point.id = from.at("id");
  const Json& w = from.at("workload");
  point.workload = workload_from(w);
  point.capacity_asked = w.at("capacity_asked");
  const Json& p = from.at("binding");
  point.placement.mode = p.at("mode");
  point.placement.bound = p.at("bound");
  point.placement.cpus = p.at("cpus").get<std::vector<int>>();
  point.placement.oversubscribed = p.at("oversubscribed");
  point.placement.note = p.at("note");
  point.slice_ns = from.at("slice_ns");
  point.incarnations = from.at("incarnations");
  point.blocks = from.at("blocks");
  point.estimated_s = from.at("estimated_s");
  point.later = from.value("later", false);
  for (const Json& cell : from.at("cells")) point.cells.push_back(cell_from(cell));
  // Journals from before calibrations existed: the default for all.
  point.between_run_sds =
      from.value("between_run_sds", std::vector<double>(point.cells.size(), kDefaultBetweenRunSd));
  return point;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The first of `keys` whose values differ, as "the `what` is X in that run and Y now".
std::string first_difference(const Json& there, const Json& here,
                             std::initializer_list<std::pair<const char*, const char*>> keys) {
  for (const auto& [key, what] : keys) {
    if (there.at(key) == here.at(key)) continue;
    return fmt::format("the {} is {} in that run and {} now", what, text_of(there.at(key)),
                       text_of(here.at(key)));
  }
  return {};
}

std::string labels(const Json& point) {
  std::string text;
  for (const Json& cell : point.at("cells")) {
    text += (text.empty() ? "" : ", ") + cell.at("label").get<std::string>();
    if (cell.at("label") != cell.at("strategy") && !cell.at("control").get<bool>()) {
      text += "=" + cell.at("strategy").get<std::string>();
    }
  }
  return text;
}

std::string point_difference(const Json& there, const Json& here) {
  if (there.at("id") != here.at("id")) {
    return fmt::format("the point is '{}' in that run and '{}' now", text_of(there.at("id")),
                       text_of(here.at("id")));
  }
  std::string what;
  if (labels(there) != labels(here)) {
    what = fmt::format("the strategies are {} in that run and {} now", labels(there), labels(here));
  }
  if (what.empty()) {
    what = first_difference(there.at("workload"), here.at("workload"), {{"capacity", "capacity"}});
  }
  if (what.empty()) {
    what = first_difference(there.at("binding"), here.at("binding"),
                            {{"mode", "binding"}, {"bound", "binding"}, {"cpus", "CPU list"}});
  }
  if (what.empty()) {
    what = first_difference(there, here,
                            {{"slice_ns", "slice length in ns"},
                             {"blocks", "number of blocks"},
                             {"workload", "workload"},
                             {"cells", "list of cells"}});
  }
  return what.empty() ? what : fmt::format("at '{}' {}", text_of(there.at("id")), what);
}

}  // namespace

Json to_json(const Plan& plan) {
  Json points = Json::array();
  for (const PointPlan& point : plan.points) points.push_back(point_json(point));
  const Json between_runs{{"date", plan.between_runs.date},
                          {"runs", plan.between_runs.runs},
                          {"span_s", plan.between_runs.span_s}};
  const PlannedTopology& t = plan.topology;
  return {{"suite", plan.suite},
          {"topology",
           {{"source", t.source.empty() ? kThisMachine : t.source},
            {"cores", t.cores},
            {"packages", t.packages},
            {"numa_nodes", t.numa_nodes}}},
          {"incarnations", plan.incarnations},
          {"seed", plan.seed},
          {"budget_s", plan.budget_s},
          {"precision", plan.precision},
          {"looks", plan.looks},
          {"timeout_s", plan.timeout_s},
          {"estimated_s", plan.estimated_s},
          {"pin", plan.pin},
          {"usable_cpus", plan.usable_cpus},
          {"memory_bytes", plan.memory_bytes},
          {"dropped", plan.dropped},
          {"between_runs", between_runs},
          {"points", points}};
}

Plan plan_from_json(const Json& from) {
  try {
    Plan plan;
    plan.suite = from.at("suite");
    if (from.contains("topology")) plan.topology = topology_from(from.at("topology"));
    plan.incarnations = from.at("incarnations");
    plan.seed = from.at("seed");
    plan.budget_s = from.at("budget_s");
    plan.precision = from.value("precision", 0.0);
    plan.looks = from.value("looks", std::vector<int>{});
    plan.timeout_s = from.at("timeout_s");
    plan.estimated_s = from.at("estimated_s");
    plan.pin = from.at("pin");
    plan.usable_cpus = from.at("usable_cpus");
    plan.memory_bytes = from.at("memory_bytes");
    plan.dropped = from.at("dropped").get<std::vector<std::string>>();
    if (from.contains("between_runs")) {
      const Json& source = from.at("between_runs");
      plan.between_runs = {source.at("date"), source.at("runs"), source.at("span_s")};
    }
    for (const Json& point : from.at("points")) plan.points.push_back(point_from(point));
    return plan;
  } catch (const Json::exception& error) {
    throw std::runtime_error(fmt::format("the journal's plan cannot be read: {}", error.what()));
  }
}

std::string plan_difference(const Plan& there, const Plan& here) {
  const Json a = to_json(there);
  const Json b = to_json(here);
  std::string what = first_difference(a, b,
                                      {{"suite", "suite"},
                                       {"seed", "seed"},
                                       {"usable_cpus", "number of usable CPUs"},
                                       {"pin", "binding"}});
  for (std::size_t i = 0; what.empty() && i < a["points"].size() && i < b["points"].size(); ++i) {
    // Ids and strategies first: other differences follow from them.
    const Json &x = a["points"][i], &y = b["points"][i];
    if (x.at("id") != y.at("id") || labels(x) != labels(y)) what = point_difference(x, y);
  }
  if (what.empty() && a["points"].size() != b["points"].size()) {
    what = fmt::format("the number of points is {} in that run and {} now", a["points"].size(),
                       b["points"].size());
  }
  if (what.empty()) {
    what = first_difference(a, b,
                            {{"budget_s", "budget in seconds"},
                             {"precision", "precision"},
                             {"incarnations", "number of incarnations"}});
  }
  for (std::size_t i = 0; what.empty() && i < a["points"].size(); ++i) {
    what = point_difference(a["points"][i], b["points"][i]);
  }
  return what;
}

std::string resume_refusal(std::string_view dir, const Plan& there, const Plan& here) {
  const std::string what = plan_difference(there, here);
  if (what.empty()) return {};
  return fmt::format(
      "--resume '{}' has another plan: {}; repeat the options of that run, or give --out to start "
      "a new one",
      dir, what);
}

}  // namespace handoff
