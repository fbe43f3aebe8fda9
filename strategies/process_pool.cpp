// process_pool: worker processes around a ring in shared memory.
//
// Producers are threads of the cell, consumers processes forked once and kept; both sleep between
// slices. The ring is that of ring_spsc where one hands to one, else that of ring_mpmc: what
// differs from those rows is the carrier. No system call is made for an item unless somebody
// sleeps; the price of processes is a full fence for each item on either side (fences.h). FIFO,
// bounded, no allocation. A worker that is killed ends the slice at once, with its signal as the
// reason; one that is stopped is waited for. Source: worker pools as in Python's multiprocessing,
// whose queues are pipes under a lock; Vyukov 2010, "Bounded MPMC queue".
#include <utility>

#include "bench/interface/channel_ends.h"
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "bench/interface/spsc_ring.h"
#include "bench/interface/workers.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message, class Ring>
class ProcessPool final : public Strategy {
 public:
  explicit ProcessPool(const Setting& setting)
      : workload_(setting.workload),
        ends_(workload_, setting.producers, setting.consumers),
        channel_(setting),
        workers_(workload_.consumers,
                 setting.cpus.empty() ? setting.cpus : setting.cpus.subspan(workload_.producers),
                 {.work = [this](std::uint32_t worker) { work(worker); },
                  .broken = [this] { channel_.break_off(); },
                  .kept = {}}),
        crew_(workload_.producers, setting.cpus,
              [this](std::uint32_t member) { ends_.hand_in_all(channel_, member); }) {
    workers_.start();  // the first time only to map the memory: no slice pays for its pages
    workers_.finish();
  }

  void run(const Run&) override {
    ends_.open(channel_);
    workers_.start();
    crew_.run();
    workers_.finish();
  }

 private:
  /// In the worker.
  void work(std::uint32_t worker) {
    if (!std::exchange(knows_memory_, true)) {
      channel_.populate();
      ends_.populate();
    } else {
      ends_.take_out_all(channel_, worker);
    }
  }

  const Workload workload_;
  ChannelEnds<Message> ends_;
  RingChannel<Message, Ring> channel_;
  bool knows_memory_ = false;  // each worker's own
  Workers workers_;  // after all that they share, before the threads, of which they have no copy
  Crew crew_;
};

template <class Ring>
std::unique_ptr<Strategy> make_around(const Setting& setting) {
  const auto make = [&]<class M>(std::type_identity<M>) {
    return std::unique_ptr<Strategy>(std::make_unique<ProcessPool<M, Ring>>(setting));
  };
  return setting.workload.transfer == Transfer::kInPlace ? with_place(setting.workload, make)
                                                         : with_message(setting.workload, make);
}

std::unique_ptr<Strategy> make(const Setting& setting) {
  const bool one_to_one = setting.workload.producers == 1 && setting.workload.consumers == 1;
  return one_to_one ? make_around<SpscRing<BetweenProcesses>>(setting)
                    : make_around<MpmcRing<BetweenProcesses>>(setting);
}

const Descriptor kDescriptor{
    .name = "process_pool",
    .summary = "forked workers that stay, around a ring in shared memory",
    .source = "Vyukov 2010, \"Bounded MPMC queue\"; multiprocessing pools",
    .family = Family::kProcessPool,
    .carrier = Carrier::kProcesses,
    .structure = "mpmc ring",
    .structure_one_to_one = "spsc ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .in_place = true, .cross_process = true},
    .make = make,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
