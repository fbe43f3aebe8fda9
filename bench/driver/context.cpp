#include "bench/driver/context.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <fstream>

#include "bench/machine/environment.h"
#include "bench/stats/estimate.h"

namespace handoff {

std::string version() { return HANDOFF_VERSION; }

std::string binary_id() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  char buffer[1 << 16];
  while (file.read(buffer, sizeof buffer), file.gcount() > 0) {
    for (std::streamsize i = 0; i < file.gcount(); ++i) {
      hash = (hash ^ static_cast<unsigned char>(buffer[i])) * 0x100000001b3;
    }
  }
  return fmt::format("{:016x}", hash);
}

nlohmann::json make_context(const Plan& plan, const std::vector<std::string>& command) {
  const EstimateOptions statistics;
  return {{"handoff", version()},
          {"binary", binary_id()},
          {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
          {"command", command},
          {"suite", plan.suite},
          {"seed", plan.seed},
          {"budget_s", plan.budget_s},
          {"incarnations", plan.incarnations},
          {"pin", plan.pin},
          {"dropped", plan.dropped},
          {"confidence", statistics.confidence},
          {"margin", statistics.margin},
          {"environment", describe_environment()}};
}

std::string context_refusal(const std::string& dir, const nlohmann::json& there,
                            const nlohmann::json& here) {
  const auto host = [](const nlohmann::json& context) {
    return context["environment"]["host"].value("host_id", "");
  };
  if (host(there) != host(here)) {
    return fmt::format(
        "cannot resume {}: it was measured on another host ({} there, {} here); start a new run",
        dir, host(there), host(here));
  }
  if (there.value("binary", "") != here.value("binary", "")) {
    return fmt::format(
        "cannot resume {}: it was measured by another build of handoff; start a new run", dir);
  }
  return {};
}

}  // namespace handoff
