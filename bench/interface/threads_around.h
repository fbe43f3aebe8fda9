// Threads around a channel: what every queue-like strategy shares.
//
// P producer threads push, C consumer threads pop, until the producers' lanes are drawn; the last
// producer closes the channel, consumers drain it and stop; it is reopened for the next slice. A
// channel that cannot be closed gets a poison for each consumer instead.
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

/// Says in the compiler's words what is missing of a Channel.
template <class C, class Message>
constexpr void explain_channel() {
  static_assert(std::constructible_from<C, const Setting&>,
                "a channel is constructed from a const Setting&");
  static_assert(
      requires(C channel, const Message& in, Message& out) {
        channel.push(in);
        channel.pop(out);
      },
      "a channel has push(const Message&) and pop(Message&)");
  static_assert(CanBeClosed<C> || NamesPoison<C>,
                "nothing ends this channel's consumers: it needs close() and reopen() or, where it "
                "cannot be closed, poison()");
  static_assert(!CanBeClosed<C> || !NamesPoison<C>,
                "this channel can be closed and names a poison, too: one of them ends consumers");
  if constexpr (CanBeClosed<C>) {
    static_assert(
        requires(C channel, Message & out) {
          { channel.pop(out) } -> std::same_as<bool>;
        },
        "pop(Message&) of a channel that can be closed returns a bool: false once it is closed and "
        "empty");
  } else {
    static_assert(
        requires(C channel, Message & out) {
          { channel.pop(out) } -> std::same_as<void>;
        },
        "pop(Message&) of a channel that cannot be closed returns nothing: it waits for an item");
    static_assert(
        requires(C channel) {
          { channel.poison() } -> std::same_as<Message>;
        },
        "poison() returns a Message that no item is, such as no_item<Message>()");
  }
}

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
  const auto make = [&]<class M>(std::type_identity<M>) -> std::unique_ptr<Strategy> {
    if constexpr (Channel<C<M>, M>) {
      return std::make_unique<ThreadsAround<C, M>>(setting);
    } else {
      explain_channel<C<M>, M>();
      return nullptr;
    }
  };
  if constexpr (InPlaceChannel<C<Value<8>>>) {  // as Traits::in_place says
    if (setting.workload.transfer == Transfer::kInPlace) return with_place(setting.workload, make);
  }
  return with_message(setting.workload, make);
}

}  // namespace

}  // namespace handoff
