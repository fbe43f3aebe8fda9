// Both ends of a channel, the same for every carrier: lanes on one side, the channel on the other.
#pragma once

#include <concepts>

#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/interface/payloads.h"

namespace handoff {

/// What a queue-like strategy writes. `push` waits while capacity items are under way (it may
/// return a bool: false ends the producer, since a peer is dead); `pop` waits for an item and is
/// false once the channel is closed and empty. `close` comes after the last push has returned,
/// `reopen` when no thread is inside.
template <class C, class Message>
concept CopyingChannel = requires(C channel, const Message& in, Message& out) {
  channel.push(in);
  { channel.pop(out) } -> std::same_as<bool>;
  channel.close();
  channel.reopen();
};

/// The same for Transfer::kInPlace: the lane writes and reads in the channel's own places. Both are
/// false at the end.
template <class C>
concept InPlaceChannel = requires(C channel, Producer& producer, Consumer& consumer) {
  { channel.push_in_place(producer) } -> std::same_as<bool>;
  { channel.pop_in_place(consumer) } -> std::same_as<bool>;
  channel.close();
  channel.reopen();
};

template <class C, class Message>
concept ChannelOf = (kIsInPlace<Message> && InPlaceChannel<C>) ||
                    (!kIsInPlace<Message> && CopyingChannel<C, Message>);

/// Hands in all that a lane draws; `payloads` is shared by all ends of the channel.
template <class Message, ChannelOf<Message> C>
void hand_in_all(C& channel, Payloads<Message>& payloads, Producer& lane) {
  if constexpr (kIsInPlace<Message>) {
    while (channel.push_in_place(lane)) {
    }
  } else {
    PayloadWriter<Message> writer(payloads, lane);
    for (Message message{}; writer.write(message);) {
      if constexpr (std::same_as<decltype(channel.push(message)), bool>) {
        if (!channel.push(message)) [[unlikely]]
          return;
      } else {
        channel.push(message);
      }
    }
  }
}

/// Takes out until the channel is closed and empty.
template <class Message, ChannelOf<Message> C>
void take_out_all(C& channel, Payloads<Message>& payloads, Consumer& lane) {
  if constexpr (kIsInPlace<Message>) {
    while (channel.pop_in_place(lane)) {
    }
  } else {
    PayloadReader<Message> reader(payloads, lane);
    for (Message message{}; channel.pop(message);) reader.read(message);
  }
}

}  // namespace handoff
