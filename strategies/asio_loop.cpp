// asio_loop: C event loops of Boost.Asio, one post an item.
//
// A producer is a thread that posts a handler holding the item, a consumer is a thread in
// io_context::run() of its own io_context, or in poll() while a wait spins. As people write it: the
// library's own queue, mutex and wakeups; a handler returns its one credit and consumes its item.
// Producers choose loops as in event_loop: begin at different ones, go on to the next with each
// batch of credits.
//
// Properties: FIFO for each producer and loop; bounded by credits; a heap block for each handler;
// the loops sleep in the library's epoll_wait between slices, kept there by work guards. An
// io_context without any timer or descriptor would sleep on a condition variable instead, and would
// not be an event loop; so each has a timer, which is never set. Source: Boost.Asio, io_context and
// post.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <vector>

#include "bench/interface/bound_threads.h"
#include "bench/interface/countdown.h"
#include "bench/interface/credits.h"
#include "bench/interface/crew.h"
#include "bench/interface/payloads.h"
#include "bench/strategy.h"
#include "strategies/boost_origin.h"

namespace handoff {
namespace {

namespace asio = boost::asio;

template <class Message>
class AsioLoops final : public Strategy {
 public:
  explicit AsioLoops(const Setting& setting)
      : setting_(setting),
        payloads_(setting.workload),
        credits_(setting.workload.capacity, setting.workload.producers, setting.waiting),
        loops_(make_loops(setting)),
        threads_(
            setting.workload.consumers, setting.cpus, setting.workload.producers,
            [this](std::uint32_t index) { serve(*loops_[index]); }, [this] { dismiss(); }),
        producers_(setting.workload.producers, setting.cpus,
                   [this](std::uint32_t index) { produce(index); }) {}

  void run(const Run&) override {
    serving_.arm(setting_.workload.consumers);
    producers_.run();
    for (const auto& loop : loops_) {  // after all items: posts to a loop keep their order
      asio::post(loop->context, [this, &in_slice = loop->in_slice] {
        in_slice = false;
        serving_.count_down();
      });
    }
    serving_.await();
  }

 private:
  struct Loop {
    Loop(Payloads<Message>& payloads, Consumer& lane) : reader(payloads, lane) {}
    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
    asio::steady_timer timer{context};  // never set: it makes the loop wait in epoll
    PayloadReader<Message> reader;
    bool in_slice = false;  // the loop's alone
  };

  /// What is posted. Bytes, not the message itself: Asio 1.74 aligns handlers no more than operator
  /// new does, and a value is aligned to a cache line.
  class Handler {
   public:
    Handler(AsioLoops& loops, Loop& loop, const Message& message) : loops_(&loops), loop_(&loop) {
      std::memcpy(bytes_.data(), &message, sizeof message);
    }
    void operator()() const {
      PayloadReader<Message>& reader = loop_->reader;
      std::memcpy(&reader.own(), bytes_.data(), sizeof(Message));
      loop_->in_slice = true;
      loops_->credits_.give(1);
      reader.read();
    }

   private:
    AsioLoops* loops_;
    Loop* loop_;
    std::array<std::byte, sizeof(Message)> bytes_;
  };

  std::vector<std::unique_ptr<Loop>> make_loops(const Setting& setting) {
    std::vector<std::unique_ptr<Loop>> loops;
    for (Consumer& lane : setting.consumers) {
      loops.push_back(std::make_unique<Loop>(payloads_, lane));
    }
    return loops;
  }

  void dismiss() {
    for (const auto& loop : loops_) loop->guard.reset();
  }

  /// In the library's run() where waiting is sleeping. Else it polls for as long as a wait spins,
  /// but sleeps between slices.
  void serve(Loop& loop) {
    const Waiting& waiting = setting_.waiting;
    if (!waiting.spins()) {
      loop.context.run();
      return;
    }
    while (!loop.context.stopped()) {
      const auto polled = [&] { return loop.context.poll() != 0 || loop.context.stopped(); };
      if (loop.in_slice && waiting.spin(polled)) continue;
      loop.context.run_one();
    }
  }

  void produce(std::uint32_t index) {
    PayloadWriter<Message> writer(payloads_, setting_.producers[index]);
    CreditSpender credits(credits_);
    std::size_t to = index % loops_.size();
    while (const Message* message = writer.next()) {
      if (credits.pay()) to = to + 1 == loops_.size() ? 0 : to + 1;
      asio::post(loops_[to]->context, Handler(*this, *loops_[to], *message));
    }
  }

  const Setting setting_;
  Payloads<Message> payloads_;
  Credits credits_;
  std::vector<std::unique_ptr<Loop>> loops_;
  Countdown serving_;  // loops that have not drained the slice yet; published by post
  BoundThreads threads_;
  Crew producers_;
};

const Descriptor kDescriptor{
    .name = "asio_loop",
    .summary = "Boost.Asio io_contexts, one thread each; one post an item",
    .source = "Boost.Asio, io_context and post",
    .family = Family::kEventLoop,
    .carrier = Carrier::kLoop,
    .structure = "locked list",
    .origin = kBoostOrigin,
    .traits = {.fifo = true, .allocates = true},
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return with_message(setting.workload, [&]<class M>(std::type_identity<M>) {
        return std::unique_ptr<Strategy>(std::make_unique<AsioLoops<M>>(setting));
      });
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
