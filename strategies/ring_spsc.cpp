// ring_spsc: a ring of our own for one producer and one consumer.
//
// Explains other rows: process_pool has the same ring between processes at 1:1, ring_mpmc one for
// any number at either end. Each end remembers the other's position and reads it again only when
// the ring looks full, or empty. Properties: FIFO, bounded, wait-free but for the waiting itself,
// no allocation; 1:1 only. It waits as the workload says. Source: Lamport 1983,
// "Specifying concurrent program modules"; Lee, Bu, Chandranmenon 2009, "MCRingBuffer".
#include "bench/interface/ring_channel.h"
#include "bench/interface/spsc_ring.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
using RingSpsc = RingChannel<Message, SpscRing<BetweenThreads>>;

const Descriptor kDescriptor{
    .name = "ring_spsc",
    .summary = "ring with remembered positions; one producer, one consumer",
    .source = "Lamport 1983; Lee, Bu, Chandranmenon 2009, \"MCRingBuffer\"",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "spsc ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .lock_free = true, .in_place = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1) return {};
      return "a single-producer single-consumer ring serves 1 producer and 1 consumer only";
    },
    .make = make_threads_around<RingSpsc>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
