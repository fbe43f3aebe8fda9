// floor: one cache line handed to and fro between two threads. What the hardware asks at least.
//
// A reference, probed in every block: its ns per item is a round trip, two hand-overs of a line. It
// runs 1:1 with 8 bytes whatever the point is; both threads spin, and yield the CPU now and then so
// that they also end where they have to share one.
// Source: the core-to-core latency test of many tools; Lamport 1977 (the one-slot buffer).
#include <sched.h>

#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint32_t kSpinsBeforeYield = 20'000;

class Floor final : public Strategy {
 public:
  explicit Floor(const Setting& setting)
      : producer_(setting.producers[0]),
        consumer_(setting.consumers[0]),
        crew_(2, setting.cpus,
              [this](std::uint32_t member) { member == 0 ? produce() : consume(); }) {}

  void run(const Run&) override {
    full_.word.store(0, std::memory_order_relaxed);
    taken_.word.store(0, std::memory_order_relaxed);
    crew_.run();
  }

 private:
  struct alignas(128) Line {
    std::atomic<std::uint64_t> word{0};
    Value<8> value{};  // beside the word: item and signal travel on one line
  };
  static constexpr std::uint64_t kEnd = ~0ULL;

  /// Spins until `line` holds another turn than `before`; acquire pairs with the other side's
  /// release: the value beside the word is then complete, or no longer needed.
  static std::uint64_t await_change(const Line& line, std::uint64_t before) {
    for (std::uint32_t spins = 1;; ++spins) {
      const std::uint64_t now = line.word.load(std::memory_order_acquire);
      if (now != before) return now;
      if (spins % kSpinsBeforeYield == 0) sched_yield();
      relax_cpu();
    }
  }

  void produce() {
    std::uint64_t turn = 0;
    while (producer_.next(producer_.own<Value<8>>())) {
      full_.value = producer_.own<Value<8>>();
      full_.word.store(++turn, std::memory_order_release);
      await_change(taken_, turn - 1);
    }
    full_.word.store(kEnd, std::memory_order_release);
  }

  void consume() {
    for (std::uint64_t turn = 0;;) {
      const std::uint64_t now = await_change(full_, turn);
      if (now == kEnd) return;
      consumer_.own<Value<8>>() = full_.value;
      consumer_.accept(consumer_.own<Value<8>>());
      taken_.word.store(turn = now, std::memory_order_release);
    }
  }

  Producer& producer_;
  Consumer& consumer_;
  Line full_, taken_;
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "floor",
    .summary = "reference: a cache line handed to and fro between two CPUs (a round trip an item)",
    .source = "core-to-core latency tests; Lamport 1977, one-slot buffer",
    .family = Family::kReference,
    .carrier = Carrier::kThreads,
    .structure = "cache line",
    .origin = kOwnOrigin,
    .role = Role::kReference,
    .probe = true,
    .traits = {.fifo = true, .bounded = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1 && workload.payload == 8) return {};
      return "the floor is a probe with 1 producer, 1 consumer and 8 bytes";
    },
    .executing = [](const Workload&) { return 2U; },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<Floor>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
