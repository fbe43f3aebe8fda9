#include "bench/machine/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff {
using Json = nlohmann::json;

namespace {

/// Typed look-ups that take a missing section, a null and a wrong type alike: nothing is known.
class Reader {
 public:
  explicit Reader(const Json& environment) : environment_(environment) {}

  std::optional<double> number(const char* path) const {
    const Json* value = find(path);
    return value != nullptr && value->is_number() ? std::optional(value->get<double>())
                                                  : std::nullopt;
  }
  std::optional<bool> flag(const char* path) const {
    const Json* value = find(path);
    return value != nullptr && value->is_boolean() ? std::optional(value->get<bool>())
                                                   : std::nullopt;
  }
  std::string text(const char* path) const {
    const Json* value = find(path);
    return value != nullptr && value->is_string() ? value->get<std::string>() : "";
  }
  std::vector<std::string> texts(const char* path) const {
    std::vector<std::string> found;
    const Json* value = find(path);
    if (value == nullptr || !value->is_array()) return found;
    for (const auto& entry : *value) {
      if (entry.is_string()) found.push_back(entry.get<std::string>());
    }
    return found;
  }
  std::size_t size(const char* path) const {
    const Json* value = find(path);
    return value != nullptr && value->is_array() ? value->size() : 0;
  }

 private:
  const Json* find(const char* path) const {
    const Json::json_pointer pointer(path);
    return environment_.contains(pointer) ? &environment_.at(pointer) : nullptr;
  }

  const Json& environment_;
};

class Warnings {
 public:
  void add(std::string what, std::string remedy) {
    list_.push_back({{"what", std::move(what)}, {"remedy", std::move(remedy)}});
  }
  Json take() { return std::move(list_); }

