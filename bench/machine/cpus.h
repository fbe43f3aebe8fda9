// Which CPUs this process may use, and how much of them.
//
// Two limits: the affinity mask says which (sched_getaffinity; cpusets show up in it), the cgroup
// CPU quota says how much (version 2 cpu.max, version 1 cpu.cfs_quota_us / cpu.cfs_period_us, the
// smallest on the way to the root). hwloc and std::thread::hardware_concurrency ignore the quota.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff {

struct CpuAllowance {
  std::vector<int> cpus;        // affinity mask, ascending
  std::optional<double> quota;  // CPUs' worth of time, e.g. 1.5; empty: unlimited
  int usable = 1;               // min(cpus, floor of quota), at least 1
};

/// Of the calling process. `root`: prefix of /proc and /sys (see bench/machine/files.h).
CpuAllowance cpu_allowance(const std::string& root = "");
/// The same with a given affinity mask.
CpuAllowance cpu_allowance(std::vector<int> mask, const std::string& root);

/// CPUs of the calling thread's affinity mask, ascending.
std::vector<int> affinity_mask();
/// The smallest quota that holds for this process, in CPUs; empty: unlimited.
std::optional<double> cpu_quota(const std::string& root = "");

/// "0,2-3" to {0, 2, 3}, in the given order, and "0-6:3" to {0, 3, 6}: taskset's format. On failure
/// nullopt and, if asked for, the reason as the end of a sentence ("the range '3-1' runs
/// backwards").
std::optional<std::vector<int>> parse_cpu_list(std::string_view text, std::string* why = nullptr);
/// {0, 2, 3} to "0,2-3"; parse_cpu_list gives the same CPUs in the same order.
std::string format_cpu_list(const std::vector<int>& cpus);
/// The same with strides, for reading: {0, 4, 8, 1, 5, 9} to "0-8:4,1-9:4".
std::string format_cpu_strides(const std::vector<int>& cpus);

}  // namespace handoff
