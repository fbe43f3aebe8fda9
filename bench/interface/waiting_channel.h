// Blocking around a queue that has none: try, spin a little, then sleep on an eventcount.
//
// Queue: `bool try_push(const Message&)` false when full, `bool try_pop(Message&)` false when
// empty. Both ends sleep on an eventcount of their own.
#pragma once

#include <atomic>
#include <cstdint>

#include "bench/interface/eventcount.h"
#include "bench/strategy.h"

namespace handoff {

template <class Message, class Queue>
class WaitingChannel {
 public:
  explicit WaitingChannel(const Setting& setting)
      : queue_(setting.workload.capacity), spins_(setting.spins) {}

  void push(const Message& message) {
    if (!queue_.try_push(message)) [[unlikely]] {
      not_full_.await(spins_, [&] { return queue_.try_push(message); });
    }
    not_empty_.notify_one();
  }

  bool pop(Message& message) {
    if (!queue_.try_pop(message)) [[unlikely]] {
      if (!wait_and_pop(message)) return false;
    }
    not_full_.notify_one();
    return true;
  }

  void close() {
    closed_.store(true, std::memory_order_release);  // pairs with the acquire in wait_and_pop
    not_empty_.notify_all();
  }
  void reopen() { closed_.store(false, std::memory_order_relaxed); }

 private:
  bool wait_and_pop(Message& message) {
    bool popped = false;
    not_empty_.await(spins_, [&] {
      // Whether it is closed is read before the last try: what was pushed before is then found.
      const bool closed = closed_.load(std::memory_order_acquire);
      popped = queue_.try_pop(message);
      return popped || closed;
    });
    return popped;
  }

  Queue queue_;
  const std::uint32_t spins_;
  EventCount not_empty_, not_full_;
  std::atomic<bool> closed_{false};
};

}  // namespace handoff
