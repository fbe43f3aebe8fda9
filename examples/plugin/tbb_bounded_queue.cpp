// tbb_bounded_queue: oneTBB's concurrent_bounded_queue, a blocking queue that cannot be closed.
//
// Properties: FIFO (tickets), bounded, blocking; many producers, many consumers; allocates pages of
// items as it goes. It waits its own way: it spins a little and sleeps, whatever the workload says,
// and a thread whose turn within the queue has not come yields its CPU until then.
// Its pop() returns with an item or not at all, so that the end of a slice must come as an item,
// too: the poison. (abort() would not do: it wakes only who waits at that moment.)
// Source: oneTBB, concurrent_bounded_queue.
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/version.h>

#include "bench/strategy.h"

namespace {

using namespace handoff;

template <class Message>
class TbbBoundedQueue {
 public:
  explicit TbbBoundedQueue(const Setting& setting) {
    queue_.set_capacity(static_cast<std::ptrdiff_t>(setting.workload.capacity));
  }

  void push(const Message& message) { queue_.push(message); }  // waits for room
  void pop(Message& message) { queue_.pop(message); }          // waits for an item
  /// Pushed once for each consumer when all producers have ended; is no item.
  static Message poison() { return no_item<Message>(); }

 private:
  oneapi::tbb::concurrent_bounded_queue<Message> queue_;
};

const Descriptor kDescriptor{
    .name = "tbb_bounded_queue",
    .summary = "oneTBB concurrent_bounded_queue; consumers are ended by poison",
    .source = "oneTBB, concurrent_bounded_queue",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "linked arrays",
    .origin = "oneTBB " TBB_VERSION_STRING,
    .traits =
        {.fifo = true, .bounded = true, .blocking = true, .allocates = true, .waits_itself = true},
    .make = make_threads_around<TbbBoundedQueue>,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
