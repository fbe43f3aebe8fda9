// event_loop_ring: a loop that sleeps in epoll_wait and drains a ring for many producers.
//
// Explains other rows: ring_mpsc is the same ring, whose consumer sleeps on a futex; event_loop has
// another inbox. A producer is a thread that puts items into the ring, the consumer is the loop.
// The eventfd is written only when the loop sleeps or is about to. Who finds the ring full, or
// empty, waits as the workload says; between slices the loop sleeps in epoll_wait, whatever that
// is.
//
// Properties: FIFO, bounded, no allocation; one loop, since the ring has one consumer. Source: the
// reactor (Schmidt 1995); epoll(7), eventfd(2); Vyukov 2010, "Bounded MPMC queue".
#include <utility>

#include "bench/interface/bound_threads.h"
#include "bench/interface/channel_ends.h"
#include "bench/interface/countdown.h"
#include "bench/interface/crew.h"
#include "bench/interface/doorbell.h"
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

template <class Message>
class EventLoopRing final : public Strategy {
 public:
  explicit EventLoopRing(const Setting& setting)
      : ends_(setting.workload, setting.producers, setting.consumers),
        inbox_(setting),
        loop_(
            setting.workload.consumers, setting.cpus, setting.workload.producers,
            [this](std::uint32_t consumer) { serve(consumer); }, [this] { dismiss(); }),
        producers_(setting.workload.producers, setting.cpus,
                   [this](std::uint32_t producer) { ends_.hand_in_all(inbox_, producer); }) {}

  void run(const Run&) override {
    ends_.open(inbox_);
    serving_.arm(1);
    begin_slice();
    producers_.run();
    serving_.await();
  }

 private:
  void begin_slice() {
    begun_.fetch_add(1, std::memory_order_release);
    inbox_.not_empty().ring();
  }
  void dismiss() {
    dismissed_ = true;
    begin_slice();
  }

  void serve(std::uint32_t consumer) {
    bool served = false;
    for (std::uint32_t seen = 0;; ++seen) {
      // Counted down when all but sleeping is done: what the fence costs is of the slice.
      inbox_.not_empty().await(
          Waiting{}, [&] { return begun_.load(std::memory_order_acquire) != seen; },
          [&] {
            if (std::exchange(served, false)) serving_.count_down();
          });
      if (dismissed_) return;
      ends_.take_out_all(inbox_, consumer);
      served = true;
    }
  }

  ChannelEnds<Message> ends_;
  RingChannel<Message, MpscRing<BetweenThreads, Doorbell>> inbox_;
  /// Slices begun. Release by begin_slice, acquire by the loop: lanes and inbox are as armed.
  alignas(128) std::atomic<std::uint32_t> begun_{0};
  bool dismissed_ = false;  // written before begun_ moves
  Countdown serving_;       // the loop, until it has drained the slice; published by begun_
  BoundThreads loop_;
  Crew producers_;
};

const Descriptor kDescriptor{
    .name = "event_loop_ring",
    .summary = "one epoll loop with a ring for inbox; an eventfd wakes it only when it sleeps",
    .source = "Schmidt 1995, \"Reactor\"; Vyukov 2010, \"Bounded MPMC queue\"",
    .family = Family::kEventLoop,
    .carrier = Carrier::kLoop,
    .structure = "mpsc ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .in_place = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.consumers == 1) return {};
      return "the ring of this loop serves 1 consumer only; event_loop has an inbox for each loop";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      const auto make = [&]<class M>(std::type_identity<M>) {
        return std::unique_ptr<Strategy>(std::make_unique<EventLoopRing<M>>(setting));
      };
      return setting.workload.transfer == Transfer::kInPlace ? with_place(setting.workload, make)
                                                             : with_message(setting.workload, make);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
