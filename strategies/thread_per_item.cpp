// thread_per_item: a new std::thread for each item. What the oldest advice warns against.
//
// A producer is a thread that starts a thread for each item; the consumers are those threads: each
// waits for one of the C consumer lanes, consumes its item, ends. So at most C consume at once, and
// at most `capacity` wait for a lane (credits). A producer joins its oldest thread once it has
// started its share of the capacity, the rest at the end of the slice.
//
// Properties: bounded by credits; not FIFO; allocates. Threads are not bound: they would inherit
// the CPU of their producer. The system's limits on threads are the limits of this strategy: a
// thread that cannot be started fails the slice. Source: the "thread per request" of every textbook
// (e.g. Schmidt et al. 2000, POSA 2).
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "bench/interface/credits.h"
#include "bench/interface/crew.h"
#include "bench/interface/payloads.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint32_t kMostThreads = 4096;  // alive at once; containers often allow few more

/// Consumer lanes that nobody uses.
class FreeLanes {
 public:
  explicit FreeLanes(std::uint32_t lanes) {
    for (std::uint32_t i = 0; i < lanes; ++i) free_.push_back(i);
  }
  std::uint32_t take() {
    std::unique_lock lock(mutex_);
    some_.wait(lock, [this] { return !free_.empty(); });
    const std::uint32_t lane = free_.back();
    free_.pop_back();
    return lane;
  }
  void give(std::uint32_t lane) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(lane);
    }
    some_.notify_one();
  }

 private:
  std::mutex mutex_;  // owns free_
  std::condition_variable some_;
  std::vector<std::uint32_t> free_;
};

template <class Message>
class ThreadPerItem final : public Strategy {
 public:
  explicit ThreadPerItem(const Setting& setting)
      : setting_(setting),
        payloads_(setting.workload),
        credits_(setting.workload.capacity, setting.workload.producers, setting.spins),
        lanes_(setting.workload.consumers),
        producers_(setting.workload.producers, setting.cpus,
                   [this](std::uint32_t index) { produce(index); }) {
    for (Consumer& lane : setting.consumers) readers_.emplace_back(payloads_, lane);
  }

  void run(const Run&) override {
    producers_.run();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  void produce(std::uint32_t index) {
    const std::uint32_t producers = setting_.workload.producers;
    const std::size_t share = (setting_.workload.capacity + producers - 1) / producers;
    std::deque<std::thread> started;
    try {
      PayloadWriter<Message> writer(payloads_, setting_.producers[index]);
      CreditSpender credits(credits_);
      for (Message message{}; writer.write(message);) {
        credits.pay();
        if (started.size() == share) {
          started.front().join();
          started.pop_front();
        }
        started.emplace_back([this, message] { consume(message); });
      }
    } catch (const std::system_error& error) {
      credits_.give(1);  // of the item that has no thread: nobody shall wait for it
      fail(std::string("a thread cannot be started: ") + error.what());
    }
    for (std::thread& thread : started) thread.join();
  }

  void consume(const Message& message) {
    const std::uint32_t lane = lanes_.take();
    credits_.give(1);
    readers_[lane].read(message);
    lanes_.give(lane);
  }

  void fail(const std::string& why) {
    const std::lock_guard lock(failing_);
    failure_ = std::make_exception_ptr(std::runtime_error(why));
  }

  const Setting setting_;
  Payloads<Message> payloads_;
  Credits credits_;
  std::vector<PayloadReader<Message>> readers_;  // each its lane's
  FreeLanes lanes_;
  std::mutex failing_;  // owns failure_ while producers run
  std::exception_ptr failure_;
  Crew producers_;
};

const Descriptor kDescriptor{
    .name = "thread_per_item",
    .summary = "a new std::thread for each item, joined; C of them consume at a time",
    .source = "thread per request; Schmidt et al. 2000, POSA 2",
    .traits = {.allocates = true, .owns_threads = true, .spawns_per_item = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.capacity + workload.consumers <= kMostThreads) return {};
      return "capacity is the number of threads that wait: at most " +
             std::to_string(kMostThreads - workload.consumers) + " here";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return with_message(setting.workload, [&]<class M>(std::type_identity<M>) {
        return std::unique_ptr<Strategy>(std::make_unique<ThreadPerItem<M>>(setting));
      });
    },
    .slow_item_ns = 200e3,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
