// mutex_queue: a bounded ring under one std::mutex, with a condition variable for each end.
//
// Properties: FIFO, bounded, blocking. Producers and consumers are threads. Nobody is woken when
// nobody waits: waiters are counted under the lock. Messages are copied under the lock, by value.
// Source: the bounded buffer of every textbook (Dijkstra 1965; Hoare 1974, "Monitors").
#include <condition_variable>
#include <mutex>
#include <vector>

#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
class MutexQueue {
 public:
  explicit MutexQueue(const Setting& setting) : ring_(setting.workload.capacity) {}

  void push(const Message& message) {
    std::unique_lock lock(mutex_);
    while (count_ == ring_.size()) {
      ++producers_waiting_;
      not_full_.wait(lock);
      --producers_waiting_;
    }
    ring_[tail_] = message;
    tail_ = after(tail_);
    ++count_;
    const bool wake = consumers_waiting_ != 0;
    lock.unlock();
    if (wake) not_empty_.notify_one();
  }

  bool pop(Message& message) {
    std::unique_lock lock(mutex_);
    while (count_ == 0) {
      if (closed_) return false;
      ++consumers_waiting_;
      not_empty_.wait(lock);
      --consumers_waiting_;
    }
    message = ring_[head_];
    head_ = after(head_);
    --count_;
    const bool wake = producers_waiting_ != 0;
    lock.unlock();
    if (wake) not_full_.notify_one();
    return true;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
  }

  void reopen() { closed_ = false; }

 private:
  std::size_t after(std::size_t place) const { return place + 1 == ring_.size() ? 0 : place + 1; }

  std::mutex mutex_;  // owns everything below
  std::condition_variable not_empty_, not_full_;
  std::vector<Message> ring_;
  std::size_t head_ = 0, tail_ = 0, count_ = 0;
  std::uint32_t producers_waiting_ = 0, consumers_waiting_ = 0;
  bool closed_ = false;
};

const Descriptor kDescriptor{
    .name = "mutex_queue",
    .summary = "bounded ring, one std::mutex, two condition variables",
    .source = "Dijkstra 1965; Hoare 1974, \"Monitors: an operating system structuring concept\"",
    .traits = {.fifo = true, .bounded = true, .blocking = true},
    .make = make_threads_around<MutexQueue>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
