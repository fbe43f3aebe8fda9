// lockfree_spsc: boost::lockfree::spsc_queue, a ring for one producer and one consumer.
//
// Properties: FIFO, bounded, wait-free. 1:1 only. Waiting as in lockfree_queue.
// Source: Boost.Lockfree; Lamport 1983, "Specifying concurrent program modules".
#include <string>

#include "bench/strategy.h"
#include "strategies/boost_origin.h"
#include "strategies/lockfree_queues.h"

namespace handoff {
namespace {

const Descriptor kDescriptor{
    .name = "lockfree_spsc",
    .summary = "boost::lockfree::spsc_queue; one producer, one consumer",
    .source = "Boost.Lockfree; Lamport 1983",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "spsc ring",
    .origin = kBoostOrigin,
    .traits = {.fifo = true, .bounded = true, .lock_free = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1) return {};
      return "a single-producer single-consumer ring serves 1 producer and 1 consumer only";
    },
    .make = make_threads_around<LockfreeSpsc>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
