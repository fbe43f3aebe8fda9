#include "bench/run/tick_rate.h"

#include <poll.h>

#include <fstream>
#include <string>

namespace handoff {

namespace {

constexpr int kMeasureMs = 20;

bool counter_is_trusted() {
#if defined(__x86_64__)
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("flags")) {
      return line.find(" constant_tsc") != std::string::npos &&
             line.find(" nonstop_tsc") != std::string::npos;
    }
  }
  return false;
#elif defined(__aarch64__)
  return true;  // the architecture guarantees that the generic timer is constant and shared
#else
  return false;
#endif
}

struct Reading {
  std::uint64_t ticks, ns;
};

/// Both clocks at nearly the same moment: the quickest of several readings.
Reading read_both() {
  Reading best{};
  std::uint64_t tightest = ~0ULL;
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t before = counter_ticks(), ns = monotonic_ns(), after = counter_ticks();
    if (after - before < tightest) {
      tightest = after - before;
      best = {before + tightest / 2, ns};
    }
  }
  return best;
}

}  // namespace

TickRate measure_tick_rate() {
  if (!counter_is_trusted()) return {};
  const Reading begin = read_both();
  poll(nullptr, 0, kMeasureMs);
  const Reading end = read_both();
  if (end.ticks <= begin.ticks) return {};
  return {TickSource::kCounter,
          static_cast<double>(end.ns - begin.ns) / static_cast<double>(end.ticks - begin.ticks)};
}

}  // namespace handoff
