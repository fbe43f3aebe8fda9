// interprocess_mq: boost::interprocess::message_queue between the cell and a worker process, as its
// documentation shows it; for docs/performance.md.
#include <unistd.h>

#include <boost/interprocess/ipc/message_queue.hpp>

#include "bench/interface/workers.h"
#include "bench/strategy.h"
#include "strategies/boost_origin.h"

namespace handoff {
namespace {

namespace ipc = boost::interprocess;

class InterprocessQueue final : public Strategy {
 public:
  explicit InterprocessQueue(const Setting& setting)
      : name_("handoff-" + std::to_string(getpid())),
        queue_(ipc::create_only, name_.c_str(), setting.workload.capacity, sizeof(Message)),
        producer_(setting.producers[0]),
        consumer_(setting.consumers[0]),
        workers_((ipc::message_queue::remove(name_.c_str()), 1),  // mapped: needs no name any more
                 setting.cpus.empty() ? setting.cpus : setting.cpus.subspan(1),
                 {.work = [this](std::uint32_t) { consume(); }, .broken = [] {}, .kept = {}}),
        crew_(1, setting.cpus, [this](std::uint32_t) { produce(); }) {}

  void run(const Run&) override {
    workers_.start();
    crew_.run();
    workers_.finish();
  }

 private:
  using Message = Value<64>;
  static constexpr char kEnd = 'e';  // a single byte: no item has that size

  void produce() {
    auto& message = producer_.own<Message>();
    while (producer_.next(message)) queue_.send(&message, sizeof message, 0);
    queue_.send(&kEnd, 1, 0);
  }
  void consume() {
    auto& message = consumer_.own<Message>();
    ipc::message_queue::size_type size = 0;
    unsigned priority = 0;
    for (;;) {
      queue_.receive(&message, sizeof message, size, priority);
      if (size != sizeof message) return;
      consumer_.accept(message);
    }
  }

  const std::string name_;
  ipc::message_queue queue_;
  Producer& producer_;
  Consumer& consumer_;
  Workers workers_;
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "interprocess_mq",
    .summary = "yardstick: boost::interprocess::message_queue, a worker process",
    .source = "tests/yardsticks",
    .family = Family::kProcessPool,
    .carrier = Carrier::kProcesses,
    .structure = "locked heap",
    .origin = kBoostOrigin,
    .traits = {.fifo = true, .bounded = true, .blocking = true, .cross_process = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1 && workload.payload == 64) return {};
      return "a yardstick for 1 producer, 1 consumer, 64 bytes";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<InterprocessQueue>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
