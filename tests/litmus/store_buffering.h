// The litmus of two fences: does one side at least see the other's store? ("Store buffering")
//
//   publisher: y = i; its fence; is x set?          sleeper: x = i; its fence; is y set?
//
// Both missing is what loses a wakeup. The publisher first writes many lines that no cache near it
// holds, so that its store of y waits in the store buffer for long; without fences both sides then
// miss in one round of ten or so. Source: Owens, Sarkar, Sewell 2009, "A better x86 memory model".
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "bench/interface/clock.h"

namespace handoff::litmus {

/// CPUs that this process may use: the first two; the same one twice where there is only one.
struct Cpus {
  int publisher, sleeper;
};
inline Cpus two_cpus() {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  int found[2] = {-1, -1}, count = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE && count < 2; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) found[count++] = cpu;
  }
  return {found[0], found[count - 1]};
}

inline void bind_this_thread(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

/// What both sides share; may lie in memory of two processes.
class Sides {
 public:
  /// One round of the publisher. REQUIRES: called for 1, 2, 3 … in turn; false once stopped.
  template <class Fence>
  bool publish(std::uint32_t round, Fence fence) {
    while (begin_.value.load(std::memory_order_acquire) != round) {
      if (stopped_.value.load(std::memory_order_relaxed) != 0) return false;
    }
    std::uint32_t at = round * 2654435761U;
    for (int i = 0; i < kDelays; ++i) {
      at = at * 1664525U + 1013904223U;
      far_[at % kFar].value.store(round, std::memory_order_relaxed);
    }
    y_.value.store(round, std::memory_order_relaxed);
    fence();
    publisher_saw_ = x_.value.load(std::memory_order_relaxed) == round;
    end_.value.store(round, std::memory_order_release);
    return true;
  }

  /// One round of the sleeper; whether both sides missed each other.
  template <class Fence>
  bool both_miss(std::uint32_t round, Fence fence) {
    begin_.value.store(round, std::memory_order_release);
    for (std::uint32_t i = round * 7919 % kLongestDelay; i > 0; --i) asm volatile("");
    x_.value.store(round, std::memory_order_relaxed);
    fence();
    const bool saw = y_.value.load(std::memory_order_relaxed) == round;
    while (end_.value.load(std::memory_order_acquire) != round) {
    }
    return !saw && !publisher_saw_;
  }

  void stop() { stopped_.value.store(1, std::memory_order_relaxed); }

 private:
  static constexpr int kDelays = 40;
  static constexpr std::uint32_t kFar = 1U << 17, kLongestDelay = 2000;
  struct alignas(128) Word {
    std::atomic<std::uint32_t> value{0};
  };
  Word x_, y_, begin_, end_, stopped_;
  bool publisher_saw_ = false;  // published by end_
  Word far_[kFar];
};

/// In how many of `rounds` both sides missed, the publisher being a thread of this process.
/// `between`: called by the sleeper every 1000 rounds.
template <class Light, class Heavy>
std::uint32_t misses(
    std::uint32_t rounds, Cpus cpus, Light light, Heavy heavy,
    const std::function<void()>& between = [] {}) {
  const auto sides = std::make_unique<Sides>();
  std::thread publisher([&] {
    bind_this_thread(cpus.publisher);
    for (std::uint32_t i = 1; sides->publish(i, light); ++i) {
    }
  });
  std::uint32_t missed = 0;
  std::thread sleeper([&] {
    bind_this_thread(cpus.sleeper);
    for (std::uint32_t i = 1; i <= rounds; ++i) {
      if (i % 1000 == 1) between();
      missed += sides->both_miss(i, heavy) ? 1 : 0;
    }
  });
  sleeper.join();
  sides->stop();
  publisher.join();
  return missed;
}

inline void no_fence() { asm volatile("" ::: "memory"); }

}  // namespace handoff::litmus
