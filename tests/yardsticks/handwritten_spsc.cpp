// handwritten_spsc: what somebody would write by hand to time boost::lockfree::spsc_queue: two
// threads, two loops, busy waiting; only the making and checking of payloads is shared. Beside the
// lockfree_spsc cell it shows what threads, waiting and parking of the harness cost.
#include <boost/lockfree/spsc_queue.hpp>

#include "bench/strategy.h"
#include "strategies/boost_origin.h"

namespace handoff {
namespace {

template <class Message>
class HandwrittenSpsc final : public Strategy {
 public:
  explicit HandwrittenSpsc(const Setting& setting)
      : queue_(setting.workload.capacity),
        producer_(setting.producers[0]),
        consumer_(setting.consumers[0]),
        crew_(2, setting.cpus,
              [this](std::uint32_t member) { member == 0 ? produce() : consume(); }) {}

  void run(const Run&) override {
    done_.store(false, std::memory_order_relaxed);
    crew_.run();
  }

 private:
  void produce() {
    auto& message = producer_.own<Message>();
    while (producer_.next(message)) {
      while (!queue_.push(message)) relax_cpu();
    }
    done_.store(true, std::memory_order_release);  // pairs with the acquire in consume
  }

  void consume() {
    for (auto& message = consumer_.own<Message>();;) {
      const bool done = done_.load(std::memory_order_acquire);
      if (queue_.pop(message)) {
        consumer_.accept(message);
      } else if (done) {
        return;
      } else {
        relax_cpu();
      }
    }
  }

  boost::lockfree::spsc_queue<Message> queue_;
  Producer& producer_;
  Consumer& consumer_;
  alignas(128) std::atomic<bool> done_{false};
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "handwritten_spsc",
    .summary = "yardstick: hand-written loops around boost::lockfree::spsc_queue",
    .source = "tests/yardsticks",
    .family = Family::kLockFreeQueue,
    .carrier = Carrier::kThreads,
    .structure = "spsc ring",
    .origin = kBoostOrigin,
    .traits = {.fifo = true, .bounded = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1 && workload.payload == 64) return {};
      return "a yardstick for 1 producer, 1 consumer, 64 bytes";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<HandwrittenSpsc<Value<64>>>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
