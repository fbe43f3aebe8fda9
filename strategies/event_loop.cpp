// event_loop: C loops, each a thread that sleeps in epoll_wait and drains an inbox of its own.
//
// event_loop_ring has a ring with a bound of its own for inbox.
// A producer is a thread that puts items into inboxes, a consumer is a loop. Inbox: a ring that
// producers claim places of by one fetch_add; credits bound the items in all inboxes together, so a
// claimed place is free. The eventfd of a loop is written only when it sleeps or is about to: one
// wakeup for many items. A loop that finds its inbox empty returns its credits and waits as the
// workload says; where it sleeps, it sleeps in epoll_wait. Producers begin at different loops and
// go on to the next one with each batch of credits: all loops are used, and a loop that is awake
// gets several items in a row.
//
// Properties: FIFO for each producer and loop; bounded by credits; the loops sleep in epoll_wait
// between slices.
// Source: the reactor (Schmidt 1995); epoll(7), eventfd(2); the ring's turns are those of Vyukov's
// bounded queue.
#include <bit>
#include <utility>
#include <vector>

#include "bench/interface/bound_threads.h"
#include "bench/interface/countdown.h"
#include "bench/interface/credits.h"
#include "bench/interface/crew.h"
#include "bench/interface/doorbell.h"
#include "bench/interface/payloads.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint64_t kMostPlaces = 1ULL << 24;  // of all inboxes: each can hold all items

/// Many producers, one loop. REQUIRES: a credit paid for each item, of at most `places` credits.
template <class Message>
class Inbox {
 public:
  explicit Inbox(std::uint32_t places)
      : mask_(std::bit_ceil(places) - 1), ring_(new Place[std::size_t{mask_} + 1]) {}

  void push(const Message& message) {
    // Acquire and release chain all pushes: whoever has ticket t sees the credit returns that all
    // earlier ticket holders saw. All credits being under way at most, those returns include that
    // of the item which had this place before: it has been read.
    const std::uint32_t ticket = tickets_.fetch_add(1, std::memory_order_acq_rel);
    Place& place = ring_[ticket & mask_];
    place.message = message;
    place.turn.store(ticket + 1, std::memory_order_release);  // pairs with the acquire in ready
  }

  /// For the loop, as is pop.
  bool ready() const {
    return ring_[head_ & mask_].turn.load(std::memory_order_acquire) == head_ + 1;
  }
  bool pop(Message& message) {
    if (!ready()) return false;
    message = ring_[head_++ & mask_].message;
    return true;
  }

 private:
  struct Place {
    std::atomic<std::uint32_t> turn{0};  // ticket + 1 once its message is whole
    Message message{};
  };

  const std::uint32_t mask_;
  const std::unique_ptr<Place[]> ring_;
  alignas(128) std::atomic<std::uint32_t> tickets_{0};  // places claimed so far
  alignas(128) std::uint32_t head_ = 0;                 // the loop's alone
};

template <class Message>
class EventLoops final : public Strategy {
 public:
  explicit EventLoops(const Setting& setting)
      : setting_(setting),
        payloads_(setting.workload),
        credits_(setting.workload.capacity,
                 std::max(setting.workload.producers, setting.workload.consumers), setting.waiting),
        loops_(make_loops(setting.workload)),
        threads_(
            setting.workload.consumers, setting.cpus, setting.workload.producers,
            [this](std::uint32_t index) { serve(*loops_[index], setting_.consumers[index]); },
            [this] { dismiss(); }),
        producers_(setting.workload.producers, setting.cpus,
                   [this](std::uint32_t index) { produce(index); }) {}

  void run(const Run&) override {
    serving_.arm(setting_.workload.consumers);  // published by ended_
    producers_.run();
    end_slice();
    serving_.await();
  }

 private:
  struct Loop {
    explicit Loop(std::uint32_t places) : inbox(places) {}
    Inbox<Message> inbox;
    Doorbell bell;
  };

  static std::vector<std::unique_ptr<Loop>> make_loops(const Workload& workload) {
    std::vector<std::unique_ptr<Loop>> loops;
    for (std::uint32_t i = 0; i < workload.consumers; ++i) {
      loops.push_back(std::make_unique<Loop>(workload.capacity));
    }
    return loops;
  }

  void end_slice() {
    ended_.fetch_add(1, std::memory_order_release);
    for (const auto& loop : loops_) loop->bell.ring();
  }
  void dismiss() {
    dismissed_ = true;
    end_slice();
  }

  void produce(std::uint32_t index) {
    PayloadWriter<Message> writer(payloads_, setting_.producers[index]);
    CreditSpender credits(credits_);
    std::size_t to = index % loops_.size();
    while (const Message* message = writer.next()) {
      if (credits.pay()) to = to + 1 == loops_.size() ? 0 : to + 1;
      loops_[to]->inbox.push(*message);
      loops_[to]->bell.ring();
    }
  }

  void serve(Loop& loop, Consumer& lane) {
    PayloadReader<Message> reader(payloads_, lane);
    CreditReturner credits(credits_);
    for (std::uint32_t seen = 0;;) {
      // Read before the inbox is drained: what was handed in before the end is then found.
      const std::uint32_t ended = ended_.load(std::memory_order_acquire);
      while (loop.inbox.pop(reader.own())) {
        credits.item_taken();
        reader.read();
      }
      credits.settle();
      bool ends = ended != seen;
      seen = ended;
      if (ends && dismissed_) return;
      // Counted down when all but sleeping is done: what the fence costs is of the slice. Nothing
      // comes before that, so it does not spin, whatever the wait is.
      loop.bell.await(
          ends ? Waiting{} : setting_.waiting,
          [&] { return loop.inbox.ready() || ended_.load(std::memory_order_acquire) != seen; },
          [&] {
            if (std::exchange(ends, false)) serving_.count_down();
          });
    }
  }

  const Setting setting_;
  Payloads<Message> payloads_;
  Credits credits_;
  std::vector<std::unique_ptr<Loop>> loops_;
  /// Slices ended: all producers are done. Release by end_slice, acquire by the loops.
  alignas(128) std::atomic<std::uint32_t> ended_{0};
  bool dismissed_ = false;  // written before ended_ moves
  Countdown serving_;       // loops that have not drained the slice yet
  BoundThreads threads_;
  Crew producers_;
};

const Descriptor kDescriptor{
    .name = "event_loop",
    .summary = "epoll loops with an inbox each; an eventfd wakes a loop only when it sleeps",
    .source = "Schmidt 1995, \"Reactor\"; epoll(7), eventfd(2)",
    .family = Family::kEventLoop,
    .carrier = Carrier::kLoop,
    .structure = "ticket ring",
    .origin = kOwnOrigin,
    .traits = {.fifo = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (std::uint64_t{workload.consumers} * workload.capacity <= kMostPlaces) return {};
      return "each loop's inbox has room for all items: capacity times consumers may be " +
             std::to_string(kMostPlaces) + " at most";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return with_message(setting.workload, [&]<class M>(std::type_identity<M>) {
        return std::unique_ptr<Strategy>(std::make_unique<EventLoops<M>>(setting));
      });
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
