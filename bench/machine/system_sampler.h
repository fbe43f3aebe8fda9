// What the machine does besides: time stolen by the hypervisor, and load. For the journal's
// `second` records.
//
// Source: /proc/stat, /proc/loadavg (man 5 proc). /proc/stat ticks at 10 ms on most kernels: a
// share over a short stretch is coarse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/machine/memory.h"  // IWYU pragma: export: available_memory_bytes()

namespace handoff {

struct SystemSample {
  std::optional<double> steal_share;   // of the CPUs' time since the last sample, 0 … 1
  std::optional<double> load_average;  // runnable tasks, 1-minute average
};

/// Ticks since boot.
struct StealTicks {
  std::uint64_t stolen = 0;
  std::uint64_t all = 0;  // stolen and idle included
};

/// Summed over `cpus`, or over all of the machine if empty; nullopt where /proc/stat does not say.
std::optional<StealTicks> steal_ticks(const std::string& root = "",
                                      const std::vector<int>& cpus = {});
/// Between two readings; nullopt if no tick has passed.
std::optional<double> steal_share(const StealTicks& from, const StealTicks& to);

/// Not thread-safe. `cpus`: whose steal counts (empty: all).
class SystemSampler {
 public:
  explicit SystemSampler(std::string root = "", std::vector<int> cpus = {});
  /// Steal since the last call, or since construction.
  SystemSample sample();

 private:
  std::string root_;
  std::vector<int> cpus_;
  std::optional<StealTicks> last_;
};

}  // namespace handoff
