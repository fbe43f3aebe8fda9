// The channel of mutex_queue: a bounded ring under one std::mutex, with a condition variable for
// each end.
//
// Nobody is woken when nobody waits: waiters are counted under the lock. Messages are copied under
// the lock, by value. Who finds it full, or empty, waits as the workload says: it gives the lock
// up, looks at the number of items for as long as a wait spins, and then sleeps on the condition
// variable. How threads wait for the lock itself is the affair of std::mutex.
// Source: the bounded buffer of every textbook (Dijkstra 1965; Hoare 1974, "Monitors").
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "bench/strategy.h"

namespace handoff {
namespace {  // of each file its own: see threads_around.h

template <class Message>
class MutexQueue {
 public:
  explicit MutexQueue(const Setting& setting)
      : waiting_(setting.waiting), ring_(setting.workload.capacity) {}

  void push(const Message& message) {
    std::unique_lock lock(mutex_);
    await(lock, not_full_, [this] { return count() != ring_.size(); });
    ring_[tail_] = message;
    tail_ = after(tail_);
    set_count(count() + 1);
    const bool wake = not_empty_.sleepers != 0;
    lock.unlock();
    if (wake) not_empty_.changed.notify_one();
  }

  bool pop(Message& message) {
    std::unique_lock lock(mutex_);
    await(lock, not_empty_, [this] { return count() != 0 || closed(); });
    if (count() == 0) return false;
    message = ring_[head_];
    head_ = after(head_);
    set_count(count() - 1);
    const bool wake = not_full_.sleepers != 0;
    lock.unlock();
    if (wake) not_full_.changed.notify_one();
    return true;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_.store(true, std::memory_order_relaxed);
    }
    not_empty_.changed.notify_all();
  }

  void reopen() { closed_.store(false, std::memory_order_relaxed); }

 private:
  /// One end: where threads sleep, and how many do (owned by mutex_).
  struct End {
    std::condition_variable changed;
    std::uint32_t sleepers = 0;
  };

  std::size_t after(std::size_t place) const { return place + 1 == ring_.size() ? 0 : place + 1; }
  // Relaxed: written under the lock; a look without it decides only whether to take the lock.
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }
  void set_count(std::size_t count) { count_.store(count, std::memory_order_relaxed); }
  bool closed() const { return closed_.load(std::memory_order_relaxed); }

  /// Until `ready` holds under the lock.
  template <class Ready>
  void await(std::unique_lock<std::mutex>& lock, End& end, Ready ready) {
    while (!ready()) {
      if (waiting_.spins()) {
        lock.unlock();
        const bool worth_another_look = waiting_.spin(ready);
        lock.lock();
        if (worth_another_look) continue;
      }
      ++end.sleepers;
      while (!ready()) end.changed.wait(lock);
      --end.sleepers;
    }
  }

  const Waiting waiting_;
  std::mutex mutex_;  // owns everything below
  End not_empty_, not_full_;
  std::vector<Message> ring_;
  std::size_t head_ = 0, tail_ = 0;
  std::atomic<std::size_t> count_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace
}  // namespace handoff
