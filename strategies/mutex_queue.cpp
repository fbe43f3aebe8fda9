// mutex_queue: a bounded ring under one std::mutex, with a condition variable for each end.
//
// Properties: FIFO, bounded, blocking. Producers and consumers are threads. The channel itself is
// in strategies/mutex_queue.h. Source: the bounded buffer of every textbook (Dijkstra 1965; Hoare
// 1974, "Monitors").
#include "strategies/mutex_queue.h"

#include "bench/strategy.h"

namespace handoff {
namespace {

const Descriptor kDescriptor{
    .name = "mutex_queue",
    .summary = "bounded ring, one std::mutex, two condition variables",
    .source = "Dijkstra 1965; Hoare 1974, \"Monitors: an operating system structuring concept\"",
    .family = Family::kMutexQueue,
    .carrier = Carrier::kThreads,
    .structure = "locked ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .blocking = true},
    .make = make_threads_around<MutexQueue>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
