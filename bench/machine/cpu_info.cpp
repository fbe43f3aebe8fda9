#include "bench/machine/cpu_info.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "bench/machine/files.h"
#include "bench/machine/nullable.h"

namespace handoff::machine {
using Json = nlohmann::json;

namespace {

const std::string kCpus = "/sys/devices/system/cpu";

/// A field of the first processor.
std::optional<std::string> cpuinfo(const std::string& key, const std::string& root) {
  const auto text = read_text(root, "/proc/cpuinfo").value_or("");
  auto value = value_of(text, key);
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::string cpufreq(int cpu, const std::string& file) {
  return fmt::format("{}/cpu{}/cpufreq/{}", kCpus, cpu, file);
}

std::optional<double> mhz(const std::optional<double>& khz) {
  return khz ? std::optional(*khz / 1000) : std::nullopt;
}

std::string architecture() {
  utsname names{};
  return uname(&names) == 0 ? names.machine : "";
}

}  // namespace

std::optional<std::string> cpu_model(const std::string& root) {
  if (auto name = cpuinfo("model name", root)) return name;
  const auto implementer = cpuinfo("CPU implementer", root);
  const auto part = cpuinfo("CPU part", root);
  if (!implementer || !part) return std::nullopt;
  return fmt::format("implementer {} part {}", *implementer, *part);
}

std::optional<bool> cpu_flag(const std::string& flag, const std::string& root) {
  const auto flags = cpuinfo("flags", root);
  if (!flags) return std::nullopt;
  const auto names = split(*flags, " ");
  return std::find(names.begin(), names.end(), flag) != names.end();
}

std::optional<std::string> governor(const std::vector<int>& cpus, const std::string& root) {
  std::vector<std::string> names;
  for (const int cpu : cpus) {
    const auto name = read_word(root, cpufreq(cpu, "scaling_governor"));
    if (name && std::find(names.begin(), names.end(), *name) == names.end()) names.push_back(*name);
  }
  if (names.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(names, ","));
}

std::optional<bool> turbo(const std::string& root) {
  if (const auto off = read_number(root, kCpus + "/intel_pstate/no_turbo")) return *off == 0;
  if (const auto on = read_number(root, kCpus + "/cpufreq/boost")) return *on != 0;
  if (const auto on = read_number(root, cpufreq(0, "boost"))) return *on != 0;
  return std::nullopt;
}

Json cpu_section(const std::vector<int>& cpus, const std::string& root) {
  const int cpu = cpus.empty() ? 0 : cpus.front();
  auto now = mhz(read_number(root, cpufreq(cpu, "scaling_cur_freq")));
  if (!now) now = to_number(cpuinfo("cpu MHz", root).value_or(""));
  auto vendor = cpuinfo("vendor_id", root);
  if (!vendor) vendor = cpuinfo("CPU implementer", root);
  return {{"model", nullable(cpu_model(root))},
          {"vendor", nullable(vendor)},
          {"arch", architecture()},
          {"frequency_mhz", nullable(now)},
          {"frequency_max_mhz", nullable(mhz(read_number(root, cpufreq(cpu, "cpuinfo_max_freq"))))},
          {"microcode", nullable(cpuinfo("microcode", root))}};
}

Json tsc_section(const std::string& root) {
  return {{"constant", nullable(cpu_flag("constant_tsc", root))},
          {"nonstop", nullable(cpu_flag("nonstop_tsc", root))}};
}

Json mitigations_section(const std::string& root) {
  std::error_code failure;
  const std::string directory = kCpus + "/vulnerabilities/";
  const std::filesystem::directory_iterator files(root + directory, failure);
  if (failure) return nullptr;
  Json mitigations = Json::object();
  for (const auto& file : files) {
    const std::string name = file.path().filename().string();
    mitigations[name] = nullable(read_word(root, directory + name));
  }
  return mitigations;
}

long page_bytes() { return sysconf(_SC_PAGESIZE); }

}  // namespace handoff::machine
