// Both ends of a channel, the same for every carrier: lanes on one side, the channel on the other.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <span>

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

/// The lanes of a cell at the ends of its channel.
template <class Message>
class ChannelEnds {
 public:
  ChannelEnds(const Workload& workload, std::span<Producer> producers,
              std::span<Consumer> consumers)
      : producers_(producers), consumers_(consumers), payloads_(workload) {}

  /// For a worker process: maps the payloads there, too.
  void populate() const { payloads_.populate(); }

  /// Before each slice, while nobody is at the ends.
  template <ChannelOf<Message> C>
  void open(C& channel) {
    channel.reopen();
    producing_.store(static_cast<std::uint32_t>(producers_.size()), std::memory_order_relaxed);
  }

  /// Hands in all that a producer's lane draws; the last producer closes the channel.
  template <ChannelOf<Message> C>
  void hand_in_all(C& channel, std::uint32_t producer) {
    if constexpr (kIsInPlace<Message>) {
      while (channel.push_in_place(producers_[producer])) {
      }
    } else {
      PayloadWriter<Message> writer(payloads_, producers_[producer]);
      while (const Message* message = writer.next()) {
        if constexpr (std::same_as<decltype(channel.push(*message)), bool>) {
          if (!channel.push(*message)) [[unlikely]]
            break;
        } else {
          channel.push(*message);
        }
      }
    }
    // Acquire and release: the last producer closes after the pushes of all others.
    if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1) channel.close();
  }

  /// Takes out for a consumer's lane until the channel is closed and empty.
  template <ChannelOf<Message> C>
  void take_out_all(C& channel, std::uint32_t consumer) {
    if constexpr (kIsInPlace<Message>) {
      while (channel.pop_in_place(consumers_[consumer])) {
      }
    } else {
      PayloadReader<Message> reader(payloads_, consumers_[consumer]);
      while (channel.pop(reader.own())) reader.read();
    }
  }

 private:
  const std::span<Producer> producers_;
  const std::span<Consumer> consumers_;
  Payloads<Message> payloads_;
  std::atomic<std::uint32_t> producing_{0};  // open() is published by what wakes the producers
};

}  // namespace handoff