 private:
  Json list_ = Json::array();
};

void warn_of_clock_rate(const Reader& env, Warnings& warnings) {
  const std::string governor = env.text("/governor");
  if (!governor.empty() && governor != "performance") {
    warnings.add(
        fmt::format("The CPU frequency governor is {}: the clock follows the load.", governor),
        "sudo cpupower frequency-set -g performance");
  }
  const bool real_machine = !env.flag("/virtualisation/hypervisor").value_or(false);
  if (env.flag("/turbo").value_or(false) && real_machine) {
    warnings.add("Turbo is on: the clock depends on temperature and on how many cores are busy.",
                 "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo (Intel), or "
                 "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost (others)");
  }
}

void warn_of_cpus(const Reader& env, Warnings& warnings) {
  if (env.flag("/topology/smt").value_or(false)) {
    warnings.add("SMT is on: a thread's speed depends on what runs on the other half of its core.",
                 "Keep --pin auto, which fills whole cores first, or switch SMT off: "
                 "echo off | sudo tee /sys/devices/system/cpu/smt/control");
  }
  const auto usable = env.number("/allowed/usable");
  const auto quota = env.number("/allowed/quota");
  const auto cpus = static_cast<double>(env.size("/allowed/cpus"));
  if (usable && *usable < 2) {
    warnings.add(
        "Fewer than 2 CPUs are usable: producers and consumers never run at once, and "
        "what is measured is the scheduler.",
        "Give the process at least 2 CPUs (taskset, docker run --cpus, the size of the "
        "virtual machine).");
  }
  if (quota && *quota < cpus) {
    warnings.add(fmt::format("The cgroup quota of {:g} CPUs is less than the {:g} allowed CPUs: "
                             "when it is spent, all threads stop until the next period.",
                             *quota, cpus),
                 "Raise the quota (docker run --cpus, limits.cpu, CPUQuota=), or replace it by a "
                 "set of whole CPUs (docker run --cpuset-cpus).");
  }
}

void warn_of_neighbours(const Reader& env, Warnings& warnings) {
  const auto load = env.number("/load_average/0");
  const auto usable = env.number("/allowed/usable");
  if (load && usable && *load > *usable / 2) {
    warnings.add(fmt::format("The load average is {:.2f} on {:g} usable CPUs: other work competes.",
                             *load, *usable),
                 "See with top what runs besides, and end it or wait.");
  }
  const double boot = env.number("/steal/share_since_boot").value_or(0);
  const double now = env.number("/steal/share_now").value_or(0);
  constexpr double kMuch = 0.01;
  if (std::max(boot, now) > kMuch) {
    warnings.add(
        fmt::format("The hypervisor takes CPU time away: {:.1f} % now, {:.1f} % since boot.",
                    100 * now, 100 * boot),
        "Measure at a quieter time or on a machine with dedicated CPUs; read intervals, "
        "not medians.");
  }
}

void warn_of_instruments(const Reader& env, Warnings& warnings) {
  const bool virtual_machine = env.flag("/virtualisation/hypervisor").value_or(false);
  if (virtual_machine && !env.flag("/counters/available").value_or(true)) {
    warnings.add(
        "This is a virtual machine without hardware counters: cycles and cache misses "
        "cannot be told, and virtual CPUs may move between cores unseen.",
        "Where the host is yours, pass the counters through (QEMU: -cpu host,pmu=on) and "
        "pin the virtual CPUs; else compare only within one run.");
  }
  const std::string clock = env.text("/clocksource");
  const bool counter = clock == "tsc" || clock == "arch_sys_counter" || clock == "timebase";
  if (!clock.empty() && !counter) {
    const auto choices = env.texts("/clocksources");
    const bool tsc = std::find(choices.begin(), choices.end(), "tsc") != choices.end();
    warnings.add(fmt::format("The kernel's clock source is {}, not the CPU's own counter: reading "
                             "the time may be slow.",
                             clock),
                 tsc ? "echo tsc | sudo tee "
                       "/sys/devices/system/clocksource/clocksource0/current_clocksource"
                     : "The kernel offers no other here; where the host is yours, give the virtual "
                       "machine an invariant TSC, or boot with clocksource=tsc tsc=reliable.");
  }
}

void warn_of_build(const Reader& env, Warnings& warnings) {
  const auto sanitizers = env.texts("/build/sanitizers");
  if (!sanitizers.empty()) {
    warnings.add(fmt::format("This program is built with sanitizers ({}): times mean nothing.",
                             fmt::join(sanitizers, ", ")),
                 "Build without -fsanitize: cmake -B build -DCMAKE_BUILD_TYPE=Release");
  }
  const std::string type = env.text("/build/build_type");
  if (!env.flag("/build/optimised").value_or(true) || type == "Debug") {
    warnings.add(fmt::format("This program is built without optimisation{}.",
                             type.empty() ? "" : " (build type " + type + ")"),
                 "cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build");
  }
}

void warn_of_memory(const Reader& env, Warnings& warnings) {
  constexpr double kMebibyte = 1024.0 * 1024.0;
  constexpr double kLittle = 512 * kMebibyte;
  const auto available = env.number("/memory/available_bytes");
  if (available && *available < kLittle) {
    warnings.add(
        fmt::format("Only {:.0f} MiB of memory are available: capacities of large payloads "
                    "will be lowered, and the machine may swap.",
                    *available / kMebibyte),
        "Free memory or raise the container's limit to at least 1 GiB.");
  }
  constexpr double kMuch = 0.01;
  const auto pressure = env.number("/memory/pressure");
  if (pressure && *pressure > kMuch) {
    warnings.add(
        fmt::format("Tasks waited for memory in {:.0f} % of the last 10 s.", 100 * *pressure),
        "End what uses the memory (ps aux --sort=-rss), or wait.");
  }
}

}  // namespace

Json environment_warnings(const Json& environment) {
  const Reader reader(environment);
  Warnings warnings;
  warn_of_build(reader, warnings);
  warn_of_cpus(reader, warnings);
  warn_of_clock_rate(reader, warnings);
  warn_of_neighbours(reader, warnings);
  warn_of_instruments(reader, warnings);
  warn_of_memory(reader, warnings);
  return warnings.take();
}

}  // namespace handoff
