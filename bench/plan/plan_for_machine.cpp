#include "bench/plan/plan_for_machine.h"

#include <random>

#include "bench/machine/build_info.h"
#include "bench/machine/cpus.h"
#include "bench/machine/environment.h"
#include "bench/machine/memory.h"
#include "bench/machine/topology.h"

namespace handoff {

namespace {
constexpr std::uint64_t kMemoryIfUnknown = 1ULL << 30;
}

Plan plan_for_this_machine(const Suite& suite, const ForeignStrategies& plugins) {
  const CpuAllowance allowance = cpu_allowance();
  const Topology topology = load_topology();
  std::random_device random;
  PlanInputs inputs;
  std::vector<const Descriptor*> known;
  for (const auto& plugin : plugins) {
    known.push_back(&plugin->descriptor);
    inputs.plugins[plugin->name] = plugin->file;
  }
  known.insert(known.end(), strategies().begin(), strategies().end());
  inputs.strategies = known;
  inputs.usable_cpus = allowance.usable;
  inputs.available_memory_bytes = available_memory_bytes().value_or(kMemoryIfUnknown);
  inputs.fresh_seed = random() | 1U;
  inputs.place = [&](const std::string& pin, std::uint32_t producers, std::uint32_t consumers,
                     std::uint32_t executing) {
    std::string error;
    const std::optional<PinRequest> request = parse_pin(pin, error);
    if (!request) throw UsageError(error);
    if (const std::string why = pin_error(*request, allowance); !why.empty()) throw UsageError(why);
    return place(*request, producers, consumers, executing, topology, allowance);
  };
  inputs.calibration = load_calibration(calibration_file(host_id(), suite.pin, version()));
  return make_plan(suite, inputs);
}

}  // namespace handoff
