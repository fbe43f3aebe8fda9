// ring_mpmc: a ring of our own for any number of threads on both sides.
//
// Explains other rows: process_pool has the same ring between processes; ring_spsc is what it costs
// that several may stand at an end. Properties: FIFO, bounded, no allocation; a thread that loses
// its CPU between reserving and committing holds up those behind it. It waits as the workload says.
// Source: Vyukov 2010, "Bounded MPMC queue".
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
using RingMpmc = RingChannel<Message, MpmcRing<BetweenThreads>>;

const Descriptor kDescriptor{
    .name = "ring_mpmc",
    .summary = "ring of slots with turns, a compare-and-swap at either end",
    .source = "Vyukov 2010, \"Bounded MPMC queue\"",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "mpmc ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .in_place = true},
    .make = make_threads_around<RingMpmc>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
