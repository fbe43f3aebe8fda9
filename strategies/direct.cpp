// direct: the producer calls the consumer, in the same thread. No hand-over at all.
//
// A reference: what the workload itself and its proof cost. 1:1 only; one executing thread, which
// is producer and consumer both. With Transfer::kCopy one copy is made, from the one's buffer to
// the other's. Source: a function call.
#include <cstring>

#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
void hand_over(Producer& producer, Consumer& consumer, const Workload& workload) {
  if constexpr (!std::same_as<Message, Parcel>) {
    while (producer.next(producer.own<Message>())) {
      consumer.own<Message>() = producer.own<Message>();
      consumer.accept(consumer.own<Message>());
    }
  } else if (workload.transfer == Transfer::kCopy) {
    while (producer.next(producer.buffer())) {
      std::memcpy(consumer.buffer(), producer.buffer(), workload.payload);
      consumer.accept(consumer.buffer());
    }
  } else {
    while (producer.next(producer.buffer())) consumer.accept(producer.buffer());
  }
}

class Direct final : public Strategy {
 public:
  explicit Direct(const Setting& setting)
      : crew_(1, setting.cpus, [this](std::uint32_t) {
          with_message(run_->workload, [&]<class M>(std::type_identity<M>) {
            hand_over<M>(run_->producers[0], run_->consumers[0], run_->workload);
          });
        }) {}

  void run(const Run& slice) override {
    run_ = &slice;
    crew_.run();
  }

 private:
  const Run* run_ = nullptr;  // published to the crew by Crew::run
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "direct",
    .summary = "reference: the producer calls the consumer in the same thread",
    .source = "a function call",
    .family = Family::kReference,
    .carrier = Carrier::kThreads,
    .structure = kNoStructure,
    .origin = kOwnOrigin,
    .role = Role::kReference,
    .traits = {.fifo = true, .bounded = true, .lock_free = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1) return {};
      return "direct has no second thread: 1 producer and 1 consumer only";
    },
    .keeps = [](const Workload&) { return 1U; },
    .executing = [](const Workload&) { return 1U; },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<Direct>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
