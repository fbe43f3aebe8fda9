// Threads around a channel: what every queue-like strategy shares.
//
// P producer threads push, C consumer threads pop, until the producers' lanes are drawn; the last
// producer closes the channel, consumers drain it and stop; it is reopened for the next slice.
// Everything is a template over channel and message: on the path of an item there is no virtual
// call and no std::function.
#pragma once

#include <atomic>
#include <concepts>
#include <memory>
#include <vector>

#include "bench/interface/channel_ends.h"
#include "bench/interface/crew.h"
#include "bench/interface/eventcount.h"
#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/strategy.h"

namespace handoff {

template <class C, class Message>
concept Channel = std::constructible_from<C, const Setting&> && ChannelOf<C, Message>;

// Unnamed, so that each strategy file has its own: g++ gives what is made from a template template
// argument external linkage, even if that template is in an unnamed namespace. Two files that call
// their channel by one name would share the code of whichever the linker saw first.
namespace {

template <template <class> class C, class Message>
requires Channel<C<Message>, Message>
class ThreadsAround final : public Strategy {
 public:
  explicit ThreadsAround(const Setting& setting)
      : workload_(setting.workload),
        producers_(setting.producers),
        consumers_(setting.consumers),
        payloads_(workload_),
        channel_(setting),
        crew_(workload_.producers + workload_.consumers, setting.cpus,
              [this](std::uint32_t member) { work(member); }) {}

  void run(const Run&) override {
    channel_.reopen();
    producing_.store(workload_.producers, std::memory_order_relaxed);  // published by Crew::run
    crew_.run();
  }

 private:
  void work(std::uint32_t member) {
    if (member < workload_.producers) {
      hand_in_all<Message>(channel_, payloads_, producers_[member]);
      // Acquire and release: the last producer closes after the pushes of all others.
      if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1) channel_.close();
    } else {
      take_out_all<Message>(channel_, payloads_, consumers_[member - workload_.producers]);
    }
  }

  const Workload workload_;
  const std::span<Producer> producers_;
  const std::span<Consumer> consumers_;
  Payloads<Message> payloads_;
  C<Message> channel_;
  std::atomic<std::uint32_t> producing_{0};
  Crew crew_;  // last: its threads use all of the above
};

/// For Descriptor::make: the threads around channel template C for the workload's message type.
template <template <class> class C>
std::unique_ptr<Strategy> make_threads_around(const Setting& setting) {
  const auto make = [&]<class M>(std::type_identity<M>) {
    return std::unique_ptr<Strategy>(std::make_unique<ThreadsAround<C, M>>(setting));
  };
  if constexpr (InPlaceChannel<C<Value<8>>>) {  // as Traits::in_place says
    if (setting.workload.transfer == Transfer::kInPlace) return with_place(setting.workload, make);
  }
  return with_message(setting.workload, make);
}

}  // namespace

}  // namespace handoff
