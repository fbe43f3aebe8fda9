// Strategies whose fault shows only in a long life, or only at one value of a workload: `handoff
// run` with a few short slices passes them, `handoff prove` does not.
#include <atomic>

#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

/// A ring that loses one item of its life, late: a counter that wraps, say.
template <class Message>
class LosesLate : public RingChannel<Message, MpmcRing<BetweenThreads>> {
 public:
  using Ring = RingChannel<Message, MpmcRing<BetweenThreads>>;
  using Ring::Ring;
  void push(const Message& message) {
    constexpr std::uint64_t kVictimOfLife = 1'000'003;
    if (pushed_.fetch_add(1, std::memory_order_relaxed) + 1 != kVictimOfLife) Ring::push(message);
  }

 private:
  std::atomic<std::uint64_t> pushed_{0};
};

/// A ring that loses items where it has room for one: a mask that is 0, say.
template <class Message>
class LosesAtCapacityOne : public RingChannel<Message, MpmcRing<BetweenThreads>> {
 public:
  using Ring = RingChannel<Message, MpmcRing<BetweenThreads>>;
  explicit LosesAtCapacityOne(const Setting& setting)
      : Ring(setting), loses_(setting.workload.capacity == 1) {}
  void push(const Message& message) {
    if (!loses_ || pushed_.fetch_add(1, std::memory_order_relaxed) % 50 != 49) Ring::push(message);
  }

 private:
  const bool loses_;
  std::atomic<std::uint64_t> pushed_{0};
};

const Descriptor kBroken[] = {
    {.name = "broken_loses_late",
     .summary = "broken: loses the 1 000 003rd item of its life",
     .source = "tests/broken/lives.cpp",
     .traits = {.fifo = true, .bounded = true},
     .unsupported = by_value_only,
     .make = make_threads_around<LosesLate>},
    {.name = "broken_loses_at_capacity_1",
     .summary = "broken: loses items where the capacity is 1",
     .source = "tests/broken/lives.cpp",
     .traits = {.fifo = true, .bounded = true},
     .unsupported = by_value_only,
     .make = make_threads_around<LosesAtCapacityOne>},
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& broken : kBroken) add_strategy(&broken, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
