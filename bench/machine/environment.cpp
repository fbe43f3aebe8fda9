#include "bench/machine/environment.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "bench/machine/build_info.h"
#include "bench/machine/counters.h"
#include "bench/machine/cpu_info.h"
#include "bench/machine/cpus.h"
#include "bench/machine/files.h"
#include "bench/machine/memory.h"
#include "bench/machine/nullable.h"
#include "bench/machine/system_sampler.h"
#include "bench/machine/virtualisation.h"
#include "bench/machine/warnings.h"

namespace handoff {
using Json = nlohmann::json;

namespace {

using machine::nullable;
using machine::read_text;
using machine::read_word;
using machine::value_of;

/// FNV-1a, 64 bits: std::hash may differ from one library to the next.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

Json system_name(const std::string& root) {
  const auto release = read_text(root, "/etc/os-release").value_or("");
  const auto name = value_of(release, "PRETTY_NAME", '=');
  if (!name) return nullptr;
  return name->size() >= 2 && name->front() == '"' ? name->substr(1, name->size() - 2) : *name;
}

Json topology_section(const Topology& topology) {
  Json caches = Json::array();
  for (const auto& cache : topology.caches) {
    caches.push_back({{"level", cache.level},
                      {"type", cache.type},
                      {"size_bytes", cache.size_bytes > 0 ? Json(cache.size_bytes) : Json()},
                      {"line_bytes", cache.line_bytes > 0 ? Json(cache.line_bytes) : Json()},
                      {"shared_by", cache.shared_by},
                      {"count", cache.count}});
  }
  if (topology.pus.empty()) {
    return {{"packages", nullptr}, {"cores", nullptr},      {"pus", nullptr},
            {"smt", nullptr},      {"numa_nodes", nullptr}, {"caches", caches}};
  }
  return {{"packages", topology.packages},
          {"cores", topology.cores},
          {"pus", topology.pus.size()},
          {"smt", topology.smt()},
          {"caches", caches},
          {"numa_nodes", topology.numa_nodes}};
}

Json allowed_section(const CpuAllowance& allowance, const std::string& root) {
  const auto isolated = read_word(root, "/sys/devices/system/cpu/isolated");
  return {{"cpus", allowance.cpus},
          {"quota", nullable(allowance.quota)},
          {"usable", allowance.usable},
          {"isolated", isolated ? nullable(parse_cpu_list(*isolated)) : Json::array()}};
}

/// "[always] madvise never" means always.
Json chosen(const std::optional<std::string>& choices) {
  if (!choices) return nullptr;
  const auto open = choices->find('[');
  const auto close = choices->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return nullptr;
  return choices->substr(open + 1, close - open - 1);
}

Json preemption(const std::string& version, const std::string& root) {
  Json set = chosen(read_word(root, "/sys/kernel/debug/sched/preempt"));
  if (!set.is_null()) return set;
  for (const auto* model : {"PREEMPT_RT", "PREEMPT_DYNAMIC", "PREEMPT_LAZY", "PREEMPT"}) {
    if (version.find(model) != std::string::npos) return model;
  }
  return nullptr;
}

Json kernel_section(const std::string& root) {
  const auto version = read_word(root, "/proc/sys/kernel/version");
  return {{"release", nullable(read_word(root, "/proc/sys/kernel/osrelease"))},
          {"version", nullable(version)},
          {"preempt", preemption(version.value_or(""), root)}};
}

/// Share of the last 10 s in which some task waited for memory.
Json memory_pressure(const std::string& root) {
  const auto text = read_text(root, "/proc/pressure/memory").value_or("");
  constexpr std::string_view kKey = "some avg10=";
  const auto at = text.find(kKey);
  if (at == std::string::npos) return nullptr;
  const auto fields = machine::split(std::string_view(text).substr(at + kKey.size()), " \n");
  const auto percent = fields.empty() ? std::nullopt : machine::to_number(fields[0]);
  return percent ? Json(*percent / 100) : Json();
}

Json memory_section(const std::string& root) {
  return {{"total_bytes", nullable(total_memory_bytes(root))},
          {"available_bytes", nullable(available_memory_bytes(root))},
          {"limit_bytes", nullable(memory_limit_bytes(root))},
          {"page_bytes", machine::page_bytes()},
          {"pressure", memory_pressure(root)},
          {"transparent_hugepage",
           chosen(read_word(root, "/sys/kernel/mm/transparent_hugepage/enabled"))}};
}

Json load_section(const std::string& root) {
  const auto fields = machine::split(read_text(root, "/proc/loadavg").value_or(""), " ");
  if (fields.size() < 3) return nullptr;
  Json loads = Json::array();
  for (std::size_t i = 0; i < 3; ++i) loads.push_back(nullable(machine::to_number(fields[i])));
  return loads;
}

Json steal_section(const EnvironmentSource& source, const std::vector<int>& cpus) {
  const auto first = steal_ticks(source.root, cpus);
  std::optional<StealTicks> second;
  if (source.steal_window_ms > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(source.steal_window_ms));
    second = steal_ticks(source.root, cpus);
  }
  return {{"window_ms", source.steal_window_ms},
          {"share_since_boot", first ? nullable(steal_share({}, *first)) : Json()},
          {"share_now", first && second ? nullable(steal_share(*first, *second)) : Json()}};
}

Json clocksources(const std::string& root) {
  return machine::split(
      read_word(root, "/sys/devices/system/clocksource/clocksource0/available_clocksource")
          .value_or(""),
      " ");
}

}  // namespace

std::string host_id(const std::string& root) {
  auto name = read_word(root, "/etc/machine-id");
  if (!name) name = read_word(root, "/proc/sys/kernel/hostname");
  const std::string model = machine::cpu_model(root).value_or("");
  return fmt::format("{:016x}", stable_hash("handoff\n" + name.value_or("") + "\n" + model));
}

Json describe_environment(const EnvironmentSource& source) {
  const std::string& root = source.root;
  const auto allowance =
      source.affinity ? cpu_allowance(*source.affinity, root) : cpu_allowance(root);
  Json environment;
  environment["host"] = {{"host_id", host_id(root)}, {"system", system_name(root)}};
  environment["cpu"] = machine::cpu_section(allowance.cpus, root);
  environment["topology"] = topology_section(source.topology ? *source.topology : load_topology());
  environment["allowed"] = allowed_section(allowance, root);
  environment["governor"] = nullable(machine::governor(allowance.cpus, root));
  environment["turbo"] = nullable(machine::turbo(root));
  environment["kernel"] = kernel_section(root);
  environment["clocksource"] =
      nullable(read_word(root, "/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  environment["clocksources"] = clocksources(root);
  environment["tsc"] = machine::tsc_section(root);
  environment["mitigations"] = machine::mitigations_section(root);
  environment["virtualisation"] = virtualisation_section(root);
  environment["memory"] = memory_section(root);
  environment["load_average"] = load_section(root);
  environment["steal"] = steal_section(source, allowance.cpus);
  environment["counters"] = counters_section(root);
  environment["build"] = build_section();
  environment["libraries"] = libraries_section();
  environment["warnings"] = environment_warnings(environment);
  return environment;
}

}  // namespace handoff
