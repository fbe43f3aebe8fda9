// memory_copy: one thread copies the payload into one place of a queue's memory after the other.
// What moving so many bytes asks at least, where one copy has to be made.
//
// A reference, probed beside payloads of a page and more: its ns per item is one copy of the
// point's payload, from one buffer to as many places as the point's capacity, in turn. So it takes
// the memory that a queue of that capacity takes, in the caches or beyond them as that does.
// Nothing is handed over: producer and consumer are the same thread, and the 8 bytes that carry the
// proof do not count.
//
// Source: McCalpin, STREAM (its Copy kernel).
#include <algorithm>
#include <cstring>

#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint32_t kLeastPayload = 4096;  // below, the loop is measured and not the copy
constexpr std::size_t kLine = 64;

class MemoryCopy final : public Strategy {
 public:
  explicit MemoryCopy(const Setting& setting)
      : producer_(setting.producers[0]),
        consumer_(setting.consumers[0]),
        bytes_(setting.workload.beside),
        // An odd number of lines apart, as the pool of messages is (slots.h).
        stride_(((bytes_ + kLine - 1) / kLine | 1) * kLine),
        places_(std::max(setting.workload.beside_capacity, 1U)),
        from_(populated(stride_)),
        to_(populated(places_ * stride_)),
        crew_(1, setting.cpus.first(setting.cpus.empty() ? 0 : 1),
              [this](std::uint32_t) { copy(); }) {}

  void run(const Run&) override { crew_.run(); }

 private:
  static SharedMemory populated(std::size_t bytes) {
    SharedMemory memory = SharedMemory::create(bytes);
    memory.populate();
    return memory;
  }

  void copy() {
    while (producer_.next(producer_.own<Value<8>>())) {
      const std::size_t at = place_ * stride_;
      place_ = place_ + 1 < places_ ? place_ + 1 : 0;
      std::memcpy(to_.data() + at, from_.data(), bytes_);
      asm volatile("" : : "r"(to_.data() + at) : "memory");  // the copy is wanted
      consumer_.own<Value<8>>() = producer_.own<Value<8>>();
      consumer_.accept(consumer_.own<Value<8>>());
    }
  }

  Producer& producer_;
  Consumer& consumer_;
  std::size_t bytes_, stride_, places_, place_ = 0;
  SharedMemory from_, to_;
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "memory_copy",
    .summary = "reference: one thread copies the payload in memory (beside 4 KiB and more)",
    .source = "McCalpin, STREAM: Copy",
    .family = Family::kReference,
    .carrier = Carrier::kThreads,
    .structure = kNoStructure,
    .origin = kOwnOrigin,
    .role = Role::kReference,
    .probe = true,
    .traits = {.fifo = true, .bounded = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.payload != 8 || workload.producers != 1 || workload.consumers != 1) {
        return "memory_copy is a probe with 1 producer, 1 consumer and 8 bytes";
      }
      if (workload.beside < kLeastPayload) return "memory_copy is a probe beside 4 KiB and more";
      return {};
    },
    .executing = [](const Workload&) { return 1U; },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<MemoryCopy>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
