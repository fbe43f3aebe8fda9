// lockfree_queue: boost::lockfree::queue, fixed-size, between threads.
//
// Properties: FIFO, bounded (its pool of nodes is), lock-free; many producers, many consumers. It
// has no waiting of its own: a full or empty queue is waited for as the workload says, where it is
// slept on by an eventcount, which costs a load when nobody sleeps. At most 65534 items: nodes have
// 16-bit numbers. Source: Boost.Lockfree; Michael & Scott 1996, "Simple, fast, and practical
// non-blocking and blocking concurrent queue algorithms".
#include <string>

#include "bench/strategy.h"
#include "strategies/boost_origin.h"
#include "strategies/lockfree_queues.h"

namespace handoff {
namespace {

constexpr std::uint32_t kMostItems = 65534;

const Descriptor kDescriptor{
    .name = "lockfree_queue",
    .summary = "boost::lockfree::queue, fixed-size",
    .source = "Boost.Lockfree; Michael & Scott 1996",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "linked queue",
    .origin = kBoostOrigin,
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
