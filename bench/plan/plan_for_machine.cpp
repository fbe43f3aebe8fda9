#include "bench/plan/plan_for_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "bench/machine/build_info.h"
#include "bench/machine/described_topology.h"
#include "bench/machine/environment.h"
#include "bench/machine/memory.h"

namespace handoff {

namespace {

constexpr std::uint64_t kMemoryIfUnknown = 1ULL << 30;

/// Why `request` is impossible on `machine`, as a sentence; empty if it is possible.
std::string refusal(const PinRequest& request, const Machine& machine) {
  if (machine.source.empty()) return pin_error(request, machine.allowance);
  if (pin_error(request, machine.allowance).empty()) return {};
  return fmt::format("--pin {} names CPUs that --topology '{}' does not have; it has {}",
                     to_string(request), machine.source, format_cpu_list(machine.allowance.cpus));
}

}  // namespace

Machine this_machine() {
  return {
      {}, load_topology(), cpu_allowance(), available_memory_bytes().value_or(kMemoryIfUnknown)};
}

Machine described_machine(const std::string& source) {
  std::string error;
  auto topology = described_topology(source, error);
  if (!topology) throw UsageError(error);
  Machine machine;
  machine.source = source;
  machine.topology = *std::move(topology);
  for (const Pu& pu : machine.topology.pus) machine.allowance.cpus.push_back(pu.cpu);
  std::sort(machine.allowance.cpus.begin(), machine.allowance.cpus.end());
  machine.allowance.usable = static_cast<int>(machine.allowance.cpus.size());
  const std::uint64_t memory = machine.topology.memory_bytes;
  machine.available_memory_bytes = memory > 0 ? memory : kMemoryIfUnknown;
  return machine;
}

Plan plan_for(const Machine& machine, const Suite& suite, const ForeignStrategies& plugins) {
  std::random_device random;
  PlanInputs inputs;
  std::vector<const Descriptor*> known;
  for (const auto& plugin : plugins) {
    known.push_back(&plugin->descriptor);
    inputs.plugins[plugin->name] = plugin->file;
  }
  known.insert(known.end(), strategies().begin(), strategies().end());
  inputs.strategies = known;
  inputs.usable_cpus = machine.allowance.usable;
  inputs.topology = {machine.source, machine.topology.cores, machine.topology.packages,
                     machine.topology.numa_nodes};
  inputs.available_memory_bytes = machine.available_memory_bytes;
  inputs.fresh_seed = random() | 1U;
  inputs.place = [&machine](const std::string& pin, std::uint32_t producers,
                            std::uint32_t consumers, std::uint32_t executing) {
    std::string error;
    const std::optional<PinRequest> request = parse_pin(pin, error);
    if (!request) throw UsageError(error);
    if (const std::string why = refusal(*request, machine); !why.empty()) throw UsageError(why);
    return place(*request, producers, consumers, executing, machine.topology, machine.allowance);
  };
  if (machine.source.empty()) {
    inputs.calibration = load_calibration(calibration_file(host_id(), suite.pin, version()));
  }
  return make_plan(suite, inputs);
}

Plan plan_for_this_machine(const Suite& suite, const ForeignStrategies& plugins) {
  return plan_for(this_machine(), suite, plugins);
}

}  // namespace handoff
