// Waiting around a queue that has none: try, spin, sleep on an eventcount, as the workload says.
//
// Queue: `bool try_push(const Message&)` false when full, `bool try_pop(Message&)` false when
// empty. Both ends sleep on an eventcount of their own.
//
// In many queues try_pop also fails while the item at the front is still being written, though
// later ones are there (and try_push while the place is still being read). Whoever finished a later
// one first then woke somebody in vain. So whoever waited and got something wakes the next one. A
// queue in which whatever was handed in can be taken says so and saves that call: `static constexpr
// bool kInOrder = true`.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>

#include "bench/interface/eventcount.h"
#include "bench/strategy.h"

namespace handoff {

template <class Queue>
concept SaysInOrder = requires {
  { Queue::kInOrder } -> std::convertible_to<bool>;
};

/// `Between`: threads of one process, or processes that share the memory it lies in.
template <class Message, class Queue, class Between = BetweenThreads>
class WaitingChannel {
 public:
  explicit WaitingChannel(const Setting& setting)
      : queue_(setting.workload.capacity),
        not_empty_(setting.waiting),
        not_full_(setting.waiting) {}

  void push(const Message& message) {
    if (!queue_.try_push(message)) [[unlikely]] {
      wait_and_push(message);
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
  static constexpr bool kInOrder = [] {
    if constexpr (SaysInOrder<Queue>) return Queue::kInOrder;
    return false;
  }();

  [[gnu::noinline]] void wait_and_push(const Message& message) {
    not_full_.await([&] { return queue_.try_push(message); }, &not_empty_);
    if constexpr (!kInOrder) not_full_.notify_one();
  }

  [[gnu::noinline]] bool wait_and_pop(Message& message) {
    bool popped = false;
    not_empty_.await(
        [&] {
          // Whether it is closed is read before the last try: what was pushed before is then found.
          const bool closed = closed_.load(std::memory_order_acquire);
          popped = queue_.try_pop(message);
          return popped || closed;
        },
        &not_full_);
    if constexpr (!kInOrder) {
      if (popped) not_empty_.notify_one();
    }
    return popped;
  }

  Queue queue_;
  BasicEventCount<Between> not_empty_, not_full_;
  std::atomic<bool> closed_{false};
};

}  // namespace handoff
