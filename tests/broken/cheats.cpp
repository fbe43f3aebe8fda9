// Strategies that deliver every item, in order, and do not run the race that the others run: one
// hands nothing over, one keeps more than the capacity, one reads and writes in its queue where
// copies are asked for.
#include <cstring>

#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

/// The producer's thread plays the consumer, too.
class AcceptsInline final : public Strategy {
 public:
  explicit AcceptsInline(const Setting& setting)
      : setting_(setting), crew_(1, setting.cpus, [this](std::uint32_t) { play_both(); }) {}
  void run(const Run&) override { crew_.run(); }

 private:
  void play_both() {
    Producer& producer = setting_.producers[0];
    Consumer& consumer = setting_.consumers[0];
    while (producer.next(producer.buffer())) {
      std::memcpy(consumer.buffer(), producer.buffer(), setting_.workload.payload);
      consumer.accept(consumer.buffer());
    }
  }

  const Setting setting_;
  Crew crew_;
};

/// Ten times what is allowed, of which consumers take nothing before half is there.
template <class Message>
class KeepsTenTimesAsMany : public HonestChannel<Message> {
 public:
  explicit KeepsTenTimesAsMany(const Setting& setting)
      : HonestChannel<Message>(10 * std::size_t{setting.workload.capacity},
                               5 * std::size_t{setting.workload.capacity}) {}
};

/// A ring whose slots are written and read in place, whatever the transfer.
template <class Message>
using InPlaceAllTheSame = RingChannel<Message, MpmcRing<BetweenThreads>>;

std::unique_ptr<Strategy> make_in_place_all_the_same(const Setting& setting) {
  return std::make_unique<ThreadsAround<InPlaceAllTheSame, InPlace<Bytes>>>(setting);
}

const Descriptor kBroken[] = {
    {.name = "broken_accepts_inline",
     .summary = "broken: the producer's thread accepts what it has drawn",
     .source = "tests/broken/cheats.cpp",
     .family = Family::kMutexQueue,
     .carrier = Carrier::kThreads,
     .structure = "locked deque",
     .origin = kOwnOrigin,
     .traits = {.fifo = true},
     .unsupported = [](const Workload& workload) -> std::string {
       if (workload.producers == 1 && workload.consumers == 1) return {};
       return "the cheat plays one producer and one consumer only";
     },
     .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
       return std::make_unique<AcceptsInline>(setting);
     }},
    {.name = "broken_keeps_ten_times_as_many",
     .summary = "broken: ten times as many items are under way as allowed",
     .source = "tests/broken/cheats.cpp",
     .family = Family::kMutexQueue,
     .carrier = Carrier::kThreads,
     .structure = "locked deque",
     .origin = kOwnOrigin,
     .traits = {.fifo = true, .allocates = true},
     .unsupported = by_value_only,
     .make = make_broken<KeepsTenTimesAsMany>},
    {.name = "broken_copies_nothing",
     .summary = "broken: items are written and read in the queue where copies are asked for",
     .source = "tests/broken/cheats.cpp",
     .family = Family::kMutexQueue,
     .carrier = Carrier::kThreads,
     .structure = "locked deque",
     .origin = kOwnOrigin,
     .traits = {.fifo = true, .bounded = true},
     .make = make_in_place_all_the_same},
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& broken : kBroken) add_strategy(&broken, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
