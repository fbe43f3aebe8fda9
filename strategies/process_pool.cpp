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
      : setting_(setting),
        workload_(setting.workload),
        payloads_(workload_),
        channel_(setting),
        workers_(workload_.consumers,
                 setting.cpus.empty() ? setting.cpus : setting.cpus.subspan(workload_.producers),
                 {.work = [this](std::uint32_t worker) { work(worker); },
                  .broken = [this] { channel_.break_off(); },
                  .kept = {}}),
        crew_(workload_.producers, setting.cpus,
              [this](std::uint32_t member) { produce(member); }) {
    workers_.start();  // the first time only to map the memory: no slice pays for its pages
    workers_.finish();
  }

  void run(const Run&) override {
    channel_.reopen();
    producing_.store(workload_.producers, std::memory_order_relaxed);  // published by Crew::run
    workers_.start();
    crew_.run();
    workers_.finish();
  }

 private:
  void produce(std::uint32_t member) {
    hand_in_all<Message>(channel_, payloads_, setting_.producers[member]);
    // Acquire and release: the last producer closes after the commits of all others.
    if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1) channel_.close();
  }

  /// In the worker.
  void work(std::uint32_t worker) {
    if (!std::exchange(knows_memory_, true)) {
      channel_.populate();
      payloads_.populate();
    } else {
      take_out_all<Message>(channel_, payloads_, setting_.consumers[worker]);
    }
  }

  const Setting setting_;
  const Workload workload_;
  Payloads<Message> payloads_;
  RingChannel<Message, Ring> channel_;
  bool knows_memory_ = false;  // each worker's own
  std::atomic<std::uint32_t> producing_{0};
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
    .traits = {.fifo = true, .bounded = true, .in_place = true, .cross_process = true},
    .make = make,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
