// The two fences of a wait: a publisher's, passed with every item, and a sleeper's, passed before
// it sleeps. Between them one of two things holds (Dekker's algorithm, "store buffering"): the
// sleeper sees what was published, or the publisher sees that somebody is about to sleep.
//
//   publisher: publish; light_fence(); does anybody wait?
//   sleeper:   count yourself in; heavy_fence(); was anything published?
//
// BetweenThreads: both sides are threads of one process. The light fence is a compiler barrier, and
// the heavy one makes every other thread of the process pass a full barrier
// (MEMBARRIER_CMD_PRIVATE_EXPEDITED). membarrier(2) promises this pairing: on its return all
// running threads of the process have "passed through a state where all memory accesses to
// user-space addresses match program order", and those that do not run are in such a state. Where
// the kernel has no such command, or once it fails, both fences are full barriers.
//
// BetweenProcesses: both are full barriers. The command for several processes
// (MEMBARRIER_CMD_GLOBAL_EXPEDITED) promises the same but does not keep it: Linux 5.10 to 6.18 at
// least leave out CPUs that run a registered process (docs/waiting.md has cause and proof).
//
// Source: membarrier(2); Dice, Huang, Yang 2001, "Asymmetric Dekker synchronization".
#pragma once

#include <atomic>

#include "bench/interface/futex.h"

namespace handoff {

/// A full barrier of this thread alone.
inline void full_fence() {
#if defined(__x86_64__)
  asm volatile("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#elif defined(__aarch64__)
  asm volatile("dmb ish" ::: "memory");
#else
  __sync_synchronize();
#endif
}

/// Registers this process for the heavy fence between threads. Before threads start, and again in
/// forked processes. Until then light fences are full ones.
void prepare_fences();

/// Whether light fences between threads are compiler barriers now.
bool light_fences_are_free();

namespace detail {
/// Owner: prepare_fences() before threads start; a heavy fence that fails clears it. Relaxed: the
/// one that clears it does not rely on others having seen it (see heavy_fence).
extern std::atomic<bool> light_fences_are_free;
}  // namespace detail

struct BetweenThreads {
  static constexpr FutexScope kFutexScope = FutexScope::kThreads;

  static void light_fence() {
    if (detail::light_fences_are_free.load(std::memory_order_relaxed)) [[likely]] {
      asm volatile("" ::: "memory");
    } else {
      full_fence();
    }
  }
  static void heavy_fence();
};

struct BetweenProcesses {
  static constexpr FutexScope kFutexScope = FutexScope::kProcesses;

  static void light_fence() { full_fence(); }
  static void heavy_fence() { full_fence(); }
};

}  // namespace handoff
