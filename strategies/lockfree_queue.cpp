// lockfree_queue: boost::lockfree::queue, fixed-size, between threads.
//
// Properties: FIFO, bounded (its pool of nodes is), lock-free; many producers, many consumers. It
// has no waiting of its own: a full or empty queue is waited for as the workload says, where it is
// slept on by an eventcount, which costs a load when nobody sleeps. At most 65534 items: nodes have
// 16-bit numbers. Source: Boost.Lockfree; Michael & Scott 1996, "Simple, fast, and practical
// non-blocking and blocking concurrent queue algorithms".
#include <boost/lockfree/queue.hpp>

#include "bench/interface/waiting_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint32_t kMostItems = 65534;

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

const Descriptor kDescriptor{
    .name = "lockfree_queue",
    .summary = "boost::lockfree::queue, fixed-size",
    .source = "Boost.Lockfree; Michael & Scott 1996",
    .traits = {.fifo = true, .bounded = true, .lock_free = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.capacity <= kMostItems) return {};
      return "boost::lockfree::queue of fixed size holds at most 65534 items, not " +
             std::to_string(workload.capacity);
    },
    .make = make_threads_around<LockfreeQueue>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
