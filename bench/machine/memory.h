// How much memory there is, and how much of it this process may still take.
//
// The smaller of the machine's MemAvailable and, for every memory cgroup on the way to the root,
// limit minus usage (version 2 memory.max / memory.current, version 1 memory.limit_in_bytes /
// memory.usage_in_bytes; file pages that the kernel would drop first do not count as used).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace handoff {

/// Bytes; empty where nothing says. `root`: prefix of /proc and /sys (see bench/machine/files.h).
std::optional<std::uint64_t> available_memory_bytes(const std::string& root = "");
/// MemTotal of the machine.
std::optional<std::uint64_t> total_memory_bytes(const std::string& root = "");
/// The smallest limit of the cgroups that hold this process; empty: unlimited.
std::optional<std::uint64_t> memory_limit_bytes(const std::string& root = "");

}  // namespace handoff
