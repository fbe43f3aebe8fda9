// The time stamp of lanes: a raw counter read, converted to nanoseconds after the slice.
//
// clock_gettime costs 30 ns in some VMs where the counter costs 12. The counter is used only where
// the driver found it to be constant and shared by all CPUs (Board::tick_source says so).
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace handoff {

/// Nanoseconds of CLOCK_MONOTONIC, for everything off the path of an item.
inline std::uint64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000ULL +
         static_cast<std::uint64_t>(now.tv_nsec);
}

enum class TickSource : std::uint8_t { kCounter, kClock };

/// The CPU's time stamp counter; not ordered with neighbouring loads (its error is some 10 ns).
inline std::uint64_t counter_ticks() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  std::uint64_t value;
  asm volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
#else
  return monotonic_ns();
#endif
}

inline std::uint64_t ticks(TickSource source) {
  return source == TickSource::kCounter ? counter_ticks() : monotonic_ns();
}

/// One iteration of a busy wait.
inline void relax_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace handoff
