// What a reader must know of the machine and the program to judge a measurement.
//
// Printed by `handoff env`, kept as `context.environment` of a result (docs/results.md). Sections:
//
//   host            host_id (64-bit hash, hexadecimal), system
//   cpu             model, vendor, arch, frequency_mhz, frequency_max_mhz, microcode
//   topology        packages, cores, pus, smt, numa_nodes,
//                   caches[] {level, type, size_bytes, line_bytes, shared_by, count}
//   allowed         cpus[], quota (CPUs' worth of time), usable, isolated[] (from the scheduler)
//   governor        cpufreq governor; different ones joined by commas
//   turbo           whether the CPU may exceed its nominal frequency
//   kernel          release, version, preempt
//   clocksource     in use; clocksources[]: to choose from
//   tsc             constant, nonstop (x86; null elsewhere)
//   mitigations     file of /sys/devices/system/cpu/vulnerabilities to its text
//   virtualisation  hypervisor, vendor, container
//   memory          total_bytes, available_bytes, limit_bytes (of the container), page_bytes,
//                   transparent_hugepage, pressure (share of the last 10 s stalled on memory)
//   load_average    [1, 5, 15 minutes]
//   steal           share_since_boot, share_now, window_ms
//   counters        available, reason
//   build           compiler, version, flags, build_type, optimised, sanitizers[],
//   standard_library,
//                   libc
//   libraries       name to version
//   warnings        [] of {what, remedy}
//
// What cannot be known is null; nothing here throws because a file is missing.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/machine/topology.h"

namespace handoff {

/// Where to look; the defaults are this machine.
struct EnvironmentSource {
  std::string root;                          // prefix of /proc, /sys and /etc
  int steal_window_ms = 100;                 // how long steal is watched; 0: not at all
  std::optional<Topology> topology;          // empty: asks hwloc
  std::optional<std::vector<int>> affinity;  // empty: asks the kernel
};

nlohmann::json describe_environment(const EnvironmentSource& source = {});

/// The same on every run on this machine, different on others: a hash of /etc/machine-id (the host
/// name where there is none) and the CPU model. `--resume` refuses another one.
std::string host_id(const std::string& root = "");

}  // namespace handoff
