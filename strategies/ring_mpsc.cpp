// ring_mpsc: a ring of our own for any number of producers and one consumer.
//
// Explains other rows: event_loop_ring has the same ring for inbox, ring_mpmc is what it costs that
// several may stand at the other end. Properties: FIFO, bounded, no allocation; a producer that
// loses its CPU between reserving and committing holds up those behind it. It waits as the workload
// says. Source: Vyukov 2010, "Bounded MPMC queue", without the consumers' compare-and-swap.
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
using RingMpsc = RingChannel<Message, MpscRing<BetweenThreads>>;

const Descriptor kDescriptor{
    .name = "ring_mpsc",
    .summary = "ring of slots with turns, a compare-and-swap at the producers' end",
    .source = "Vyukov 2010, \"Bounded MPMC queue\"",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "mpsc ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .in_place = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.consumers == 1) return {};
      return "a multi-producer single-consumer ring serves 1 consumer only";
    },
    .make = make_threads_around<RingMpsc>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
