// A thread or process for each item: what thread_per_item and process_per_item share, so that they
// differ in what they start and in nothing else.
//
// Each producer has every P-th consumer lane, or shares one where lanes are fewer than producers.
// For each item it takes the next of its lanes, waits for whoever used that lane and reaps it, and
// starts the next one there. So at most C consume at once, and never more than the capacity; FIFO
// between one producer and one lane. Starting and reaping are both part of the stream that is
// timed. Who is started waits for nobody.
#pragma once

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/interface/crew.h"
#include "bench/interface/payloads.h"
#include "bench/strategy.h"

namespace handoff {

/// What starts one, and reaps it. `Handle` names who was started; made empty. `start` runs
/// `body(argument)` there, on `cpu` (negative: anywhere), and leaves the handle empty where it
/// fails; `reap` waits for the end and empties the handle. Both say what went wrong; empty:
/// nothing.
template <class C>
concept Spawner = requires(typename C::Handle& handle, void* (*body)(void*), void* argument,
                           int cpu) {
  { C::start(handle, body, argument, cpu) } -> std::same_as<std::string>;
  { C::reap(handle) } -> std::same_as<std::string>;
};

template <class Message, Spawner C>
class PerItem final : public Strategy {
 public:
  explicit PerItem(const Setting& setting)
      : setting_(setting),
        payloads_(setting.workload),
        crew_(setting.workload.producers, setting.cpus,
              [this](std::uint32_t member) { produce(member); }) {
    const std::uint32_t lanes = std::min(setting.workload.consumers, setting.workload.capacity);
    for (std::uint32_t i = 0; i < lanes; ++i) {
      const std::size_t place = std::size_t{setting.workload.producers} + i;
      lanes_.push_back(std::make_unique<Lane>(payloads_, setting.consumers[i],
                                              setting.cpus.empty() ? -1 : setting.cpus[place]));
    }
  }

  void run(const Run&) override {
    crew_.run();
    if (failed_.load(std::memory_order_relaxed)) throw std::runtime_error(why_);
  }

 private:
  /// A consumer lane, and whoever uses it. A cache line pair and more of its own.
  struct alignas(128) Lane {
    Lane(Payloads<Message>& payloads, Consumer& consumer, int on)
        : reader(payloads, consumer), cpu(on) {}
    PayloadReader<Message> reader;
    Message message{};
    const int cpu;
    std::mutex use;  // of a lane that producers share: held while somebody is under way there
  };
  /// What a producer knows of one of its lanes.
  struct Place {
    Lane* lane;
    std::unique_lock<std::mutex> use;
    typename C::Handle handle{};
  };

  void produce(std::uint32_t member) {
    const std::size_t producers = setting_.producers.size();
    const bool shared = lanes_.size() < producers;
    std::vector<Place> places;
    for (std::size_t lane = member % lanes_.size(); lane < lanes_.size(); lane += producers) {
      places.push_back({lanes_[lane].get(), std::unique_lock(lanes_[lane]->use, std::defer_lock)});
    }
    PayloadWriter<Message> writer(payloads_, setting_.producers[member]);
    std::size_t next = 0;
    while (!failed_.load(std::memory_order_relaxed)) {
      const Message* message = writer.next();
      if (message == nullptr) break;
      Place& place = places[next];
      next = next + 1 < places.size() ? next + 1 : 0;
      end(place);
      if (shared) place.use.lock();
      place.lane->message = *message;
      fail_if(C::start(place.handle, consume, place.lane, place.lane->cpu));
    }
    for (Place& place : places) end(place);
  }

  static void* consume(void* lane) {
    Lane& mine = *static_cast<Lane*>(lane);
    mine.reader.read(mine.message);
    mine.reader.settle();  // its memory may be a copy that ends with it
    return nullptr;
  }

  void end(Place& place) {
    if (place.handle != typename C::Handle{}) fail_if(C::reap(place.handle));
    if (place.use.owns_lock()) place.use.unlock();
  }

  void fail_if(std::string why) {
    if (why.empty()) return;
    const std::lock_guard lock(failing_);
    if (!failed_.exchange(true, std::memory_order_relaxed)) why_ = std::move(why);
  }

  const Setting setting_;
  Payloads<Message> payloads_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::mutex failing_;  // owns why_
  std::string why_;
  std::atomic<bool> failed_{false};  // relaxed: why_ is published by the end of the crew's turn
  Crew crew_;
};

/// For Descriptor::make.
template <Spawner C>
std::unique_ptr<Strategy> make_per_item(const Setting& setting) {
  return with_message(setting.workload, [&]<class M>(std::type_identity<M>) {
    return std::unique_ptr<Strategy>(std::make_unique<PerItem<M, C>>(setting));
  });
}

}  // namespace handoff
