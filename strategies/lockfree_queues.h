// The channels of lockfree_queue and lockfree_spsc: Boost's queues, waited for as the workload
// says.
//
// They have no waiting of their own: a full or empty queue is slept on by an eventcount, which
// costs a load when nobody sleeps (bench/interface/waiting_channel.h). Source: Boost.Lockfree.
#pragma once

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>

#include "bench/interface/waiting_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {  // of each file its own: see threads_around.h

template <class Message>
class BoostQueue {
 public:
  static constexpr bool kInOrder = true;
  explicit BoostQueue(std::uint32_t capacity) : queue_(capacity) {}
  bool try_push(const Message& message) { return queue_.bounded_push(message); }
  bool try_pop(Message& message) { return queue_.pop(message); }

 private:
  boost::lockfree::queue<Message, boost::lockfree::fixed_sized<true>> queue_;
};

template <class Message>
using LockfreeQueue = WaitingChannel<Message, BoostQueue<Message>>;

template <class Message>
class BoostSpsc {
 public:
  static constexpr bool kInOrder = true;
  explicit BoostSpsc(std::uint32_t capacity) : queue_(capacity) {}
  bool try_push(const Message& message) { return queue_.push(message); }
  bool try_pop(Message& message) { return queue_.pop(message); }

 private:
  boost::lockfree::spsc_queue<Message> queue_;
};

template <class Message>
using LockfreeSpsc = WaitingChannel<Message, BoostSpsc<Message>>;

}  // namespace
}  // namespace handoff
