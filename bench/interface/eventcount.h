// Blocking for structures that have none: a consumer sleeps until something was pushed, and a push
// costs a plain load when nobody sleeps. No wakeup is lost, none is made when nobody waits.
//
// Protocol. Waiter: count yourself in, read the epoch, HEAVY fence, check the condition, sleep if
// it does not hold and the epoch has not moved. Notifier: publish, LIGHT fence, look at the count;
// if somebody waits, count one out, move the epoch, wake one. The fences pair as in Dekker's
// algorithm: either the waiter sees what was published or the notifier sees the waiter.
// The light fence costs nothing: the heavy one makes every CPU that runs this program pass a full
// barrier (membarrier(2)); where the kernel has none both are full barriers. A process that is not
// registered uses full light fences, and its heavy ones still reach those that are.
//
// A waiter that finds its condition true leaves its count behind: counted too many costs one
// needless wake call later, counted too few would lose a wakeup.
//
// Properties: any number of waiters and notifiers; works in shared memory between processes.
// Source: the eventcounts of Reed & Kanodia (1979) and folly's asymmetric fences.
#pragma once

#include <atomic>
#include <climits>
#include <cstdint>

#include "bench/interface/clock.h"
#include "bench/interface/futex.h"

namespace handoff {

/// Registers this process for membarrier. Called once before threads start, and in forked workers.
void prepare_fences();
void heavy_fence();
bool fences_are_asymmetric();

namespace detail {
extern bool asymmetric_fences;  // written by prepare_fences only, before threads start

inline void full_fence() {
#if defined(__x86_64__)
  asm volatile("lock; orl $0, (%%rsp)" ::: "memory", "cc");
#elif defined(__aarch64__)
  asm volatile("dmb ish" ::: "memory");
#else
  __sync_synchronize();
#endif
}
}  // namespace detail

inline void light_fence() {
  if (detail::asymmetric_fences) [[likely]] {
    asm volatile("" ::: "memory");
  } else {
    detail::full_fence();
  }
}

class alignas(128) EventCount {
 public:
  /// After publishing: wakes one waiter, if any.
  void notify_one() {
    light_fence();
    if (waiting_.load(std::memory_order_relaxed) != 0) [[unlikely]] {
      wake_one();
    }
  }

  void notify_all() {
    detail::full_fence();
    epoch_.fetch_add(1, std::memory_order_release);  // pairs with the waiter's acquire
    futex_wake(epoch_, INT_MAX);
  }

  /// Tries `ready` for a while (`spins` busy iterations), then sleeps between tries until it holds.
  template <class Ready>
  void await(std::uint32_t spins, Ready ready) {
    for (std::uint32_t i = 0; i < spins; ++i) {
      if (ready()) return;
      relax_cpu();
    }
    for (;;) {
      // The epoch is read before counting in: whoever takes this count then moves the epoch, and
      // the sleep below does not begin. Acquire pairs with the release in wake_one.
      const std::uint32_t epoch = epoch_.load(std::memory_order_acquire);
      waiting_.fetch_add(1, std::memory_order_relaxed);  // ordered before the check by the fence
      heavy_fence();
      if (ready()) return;
      futex_wait(epoch_, epoch);
      if (ready()) return;
    }
  }

 private:
  void wake_one();

  std::atomic<std::uint32_t> waiting_{0};  // at least the number of sleepers not yet claimed
  std::atomic<std::uint32_t> epoch_{0};    // moves with every wakeup; what waiters sleep on
};

}  // namespace handoff
