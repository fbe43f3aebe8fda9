#include "bench/gbench/parts.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "bench/interface/cpu_set.h"
#include "bench/machine/cpus.h"
#include "bench/machine/placement.h"
#include "bench/machine/topology.h"

namespace handoff {

namespace {

using Added = std::vector<std::pair<PartGroup, std::vector<Part>>>;

Added& added() {
  static Added groups;
  return groups;
}

}  // namespace

std::string Part::full_name() const { return "parts/" + name + (with_others ? "/real_time" : ""); }

bool add_parts(PartGroup group, std::vector<Part> parts) {
  added().emplace_back(group, std::move(parts));
  return true;
}

std::vector<Part> all_parts() {
  Added groups = added();
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second.front().name) < std::pair(b.first, b.second.front().name);
  });
  std::vector<Part> all;
  for (const auto& [group, parts] : groups) all.insert(all.end(), parts.begin(), parts.end());
  return all;
}

PartCpus part_cpus() {
  const CpuAllowance allowance = cpu_allowance();
  const Placement placement = place({}, 1, 1, 2, load_topology(), allowance);
  if (!placement.bound) return {allowance.cpus.front(), allowance.cpus.front()};
  return {placement.cpus[0], placement.cpus[1]};
}

OnOneCpu::OnOneCpu(int cpu) {
  const cpu_set_t set = only_cpu(cpu);
  if (sched_getaffinity(0, sizeof before_, &before_) != 0 ||
      sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot bind this thread to CPU " + std::to_string(cpu));
  }
  sleeper_ = std::thread([this] { over_.wait(false); });
}

OnOneCpu::~OnOneCpu() {
  over_.store(true);
  over_.notify_one();
  sleeper_.join();
  sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace handoff
