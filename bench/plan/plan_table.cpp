#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "bench/plan/plan.h"

namespace handoff {
namespace {

std::string remarks(const PointPlan& point) {
  std::string text;
  const auto add = [&text](const std::string& remark) {
    text += (text.empty() ? "" : "; ") + remark;
  };
  if (point.workload.capacity != point.capacity_asked) {
    add(fmt::format("capacity {} instead of {} (memory budget)", point.workload.capacity,
                    point.capacity_asked));
  }
  if (point.later) add("if time is left");
  if (point.placement.oversubscribed) add("oversubscribed");
  std::string unsupported;
  for (const CellPlan& cell : point.cells) {
    if (!cell.runs()) unsupported += (unsupported.empty() ? "" : ", ") + cell.label;
  }
  if (!unsupported.empty()) add("unsupported: " + unsupported);
  return text;
}

std::string incarnations_text(const Plan& plan) {
  if (!plan.looks.empty()) return fmt::format("up to {}", plan.incarnations);
  int least = plan.incarnations;
  for (const PointPlan& point : plan.points) least = std::min(least, point.incarnations);
  return least == plan.incarnations ? std::to_string(least)
                                    : fmt::format("{} to {}", least, plan.incarnations);
}

}  // namespace

void print_plan(std::ostream& out, const Plan& plan) {
  std::size_t width = 5;
  for (const PointPlan& point : plan.points) width = std::max(width, point.id.size());
  out << fmt::format("{:<{}}  {:>5}  {:>7}  {:>6}  {:>6}  {:>7}\n", "point", width, "cells",
                     "slice", "lives", "blocks", "seconds");
  for (const PointPlan& point : plan.points) {
    const std::string remark = remarks(point);
    out << fmt::format("{:<{}}  {:>5}  {:>7}  {:>6}  {:>6}  {:>7}{}{}\n", point.id, width,
                       point.running(), duration_text(point.slice_ns * 1e-9),
                       plan.looks.empty() ? std::to_string(point.incarnations) : "open",
                       point.blocks,
                       plan.looks.empty() ? fmt::format("{:.1f}", point.estimated_s) : "open",
                       remark.empty() ? "" : "  ", remark);
  }
  out << fmt::format(
      "suite {}: {} point{}, {} incarnations, about {} of the budget of {}, {} "
      "usable CPU{}, seed "
      "{}\n",
      plan.suite, plan.points.size(), plan.points.size() == 1 ? "" : "s", incarnations_text(plan),
      duration_text(plan.estimated_s), duration_text(plan.budget_s), plan.usable_cpus,
      plan.usable_cpus == 1 ? "" : "s", plan.seed);
  constexpr std::size_t kShown = 8;
  for (std::size_t i = 0; i < plan.dropped.size() && i < kShown; ++i) {
    out << "dropped " << plan.dropped[i] << "\n";
  }
  if (plan.dropped.size() > kShown) {
    out << fmt::format(
        "dropped {} more points, named in the results; a larger --budget holds them\n",
        plan.dropped.size() - kShown);
  }
}

}  // namespace handoff
