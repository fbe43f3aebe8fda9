// Threads around a channel: what every queue-like strategy shares.
//
// P producer threads push, C consumer threads pop, until the producers' lanes are drawn; the last
// producer closes the channel, consumers drain it and stop; it is reopened for the next slice.
// Everything is a template over channel and message: on the path of an item there is no virtual
// call and no std::function.
#pragma once

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
      : producers_(setting.workload.producers),
        ends_(setting.workload, setting.producers, setting.consumers),
        channel_(setting),
        crew_(producers_ + setting.workload.consumers, setting.cpus,
              [this](std::uint32_t member) { work(member); }) {}

  void run(const Run&) override {
    ends_.open(channel_);
    crew_.run();
  }

 private:
  void work(std::uint32_t member) {
    if (member < producers_) {
      ends_.hand_in_all(channel_, member);
    } else {
      ends_.take_out_all(channel_, member - producers_);
    }
  }

  const std::uint32_t producers_;
  ChannelEnds<Message> ends_;
  C<Message> channel_;
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
