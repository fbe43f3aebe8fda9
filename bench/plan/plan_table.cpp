#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <utility>

#include "bench/machine/cpus.h"
#include "bench/plan/plan.h"

namespace handoff {
namespace {

constexpr std::size_t kLine = 100;  // characters per line, unless a single word is longer
constexpr std::size_t kCpusWidth = 33;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// `text` in lines of kLine, broken at blanks; all but the first begin with `indent` blanks.
void print_wrapped(std::ostream& out, const std::string& text, std::size_t indent) {
  std::string line;
  std::size_t begin = 0;
  while (text.size() - begin + line.size() > kLine) {
    std::size_t blank = text.rfind(' ', begin + kLine - line.size());
    if (blank == std::string::npos || blank <= begin) blank = text.find(' ', begin + 1);
    if (blank == std::string::npos) break;  // a long word
    out << line << text.substr(begin, blank - begin) << "\n";
    line.assign(indent, ' ');
    begin = blank + 1;
  }
  out << line << text.substr(begin) << "\n";
}

std::string remarks(const PointPlan& point) {
  std::string text;
  const auto add = [&text](const std::string& remark) {
    text += (text.empty() ? "" : "; ") + remark;
  };
  if (point.workload.capacity != point.capacity_asked) {
    add(fmt::format("capacity {} instead of {}", point.workload.capacity, point.capacity_asked));
  }
  if (point.later) add("only if time is left");
  if (point.placement.oversubscribed) add("oversubscribed");
  return text;
}

void print_points(std::ostream& out, const Plan& plan) {
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
}

std::string incarnations_text(const Plan& plan) {
  if (!plan.looks.empty()) return fmt::format("up to {}", plan.incarnations);
  int least = plan.incarnations;
  for (const PointPlan& point : plan.points) least = std::min(least, point.incarnations);
  return least == plan.incarnations ? std::to_string(least)
                                    : fmt::format("{} to {}", least, plan.incarnations);
}

void print_totals(std::ostream& out, const Plan& plan) {
  out << fmt::format("suite {}: {}, {} incarnations, about {} of the budget of {}\n", plan.suite,
                     counted(plan.points.size(), "point"), incarnations_text(plan),
                     duration_text(plan.estimated_s), duration_text(plan.budget_s));
  out << fmt::format("{}, {} MiB of memory for the cells of a point, seed {}\n",
                     counted(static_cast<std::size_t>(plan.usable_cpus), "usable CPU"),
                     plan.memory_bytes >> 20, plan.seed);
  const PlannedTopology& t = plan.topology;
  if (t.source.empty()) return;
  print_wrapped(out,
                fmt::format("planned for another machine, '{}': {}, {}, {}", t.source,
                            counted(static_cast<std::size_t>(t.cores), "core"),
                            counted(static_cast<std::size_t>(t.packages), "package"),
                            counted(static_cast<std::size_t>(t.numa_nodes), "NUMA node")),
                2);
}

/// Strategies that do not support the same points share a line.
void print_unsupported(std::ostream& out, const Plan& plan) {
  std::map<std::string, std::vector<std::string>> points_of;  // by label
  for (const PointPlan& point : plan.points) {
    for (const CellPlan& cell : point.cells) {
      if (!cell.runs()) points_of[cell.label].push_back(point.id);
    }
  }
  std::map<std::vector<std::string>, std::vector<std::string>> labels_of;  // by points
  for (const auto& [label, points] : points_of) labels_of[points].push_back(label);
  constexpr std::size_t kNamed = 4;
  for (const auto& [points, labels] : labels_of) {
    std::string where =
        fmt::format("{} of {}", points.size(), counted(plan.points.size(), "point"));
    if (points.size() <= kNamed) where = fmt::format("{}", fmt::join(points, ", "));
    print_wrapped(out, fmt::format("unsupported: {} ({})", fmt::join(labels, ", "), where), 2);
  }
}

std::string cpus_text(const std::vector<int>& cpus) {
  if (cpus.empty()) return "-";
  std::string text = format_cpu_strides(cpus);
  if (text.size() > kCpusWidth) {
    const std::string count = fmt::format(",... {} CPUs", cpus.size());
    text.resize(text.rfind(',', kCpusWidth - count.size()));
    text += count;
  }
  return text;
}

/// Which CPUs the producers and the consumers of each pair are bound to.
void print_binding(std::ostream& out, const Plan& plan) {
  struct Row {
    std::string pair, producers, consumers, note;
  };
  std::vector<Row> rows;
  std::size_t width = 9;
  for (const PointPlan& point : plan.points) {
    const Placement& placement = point.placement;
    Row row{fmt::format("{}:{}", point.workload.producers, point.workload.consumers), "", "",
            placement.note};
    if (std::any_of(rows.begin(), rows.end(),
                    [&row](const Row& other) { return other.pair == row.pair; })) {
      continue;
    }
    const auto side = std::min<std::size_t>(point.workload.producers, placement.cpus.size());
    const auto middle = placement.cpus.begin() + static_cast<std::ptrdiff_t>(side);
    row.producers = cpus_text({placement.cpus.begin(), middle});
    row.consumers = cpus_text({middle, placement.cpus.end()});
    width = std::max({width, row.producers.size(), row.consumers.size()});
    rows.push_back(std::move(row));
  }
  print_wrapped(out,
                fmt::format("{:<9}{:<{}}  {:<{}}  CPUs (--pin {})", "pair", "producers", width,
                            "consumers", width, plan.pin),
                2);
  for (const Row& row : rows) {
    const std::string cpus = fmt::format("{:<{}}  {}", row.producers, width, row.consumers);
    const std::size_t noted = std::string_view("pair     ").size() + 2 * (width + 2);
    if (row.note.empty()) {
      out << fmt::format("{:<9}{}\n", row.pair, cpus);
    } else if (noted + row.note.size() <= kLine) {
      out << fmt::format("{:<9}{:<{}}{}\n", row.pair, cpus, 2 * (width + 2), row.note);
    } else {
      out << fmt::format("{:<9}{}\n{:<9}{}\n", row.pair, cpus, "", row.note);
    }
  }
}

/// The first few with their reasons; the others in short, grouped by everything but the pair.
void print_dropped(std::ostream& out, const Plan& plan) {
  constexpr std::size_t kShown = 8;
  const std::size_t shown = std::min(kShown, plan.dropped.size());
  for (std::size_t i = 0; i < shown; ++i) {
    print_wrapped(out, "dropped " + plan.dropped[i], 2);
  }
  if (shown == plan.dropped.size()) return;
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (std::size_t i = shown; i < plan.dropped.size(); ++i) {
    const std::string id = plan.dropped[i].substr(0, plan.dropped[i].find(": "));
    const std::string pair = id.substr(0, id.find(' ')), rest = id.substr(id.find(' ') + 1);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&rest](const auto& one) { return one.first == rest; });
    if (group == groups.end()) group = groups.insert(groups.end(), {rest, {}});
    group->second.push_back(pair);
  }
  out << fmt::format("dropped {}; a larger --budget would hold more:\n",
                     counted(plan.dropped.size() - shown, "more point"));
  std::size_t width = 0;
  for (const auto& [rest, pairs] : groups) width = std::max(width, rest.size());
  for (const auto& [rest, pairs] : groups) {
    print_wrapped(out, fmt::format("  {:<{}}  {}", rest, width, fmt::join(pairs, ", ")), width + 4);
  }
}

}  // namespace

void print_plan(std::ostream& out, const Plan& plan) {
  print_points(out, plan);
  print_totals(out, plan);
  print_unsupported(out, plan);
  print_binding(out, plan);
  print_dropped(out, plan);
}

}  // namespace handoff
