// Both ends of a channel, the same for every carrier: lanes on one side, the channel on the other.
//
// A channel takes one of three forms, told apart by its members: it can be closed; or it cannot,
// and names a poison instead; or payloads are written and read in its own places.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bench/interface/item_code.h"
#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/interface/payloads.h"

namespace handoff {

template <class C>
concept CanBeClosed = requires(C channel) {
  channel.close();
  channel.reopen();
};
template <class C>
concept NamesPoison = requires(C channel) {
  channel.poison();
};

/// What a queue-like strategy writes. `push` waits while capacity items are under way (it may
/// return a bool: false ends the producer, since a peer is dead); `pop` waits for an item and is
/// false once the channel is closed and empty. `close` comes after the last push has returned,
/// `reopen` when no thread is inside.
template <class C, class Message>
concept CopyingChannel =
    CanBeClosed<C> && !NamesPoison<C> && requires(C channel, const Message& in, Message& out) {
  channel.push(in);
  { channel.pop(out) } -> std::same_as<bool>;
};

/// The same for a blocking queue that cannot be closed. `pop` waits for as long as it takes; what
/// ends a consumer is an item, the poison, that the channel names: a message that no item is
/// (no_item). The last producer pushes it once for each consumer. To the channel it is an item like
/// any other: it waits for room and takes a place. It must come out after all that was pushed
/// before.
template <class C, class Message>
concept PoisonedChannel = !CanBeClosed<C> && requires(C channel, const Message& in, Message& out) {
  channel.push(in);
  { channel.pop(out) } -> std::same_as<void>;
  { channel.poison() } -> std::same_as<Message>;
};

/// The same for Transfer::kInPlace: the lane writes and reads in the channel's own places. Both are
/// false at the end.
template <class C>
concept InPlaceChannel = CanBeClosed<C> &&
    requires(C channel, Producer& producer, Consumer& consumer) {
  { channel.push_in_place(producer) } -> std::same_as<bool>;
  { channel.pop_in_place(consumer) } -> std::same_as<bool>;
};

template <class C, class Message>
concept ChannelOf = (kIsInPlace<Message> && InPlaceChannel<C>) ||
                    (!kIsInPlace<Message> &&
                     (CopyingChannel<C, Message> || PoisonedChannel<C, Message>));

/// A message that is no item, of whatever slice: no word decodes to so large an id, no pool has so
/// many slots.
template <class Message>
constexpr Message no_item() {
  if constexpr (std::same_as<Message, Parcel>) {
    return {.slot = ~0U};
  } else {
    Message message{};
    const auto word =
        std::bit_cast<std::array<std::byte, sizeof(std::uint64_t)>>(item_code::encode(~0ULL));
    std::copy(word.begin(), word.end(), message.bytes.begin());
    return message;
  }
}

/// Whether two messages are the same item, by its id (the first word of a value) or its slot.
template <class Message>
bool same_item(const Message& a, const Message& b) {
  if constexpr (std::same_as<Message, Parcel>) {
    return a.slot == b.slot;
  } else {
    return item_code::first_word(a.bytes.data()) == item_code::first_word(b.bytes.data());
  }
}

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
    if constexpr (CanBeClosed<C>) channel.reopen();
    producing_.store(static_cast<std::uint32_t>(producers_.size()), std::memory_order_relaxed);
  }

  /// Hands in all that a producer's lane draws; the last producer closes the channel, or pushes its
  /// poison.
  template <ChannelOf<Message> C>
  void hand_in_all(C& channel, std::uint32_t producer) {
    if constexpr (kIsInPlace<Message>) {
      while (channel.push_in_place(producers_[producer])) {
      }
    } else {
      PayloadWriter<Message> writer(payloads_, producers_[producer]);
      while (const Message* message = writer.next()) {
        if (!push(channel, *message)) [[unlikely]]
          break;
      }
    }
    // Acquire and release: the last producer ends the slice after the pushes of all others.
    if (producing_.fetch_sub(1, std::memory_order_acq_rel) == 1) end(channel);
  }

  /// Takes out for a consumer's lane until the channel is closed and empty, or gave it poison.
  template <ChannelOf<Message> C>
  void take_out_all(C& channel, std::uint32_t consumer) {
    if constexpr (kIsInPlace<Message>) {
      while (channel.pop_in_place(consumers_[consumer])) {
      }
    } else {
      PayloadReader<Message> reader(payloads_, consumers_[consumer]);
      if constexpr (CanBeClosed<C>) {
        while (channel.pop(reader.own())) reader.read();
      } else {
        const Message poison = channel.poison();
        while (channel.pop(reader.own()), !same_item(reader.own(), poison)) reader.read();
      }
    }
  }

 private:
  /// False: the channel is broken off.
  template <class C>
  static bool push(C& channel, const Message& message) {
    if constexpr (std::same_as<decltype(channel.push(message)), bool>) {
      return channel.push(message);
    } else {
      channel.push(message);
      return true;
    }
  }

  /// Nothing comes any more. Each consumer takes one poison and ends, so that none is left over.
  template <class C>
  void end(C& channel) {
    if constexpr (CanBeClosed<C>) {
      channel.close();
    } else {
      const Message poison = channel.poison();
      for (std::size_t i = 0; i < consumers_.size(); ++i) {
        if (!push(channel, poison)) return;
      }
    }
  }

  const std::span<Producer> producers_;
  const std::span<Consumer> consumers_;
  Payloads<Message> payloads_;
  std::atomic<std::uint32_t> producing_{0};  // open() is published by what wakes the producers
};

}  // namespace handoff
