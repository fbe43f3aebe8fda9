// lockfree_spsc: boost::lockfree::spsc_queue, a ring for one producer and one consumer.
//
// Properties: FIFO, bounded, wait-free. 1:1 only. Waiting as in lockfree_queue.
// Source: Boost.Lockfree; Lamport 1983, "Specifying concurrent program modules".
#include <boost/lockfree/spsc_queue.hpp>

#include "bench/interface/waiting_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

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

const Descriptor kDescriptor{
    .name = "lockfree_spsc",
    .summary = "boost::lockfree::spsc_queue; one producer, one consumer",
    .source = "Boost.Lockfree; Lamport 1983",
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
