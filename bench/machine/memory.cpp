#include "bench/machine/memory.h"

#include <algorithm>

#include "bench/machine/cgroup.h"
#include "bench/machine/files.h"

namespace handoff {
namespace {

/// Version 1 writes "no limit" as the largest multiple of a page below 2^63.
constexpr double kNoLimit = 0x1p60;

struct GroupMemory {
  double limit_bytes = 0;
  double used_bytes = 0;
};

std::optional<GroupMemory> memory_of(int version, const std::string& directory,
                                     const std::string& root) {
  const bool second = version == 2;
  const auto limit =
      machine::read_number(root, directory + (second ? "/memory.max" : "/memory.limit_in_bytes"));
  if (!limit || *limit >= kNoLimit) return std::nullopt;
  const auto used = machine::read_number(
      root, directory + (second ? "/memory.current" : "/memory.usage_in_bytes"));
  const auto stat = machine::read_text(root, directory + "/memory.stat").value_or("");
  const auto droppable = machine::to_number(
      machine::value_of(stat, second ? "inactive_file" : "total_inactive_file", ' ').value_or("0"));
  return GroupMemory{*limit, std::max(0.0, used.value_or(0) - droppable.value_or(0))};
}

std::optional<std::uint64_t> meminfo_bytes(const std::string& root, std::string_view key) {
  const auto text = machine::read_text(root, "/proc/meminfo").value_or("");
  const auto kib = machine::to_number(machine::value_of(text, key).value_or(""));
  if (!kib) return std::nullopt;
  return static_cast<std::uint64_t>(*kib) * 1024;
}

template <class Visit>
void visit_groups(const std::string& root, Visit visit) {
  for (const auto& path : machine::cgroup_paths("memory", root)) {
    for (const auto& directory : path.directories) {
      if (const auto memory = memory_of(path.version, directory, root)) visit(*memory);
    }
  }
}

void lower(std::optional<std::uint64_t>& smallest, double bytes) {
  const auto value = static_cast<std::uint64_t>(std::max(0.0, bytes));
  smallest = smallest ? std::min(*smallest, value) : value;
}

}  // namespace

std::optional<std::uint64_t> available_memory_bytes(const std::string& root) {
  auto smallest = meminfo_bytes(root, "MemAvailable");
  visit_groups(root, [&](const GroupMemory& memory) {
    lower(smallest, memory.limit_bytes - memory.used_bytes);
  });
  return smallest;
}

std::optional<std::uint64_t> total_memory_bytes(const std::string& root) {
  return meminfo_bytes(root, "MemTotal");
}

std::optional<std::uint64_t> memory_limit_bytes(const std::string& root) {
  std::optional<std::uint64_t> smallest;
  visit_groups(root, [&](const GroupMemory& memory) { lower(smallest, memory.limit_bytes); });
  return smallest;
}

}  // namespace handoff
