// Plans without a machine: registered strategies, CPUs, memory and placement are made up.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/suite/options.h"

namespace handoff::testing {

inline std::string only_one_to_one(const Workload& workload) {
  return workload.producers == 1 && workload.consumers == 1 ? ""
                                                            : "one producer and one consumer only";
}
inline std::string only_a_probe(const Workload& workload) {
  return workload.payload == 8 && workload.beside != 0 ? "" : "a probe";
}
inline std::uint32_t one(const Workload&) { return 1; }
inline std::uint32_t two(const Workload&) { return 2; }

constexpr Descriptor describe(std::string_view name, Role role = Role::kCandidate) {
  Descriptor descriptor;
  descriptor.name = name;
  descriptor.role = role;
  return descriptor;
}

/// A registry of `count` candidates (spsc and a runtime that owns its threads among them) with both
/// references.
inline std::vector<const Descriptor*> registry(std::size_t count = 4) {
  static const std::vector<Descriptor> all = [] {
    std::vector<Descriptor> made{describe("direct", Role::kReference),
                                 describe("floor", Role::kReference),
                                 describe("lockfree_queue"),
                                 describe("lockfree_spsc"),
                                 describe("mutex_queue"),
                                 describe("tbb_flow_graph"),
                                 describe("c5"),
                                 describe("c6"),
                                 describe("c7"),
                                 describe("c8"),
                                 describe("c9"),
                                 describe("c10")};
    made[0].unsupported = only_one_to_one;
    made[0].executing = one;
    made[1].probe = true;
    made[1].unsupported = only_a_probe;  // joins whatever the point is
    made[1].executing = two;
    made[3].unsupported = only_one_to_one;
    made[5].traits.owns_threads = true;
    return made;
  }();
  std::vector<const Descriptor*> some;
  for (std::size_t i = 0; i < count + 2; ++i) some.push_back(&all[i]);
  return some;
}

inline PlanInputs machine(int cpus, const std::vector<const Descriptor*>& strategies) {
  PlanInputs inputs;
  inputs.strategies = strategies;
  inputs.usable_cpus = cpus;
  inputs.available_memory_bytes = std::uint64_t{8} << 30U;
  inputs.fresh_seed = 42;
  inputs.place = [cpus](const std::string& pin, std::uint32_t, std::uint32_t,
                        std::uint32_t executing) {
    Placement placement;
    placement.mode = pin;
    placement.oversubscribed = executing > static_cast<std::uint32_t>(cpus);
    placement.bound = pin != "none" && (!placement.oversubscribed || pin != "auto");
    for (std::uint32_t i = 0; placement.bound && i < executing; ++i) {
      placement.cpus.push_back(pin == "0" ? 0 : static_cast<int>(i) % cpus);
    }
    return placement;
  };
  return inputs;
}

inline Suite asked(const std::vector<std::string>& arguments) {
  auto result = parse_run(arguments);
  if (const Exit* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->err;
    return {};
  }
  return std::get<RunRequest>(result).suite;
}

inline Plan planned(const std::vector<std::string>& arguments, int cpus = 2,
                    std::size_t candidates = 4) {
  const auto strategies = registry(candidates);
  return make_plan(asked(arguments), machine(cpus, strategies));
}

inline std::string refused(const std::vector<std::string>& arguments, int cpus = 2) {
  try {
    planned(arguments, cpus);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

inline std::vector<std::string> labels(const PointPlan& point, bool runs = true) {
  std::vector<std::string> names;
  for (const CellPlan& cell : point.cells) {
    if (cell.runs() == runs) names.push_back(cell.label);
  }
  return names;
}

using Texts = std::vector<std::string>;

}  // namespace handoff::testing
