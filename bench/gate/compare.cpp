#include "bench/gate/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "bench/results/results.h"
#include "bench/results/results_json.h"
#include "bench/stats/quantile.h"
#include "bench/stats/verdict.h"

namespace handoff {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kFewestToCentre = 3;

/// A log ratio and half the width of its interval.
struct LogRatio {
  double value = 0, half = 0;
};

std::optional<LogRatio> log_of(const Json& interval, const char* key) {
  if (!interval.is_object() || !interval.at(key).is_number() || !interval.at("lo").is_number() ||
      !interval.at("hi").is_number()) {
    return std::nullopt;
  }
  const double lo = interval.at("lo"), hi = interval.at("hi");
  return LogRatio{std::log(interval.at(key).get<double>()), std::log(hi / lo) / 2};
}

const Json* named(const Json& list, const char* key, const std::string& name) {
  for (const Json& one : list) {
    if (one.at(key) == name) return &one;
  }
  return nullptr;
}

bool delivered(const Json& cell) {
  return cell.at("verdict") == "delivered" && cell.at("ns_per_item").is_object();
}

/// Ratio of `label` to `to` at a point, from the ratios of both to the point's leader.
std::optional<LogRatio> ratio_between(const Json& point, const std::string& label,
                                      const std::string& to) {
  if (label == to) return LogRatio{};
  const auto to_leader = [&](const std::string& cell) -> std::optional<LogRatio> {
    if (cell == point.at("leader")) return LogRatio{};
    for (const Json& ratio : point.at("ratios")) {
      if (ratio.at("label") == cell && ratio.at("to") == point.at("leader")) {
        return log_of(ratio, "median");
      }
    }
    return std::nullopt;
  };
  const auto one = to_leader(label), other = to_leader(to);
  if (!one || !other) return std::nullopt;
  return LogRatio{one->value - other->value, std::hypot(one->half, other->half)};
}

struct Common {
  const Json* base;
  const Json* head;
};

/// Candidates that delivered in both, by label.
std::map<std::string, Common> common_cells(const Json& base, const Json& head) {
  std::map<std::string, Common> cells;
  for (const Json& cell : base.at("cells")) {
    if (cell.at("role") != "candidate" || !delivered(cell)) continue;
    const Json* other = named(head.at("cells"), "label", cell.at("label"));
    if (other != nullptr && delivered(*other)) cells[cell.at("label")] = {&cell, other};
  }
  return cells;
}

/// By label: the change of each common cell relative to the others (`centred`), or of its time.
std::map<std::string, LogRatio> changes_at(const Json& base, const Json& head, bool& centred) {
  const auto cells = common_cells(base, head);
  std::map<std::string, LogRatio> changes;
  const bool leader = base.at("leader").is_string() && cells.contains(base.at("leader"));
  centred = leader && cells.size() >= kFewestToCentre;
  std::vector<double> values, halves;
  for (const auto& [label, cell] : cells) {
    std::optional<LogRatio> then, now;
    if (centred) {
      then = ratio_between(base, label, base.at("leader"));
      now = ratio_between(head, label, base.at("leader"));
    } else {
      then = log_of(cell.base->at("ns_per_item"), "median");
      now = log_of(cell.head->at("ns_per_item"), "median");
    }
    if (!then || !now) continue;
    changes[label] = {now->value - then->value, std::hypot(now->half, then->half)};
    values.push_back(changes[label].value);
    if (label != base.at("leader")) halves.push_back(changes[label].half);
  }
  if (!centred || values.empty()) return changes;
  const double middle = median(values);
  for (auto& [label, change] : changes) {
    change.value -= middle;
    if (change.half == 0 && !halves.empty()) change.half = median(halves);  // the yardstick
  }
  return changes;
}

std::string change_verdict(const LogRatio& change, double margin) {
  const Interval interval{std::exp(change.value), std::exp(change.value - change.half),
                          std::exp(change.value + change.half)};
  return std::string(name(decide(interval, interval, 1, {margin, 1})));
}

Json change_json(const Json& point, const Json& cell, const std::string& verdict,
                 const std::string& reason) {
  return {{"point", point.at("id")}, {"label", cell.at("label")}, {"strategy", cell.at("strategy")},
          {"ratio", nullptr},        {"verdict", verdict},        {"regression", false},
          {"reason", reason}};
}

/// Cells that are new, gone, or whose delivery changed.
void add_deliveries(const Json& base, const Json& head, Json& changes) {
  for (const Json& cell : base.at("cells")) {
    if (cell.at("role") == "control") continue;
    const Json* now = named(head.at("cells"), "label", cell.at("label"));
    if (now == nullptr) {
      changes.push_back(change_json(base, cell, "gone", ""));
    } else if (now->at("verdict") != cell.at("verdict")) {
      Json change = change_json(
          base, cell, "failed",
          fmt::format("{} before, now {} {}", cell.at("verdict").get<std::string>(),
                      now->at("verdict").get<std::string>(), now->at("reason").get<std::string>()));
      if (now->at("verdict") == "delivered") change["verdict"] = "delivers now";
      changes.push_back(std::move(change));
    }
  }
  for (const Json& cell : head.at("cells")) {
    if (cell.at("role") != "control" &&
        named(base.at("cells"), "label", cell.at("label")) == nullptr) {
      changes.push_back(change_json(head, cell, "new", ""));
    }
  }
}

Json side(const Json& results, const std::string& name) {
  const Json& context = results.at("context");
  return {{"name", name},
          {"date", context.value("date", "")},
          {"handoff", context.value("handoff", "")},
          {"binary", context.value("binary", "")}};
}

std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::vector<std::string> differences(const Json& base, const Json& head) {
  std::vector<std::string> found;
  const auto compare = [&](const char* what, const Json& a, const Json& b) {
    if (a != b)
      found.push_back(fmt::format("{} is {} in base and {} in head", what, text(a), text(b)));
  };
  const auto at = [](const Json& results, const char* pointer) {
    const Json::json_pointer where(pointer);
    const Json& context = results.at("context");
    return context.contains(where) ? context.at(where) : Json(nullptr);
  };
  for (const auto& [what, pointer] :
       {std::pair{"the host", "/environment/host/host_id"},
        std::pair{"the CPU", "/environment/cpu/model"},
        std::pair{"the compiler", "/environment/build/compiler"},
        std::pair{"the compiler's version", "/environment/build/version"},
        std::pair{"the compiler's flags", "/environment/build/flags"},
        std::pair{"the number of usable CPUs", "/environment/allowed/usable"},
        std::pair{"the binding", "/pin"}}) {
    compare(what, at(base, pointer), at(head, pointer));
  }
  bool common = false;
  for (const Json& point : base.at("points")) {
    const std::string id = point.at("id");
    const Json* other = named(head.at("points"), "id", id);
    if (other == nullptr) continue;
    common = true;
    compare(fmt::format("the workload of {}", id).c_str(), point.at("workload"),
            other->at("workload"));
    compare(fmt::format("the CPU list of {}", id).c_str(), point.at("binding").at("cpus"),
            other->at("binding").at("cpus"));
    compare(fmt::format("the slice length of {} in ns", id).c_str(), point.at("slice_ns"),
            other->at("slice_ns"));
  }
  if (!common) found.emplace_back("the runs have no point in common");
  return found;
}

Json compare_runs(const Json& base, const Json& head, const std::string& base_name,
                  const std::string& head_name, bool anyway) {
  const std::vector<std::string> unlike = differences(base, head);
  const double margin = base.at("context").value("margin", DecisionRule{}.margin);
  Json comparison{{"schema", kResultsSchema},
                  {"kind", "compare"},
                  {"verdict", "compared"},
                  {"reason", ""},
                  {"margin", margin},
                  {"confidence", base.at("context").value("confidence", 0.95)},
                  {"threshold", nullptr},
                  {"base", side(base, base_name)},
                  {"head", side(head, head_name)},
                  {"changes", Json::array()},
                  {"control", nullptr},
                  {"notes", Json::array()}};
  if (!unlike.empty()) {
    comparison["reason"] = fmt::format("{}", fmt::join(unlike, "; "));
    if (!anyway) {
      comparison["verdict"] = "not comparable";
      return comparison;
    }
    comparison["notes"].push_back("compared although " + comparison["reason"].get<std::string>());
  }
  for (const Json& point : base.at("points")) {
    const Json* other = named(head.at("points"), "id", point.at("id"));
    if (other == nullptr) continue;
    bool centred = false;
    for (const auto& [label, change] : changes_at(point, *other, centred)) {
      Json entry = change_json(point, *named(point.at("cells"), "label", label),
                               change_verdict(change, margin), "");
      entry["ratio"] = interval_json({std::exp(change.value), std::exp(change.value - change.half),
                                      std::exp(change.value + change.half)},
                                     "median");
      comparison["changes"].push_back(std::move(entry));
    }
    if (!centred) {
      comparison["notes"].push_back(
          fmt::format("{}: the runs have fewer than {} cells in common, so times are compared; a "
                      "difference may "
                      "come from the state of the machine",
                      text(point.at("id")), kFewestToCentre));
    }
    add_deliveries(point, *other, comparison["changes"]);
  }
  return comparison;
}

}  // namespace handoff
