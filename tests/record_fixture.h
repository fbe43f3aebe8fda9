// A small plan and the journal of a run of it, both made up: known numbers, no machine.
#pragma once

#include <string>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/results/record.h"

namespace handoff::testing {

/// Cells of point 0.
enum FixtureCell : std::uint8_t { kFast, kSlow, kFloor, kDirect };

/// Two points: `fast`, `slow`, `floor`, and `direct`, which cannot do point 0.
inline Plan small_plan(int incarnations = 8) {
  Plan plan;
  plan.suite = "custom";
  plan.incarnations = incarnations;
  plan.seed = 3;
  plan.budget_s = 10;
  plan.timeout_s = 10;
  plan.pin = "auto";
  plan.usable_cpus = 2;
  for (const std::uint32_t threads : {2U, 1U}) {
    PointPlan point;
    point.workload = {.producers = threads, .consumers = threads, .payload = 100};
    point.capacity_asked = 1024;
    point.id = point_id(point.workload, point.capacity_asked, 2);
    point.placement.mode = "auto";
    point.slice_ns = 1e6;
    point.incarnations = incarnations;
    point.blocks = 20;
    const auto cell = [](std::string label, std::string strategy, Role role) {
      CellPlan made;
      made.label = std::move(label);
      made.strategy = std::move(strategy);
      made.role = role;
      made.executing = 2;
      return made;
    };
    point.cells = {cell("fast", "mutex_queue", Role::kCandidate),
                   cell("slow", "lockfree_queue", Role::kCandidate),
                   cell("floor", "floor", Role::kReference),
                   cell("direct", "direct", Role::kReference)};
    if (threads == 2) point.cells[kDirect].unsupported = "direct has no second thread";
    plan.points.push_back(point);
  }
  return plan;
}

inline Json slice_row_of(int cell, double ns_per_item, double items = 1000) {
  SliceReply reply;
  reply.items = static_cast<std::uint64_t>(items);
  reply.window_items = 0.8 * items;
  reply.elapsed_ns = 0.8 * items * ns_per_item;
  reply.cpu_ns = 2 * items * ns_per_item;
  reply.voluntary = 10;
  reply.involuntary = 5;
  reply.run_delay_ns = 3 * items;
  reply.under_way = 256;
  reply.slowest_share = 0.9;
  reply.fastest_share = 1.1;
  return RunRecord::slice_row(cell, 0, reply);
}

inline Json block_line(int point, int pass, int block, const std::vector<Json>& rows) {
  return {{"t", "block"},   {"point", point}, {"pass", pass},
          {"block", block}, {"group", 0},     {"slices", rows}};
}

/// `blocks` blocks of one pass, opened but not closed. `fast` 100 ns an item, `slow` 200, `floor`
/// 60 (a round trip), a little different in each pass and block.
inline std::vector<Json> begun_pass(int point, int pass, int blocks = 20) {
  std::vector<Json> lines;
  const int cells = point == 0 ? 3 : 4;
  for (int cell = 0; cell < cells; ++cell) {
    lines.push_back({{"t", "open"},
                     {"point", point},
                     {"pass", pass},
                     {"cell", cell},
                     {"bound", true},
                     {"note", ""}});
  }
  constexpr double kNs[] = {100, 200, 60, 5};
  for (int block = -1; block < blocks; ++block) {
    const double drift = 1 + 0.01 * pass + 0.002 * (block % 5);
    std::vector<Json> rows;
    for (int cell = 0; cell < cells; ++cell) {
      rows.push_back(slice_row_of(cell, kNs[cell] * drift * (1 + 0.001 * ((block + cell) % 3))));
    }
    lines.push_back(block_line(point, pass, block, rows));
  }
  return lines;
}

inline Json close_line(int point, int pass, int cell) {
  return {{"t", "close"},
          {"point", point},
          {"pass", pass},
          {"cell", cell},
          {"peak_memory_bytes", 1'000'000 + pass},
          {"parked_cpu_share", 0.01}};
}

inline std::vector<Json> whole_pass(int point, int pass, int blocks = 20) {
  std::vector<Json> lines = begun_pass(point, pass, blocks);
  for (int cell = 0; cell < (point == 0 ? 3 : 4); ++cell) {
    lines.push_back(close_line(point, pass, cell));
  }
  lines.push_back({{"t", "pass"}, {"point", point}, {"pass", pass}});
  return lines;
}

inline Json second_line(double at_s, const Json& steal, const Json& load) {
  return {{"t", "second"}, {"at_s", at_s}, {"steal_share", steal}, {"load_average", load}};
}

inline Json end_line(const std::string& status = "complete", int exit = 0) {
  return {{"t", "end"}, {"status", status}, {"exit", exit}, {"spent_s", 9.5}};
}

inline std::vector<Json> whole_run(const Plan& plan) {
  std::vector<Json> lines;
  for (int pass = 0; pass < plan.incarnations; ++pass) {
    for (int point = 0; point < 2; ++point) {
      for (Json& line : whole_pass(point, pass)) lines.push_back(std::move(line));
    }
    lines.push_back(second_line(pass + 1, 0.02, 1.5));
  }
  lines.push_back(end_line());
  return lines;
}

inline RunRecord record_of(const Plan& plan, const std::vector<Json>& lines) {
  RunRecord record(plan);
  for (const Json& line : lines) record.add(line);
  return record;
}

}  // namespace handoff::testing
