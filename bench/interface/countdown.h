// Waiting until a number of threads have done their part of a slice; used again for each slice.
// (std::latch can be used once; g++ 12's counting_semaphore may sleep for ever, GCC bug 104928.)
#pragma once

#include <atomic>
#include <cstdint>

#include "bench/interface/futex.h"

namespace handoff {

class Countdown {
 public:
  /// Before anybody counts down; published by whatever tells them to begin.
  void arm(std::uint32_t parts) { left_.store(parts, std::memory_order_relaxed); }

  /// Release pairs with the acquire in await: it sees what was done before.
  void count_down() {
    if (left_.fetch_sub(1, std::memory_order_release) == 1) futex_wake(left_);
  }

  void await() {
    for (std::uint32_t left; (left = left_.load(std::memory_order_acquire)) != 0;) {
      futex_wait(left_, left);
    }
  }

 private:
  alignas(128) std::atomic<std::uint32_t> left_{0};
};

}  // namespace handoff
