#include "bench/machine/cpus.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>

#include "bench/machine/cgroup.h"
#include "bench/machine/files.h"

namespace handoff {
namespace {

constexpr int kMaxCpu = 65535;  // so that a typing error does not become a list of millions

/// Quota of one group in CPUs; empty: this group sets none.
std::optional<double> quota_of(int version, const std::string& directory, const std::string& root) {
  std::optional<double> quota, period;
  if (version == 2) {
    const auto text = machine::read_text(root, directory + "/cpu.max");
    const auto parts = machine::split(text.value_or(""), " \n");
    if (parts.size() < 2) return std::nullopt;
    quota = machine::to_number(parts[0]);  // "max": none
    period = machine::to_number(parts[1]);
  } else {
    quota = machine::read_number(root, directory + "/cpu.cfs_quota_us");  // -1: none
    period = machine::read_number(root, directory + "/cpu.cfs_period_us");
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

std::optional<int> to_cpu(std::string_view text) {
  int cpu = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (cpu < 0 || cpu > kMaxCpu) return std::nullopt;
  return cpu;
}

}  // namespace

std::vector<int> affinity_mask() {
  // The kernel refuses (EINVAL) a set smaller than its own, whose size is not told beforehand.
  for (int bits = CPU_SETSIZE; bits <= kMaxCpu + 1; bits *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(bits));
    if (set == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(bits));
    CPU_ZERO_S(size, set);
    std::vector<int> cpus;
    const int result = sched_getaffinity(0, size, set);
    const int error = errno;
    for (int cpu = 0; result == 0 && cpu < bits; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), size, set)) cpus.push_back(cpu);
    }
    CPU_FREE(set);
    if (result == 0) return cpus;
    if (error != EINVAL) break;
  }
  return {0};
}

std::optional<double> cpu_quota(const std::string& root) {
  std::optional<double> smallest;
  for (const auto& path : machine::cgroup_paths("cpu", root)) {
    for (const auto& directory : path.directories) {
      const auto quota = quota_of(path.version, directory, root);
      if (quota && (!smallest || *quota < *smallest)) smallest = quota;
    }
  }
  return smallest;
}

CpuAllowance cpu_allowance(std::vector<int> mask, const std::string& root) {
  CpuAllowance allowance;
  allowance.cpus = std::move(mask);
  std::sort(allowance.cpus.begin(), allowance.cpus.end());
  allowance.quota = cpu_quota(root);
  double usable = static_cast<double>(allowance.cpus.size());
  if (allowance.quota) usable = std::min(usable, std::floor(*allowance.quota));
  allowance.usable = std::max(1, static_cast<int>(usable));
  return allowance;
}

CpuAllowance cpu_allowance(const std::string& root) { return cpu_allowance(affinity_mask(), root); }

std::optional<std::vector<int>> parse_cpu_list(std::string_view text, std::string* why) {
  std::vector<int> cpus;
  const auto fail = [why](std::string reason) {
    if (why != nullptr) *why = std::move(reason);
    return std::nullopt;
  };
  text = machine::trimmed(text);
  while (true) {
    const auto comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const auto dash = part.find('-');
    const auto colon = dash == std::string_view::npos ? dash : part.find(':', dash);
    const auto first = to_cpu(part.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : to_cpu(part.substr(dash + 1, colon - dash - 1));
    const auto stride = colon == std::string_view::npos ? 1 : to_cpu(part.substr(colon + 1));
    if (part.empty()) return fail("a CPU number is missing");
    if (!first || !last || stride.value_or(0) < 1) {
      return fail(fmt::format("'{}' is no CPU number from 0 to {} and no range", part, kMaxCpu));
    }
    if (*last < *first) return fail(fmt::format("the range '{}' runs backwards", part));
    for (int cpu = *first; cpu <= *last; cpu += *stride) cpus.push_back(cpu);
    if (comma == std::string_view::npos) return cpus;
    text.remove_prefix(comma + 1);
  }
}

std::string format_cpu_list(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t first = 0; first < cpus.size();) {
    std::size_t last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += last == first ? fmt::format("{}", cpus[first])
                          : fmt::format("{}-{}", cpus[first], cpus[last]);
    first = last + 1;
  }
  return text;
}

std::string format_cpu_strides(const std::vector<int>& cpus) {
  std::string text;
  for (std::size_t first = 0; first < cpus.size();) {
    const auto step = [&cpus](std::size_t i) { return cpus[i + 1] - cpus[i]; };
    std::size_t last = first;
    while (last + 1 < cpus.size() && step(last) > 0 && step(last) == step(first)) ++last;
    const int stride = last > first ? step(first) : 1;
    if (stride > 1 && last < first + 2) last = first;  // two CPUs make no stride
    if (!text.empty()) text += ',';
    text += std::to_string(cpus[first]);
    if (last > first) text += fmt::format("-{}", cpus[last]);
    if (last > first && stride > 1) text += fmt::format(":{}", stride);
    first = last + 1;
  }
  return text;
}

}  // namespace handoff
