// process_pool: worker processes around a ring in shared memory.
//
// Producers are threads of the cell, consumers processes forked once and kept; both sleep between
// slices. Up to a page, an item is written into its slot of the ring and read there, be it `copy`
// or `move`: the slot, one for each item, is the only place where it ever is. Larger ones lie in
// slots of a pool and the ring carries their numbers: `move` writes them there, `copy` copies them
// there from a buffer of the producer's; both read them there. No system call is made for an item
// unless somebody sleeps. Properties: FIFO, bounded, no allocation; any number of producers and
// consumers. A worker that is killed ends the slice at once, with its signal as the reason; one
// that is stopped is waited for. Source: Vyukov 2010, "Bounded MPMC queue"; worker pools as in
// Python's multiprocessing, whose queues are pipes under a lock.
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "bench/interface/ring.h"
#include "bench/interface/workers.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

/// A payload in its slot of the ring, of a size that is known at run time only.
struct Bytes {};

/// Larger ones would make the ring go through more memory than caches hold, capacity times payload,
/// whatever is under way; a pool gives the same few slots again and again.
constexpr std::uint32_t kLargestInRing = 4096;

template <class Message>
class ProcessPool final : public Strategy {
 public:
  explicit ProcessPool(const Setting& setting)
      : setting_(setting),
        workload_(setting.workload),
        ring_(workload_.capacity,
              std::same_as<Message, Bytes> ? workload_.payload : sizeof(Message)),
        pool_(pool_for(workload_)),
        own_(pool_ && workload_.transfer == Transfer::kCopy
                 ? std::size_t{workload_.producers} * workload_.payload
                 : 0),
        workers_(workload_.consumers,
                 setting.cpus.empty() ? setting.cpus : setting.cpus.subspan(workload_.producers),
                 {.work =
                      [this](std::uint32_t worker) {
                        if (!std::exchange(knows_memory_, true)) return map_memory();
                        workload_.consumers == 1 ? consume<true>(worker) : consume<false>(worker);
                      },
                  .broken = [this] { ring_.break_off(); },
                  .kept = {}}),
        crew_(workload_.producers, setting.cpus, [this](std::uint32_t member) {
          workload_.producers == 1 ? produce<true>(member) : produce<false>(member);
        }) {
    workers_.start();  // the first time only to map the memory: no slice pays for its pages
    workers_.finish();
  }

  void run(const Run&) override {
    ring_.reopen();
    producing_.store(workload_.producers, std::memory_order_relaxed);  // published by Crew::run
    workers_.start();
    crew_.run();
    workers_.finish();
  }

 private:
  void map_memory() const {
    ring_.populate();
    if (pool_) pool_->populate();
  }

  template <bool kAlone>
  void produce(std::uint32_t member) {
    Producer& lane = setting_.producers[member];
    while (Ring::Slot* slot = ring_.reserve<kAlone>(setting_.spins)) {
      if (!write(lane, ring_.bytes(*slot))) {
        ring_.withdraw<kAlone>(*slot);
        break;
      }
      ring_.commit<kAlone>(*slot);
    }
    // Acquire and release: the last producer closes after the commits of all others.
    if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1) ring_.close();
  }

  template <bool kAlone>
  void consume(std::uint32_t worker) {
    Consumer& lane = setting_.consumers[worker];
    while (Ring::Slot* slot = ring_.take<kAlone>(setting_.spins)) {
      read(lane, ring_.bytes(*slot));
      ring_.release(*slot);
    }
  }

  bool write(Producer& lane, std::byte* at) {
    if constexpr (std::same_as<Message, Bytes>) {
      return lane.next(at);
    } else if constexpr (std::same_as<Message, Parcel>) {
      const std::uint32_t slot = pool_->take(lane.index());
      reinterpret_cast<Parcel*>(at)->slot = slot;
      if (write_into_pool(lane, pool_->at(slot))) return true;
      pool_->give(slot);
      return false;
    } else {
      return lane.next(*reinterpret_cast<Message*>(at));
    }
  }

  /// Stores that miss wait for each other, the lines of memcpy do not: a detour by a buffer that
  /// stays in the producer's cache is twice as fast at 64 KiB.
  bool write_into_pool(Producer& lane, std::byte* at) {
    if (workload_.transfer == Transfer::kMove) return lane.next(at);
    std::byte* own = own_.data() + std::size_t{lane.index()} * workload_.payload;
    if (!lane.next(own)) return false;
    std::memcpy(at, own, workload_.payload);
    return true;
  }

  void read(Consumer& lane, const std::byte* at) {
    if constexpr (std::same_as<Message, Bytes>) {
      lane.accept(at);
    } else if constexpr (std::same_as<Message, Parcel>) {
      const std::uint32_t slot = reinterpret_cast<const Parcel*>(at)->slot;
      lane.accept(pool_->at(slot));
      pool_->give(slot);
    } else {
      lane.accept(*reinterpret_cast<const Message*>(at));
    }
  }

  static std::optional<Slots> pool_for(const Workload& workload) {
    if constexpr (std::same_as<Message, Parcel>) return std::optional<Slots>(workload);
    return std::nullopt;
  }

  const Setting setting_;
  const Workload workload_;
  Ring ring_;
  std::optional<Slots> pool_;
  std::vector<std::byte> own_;  // a buffer for each producer
  bool knows_memory_ = false;   // each worker's own
  std::atomic<std::uint32_t> producing_{0};
  Workers workers_;  // after all that they share, before the threads, of which they have no copy
  Crew crew_;
};

template <class Message>
std::unique_ptr<Strategy> make_for(const Setting& setting) {
  return std::make_unique<ProcessPool<Message>>(setting);
}

std::unique_ptr<Strategy> make(const Setting& setting) {
  if (setting.workload.payload > kLargestInRing) return make_for<Parcel>(setting);
  if (setting.workload.payload > kLargestValue) return make_for<Bytes>(setting);
  Workload by_value = setting.workload;
  by_value.transfer = Transfer::kCopy;  // moved or not: in its slot
  return with_message(by_value,
                      [&]<class M>(std::type_identity<M>) { return make_for<M>(setting); });
}

const Descriptor kDescriptor{
    .name = "process_pool",
    .summary = "forked workers that stay, a ring in shared memory, items written in place",
    .source = "Vyukov 2010, \"Bounded MPMC queue\"; multiprocessing pools",
    .traits = {.fifo = true, .bounded = true, .cross_process = true},
    .make = make,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
