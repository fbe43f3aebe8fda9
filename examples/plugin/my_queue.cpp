// my_queue: a bounded ring with two locks, one for each end.
//
// Properties: FIFO, bounded; waits as the workload says (WaitingChannel). Producers and
// consumers are threads. A producer and a consumer never wait for each other's lock: they meet in
// two counters only. Messages are copied in and out, by value.
// Source: Michael, Scott: Simple, Fast, and Practical Non-Blocking and Blocking Concurrent Queue
// Algorithms, PODC 1996 (the two-lock queue; here over a ring).
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "bench/interface/waiting_channel.h"
#include "bench/strategy.h"

namespace {

using namespace handoff;

template <class Message>
class TwoLockRing {
 public:
  explicit TwoLockRing(std::uint32_t capacity) : slots_(capacity) {}

  bool try_push(const Message& message) {
    const std::lock_guard lock(push_mutex_);
    const std::uint64_t pushed =
        pushed_.load(std::memory_order_relaxed);  // written under this lock
    // Acquire pairs with the release in try_pop: the slot's former message has been copied out.
    if (pushed - popped_.load(std::memory_order_acquire) == slots_.size()) return false;
    slots_[push_at_] = message;
    push_at_ = push_at_ + 1 < slots_.size() ? push_at_ + 1 : 0;
    pushed_.store(pushed + 1, std::memory_order_release);
    return true;
  }

  bool try_pop(Message& message) {
    const std::lock_guard lock(pop_mutex_);
    const std::uint64_t popped =
        popped_.load(std::memory_order_relaxed);  // written under this lock
    // Acquire pairs with the release in try_push: the message is complete.
    if (popped == pushed_.load(std::memory_order_acquire)) return false;
    message = slots_[pop_at_];
    pop_at_ = pop_at_ + 1 < slots_.size() ? pop_at_ + 1 : 0;
    popped_.store(popped + 1, std::memory_order_release);
    return true;
  }

 private:
  std::vector<Message> slots_;
  alignas(128) std::mutex push_mutex_;
  std::atomic<std::uint64_t> pushed_{0};
  std::size_t push_at_ = 0;  // guarded by push_mutex_
  alignas(128) std::mutex pop_mutex_;
  std::atomic<std::uint64_t> popped_{0};
  std::size_t pop_at_ = 0;  // guarded by pop_mutex_
};

template <class Message>
using MyQueue = WaitingChannel<Message, TwoLockRing<Message>>;

const Descriptor kDescriptor{
    .name = "my_queue",
    .summary = "bounded ring with a lock for each end",
    .source = "Michael, Scott, PODC 1996",
    .family = Family::kMutexQueue,
    .carrier = Carrier::kThreads,
    .structure = "two-lock ring",
    .origin = "my_queue 1.0",
    .traits = {.fifo = true, .bounded = true},
    .make = make_threads_around<MyQueue>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
