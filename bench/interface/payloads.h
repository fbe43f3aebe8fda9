// How payloads get into messages and out of them, the same in every strategy (Transfer copy, move).
//
// A value travels in the message itself. A Parcel is a slot: with `copy` the producer writes a
// buffer of its own and copies it to the slot, the consumer copies it out and gives the slot back;
// with `move` both work in the slot.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>

#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/interface/slots.h"
#include "bench/interface/workload.h"

namespace handoff {

/// What all messages of a cell share: nothing, or the slots.
template <class Message>
class Payloads {
 public:
  explicit Payloads(const Workload& workload) : workload_(workload) {
    if constexpr (std::same_as<Message, Parcel>) slots_.emplace(workload_);
    const std::size_t lanes = std::size_t{workload.producers} + workload.consumers;
    if (copies_slots()) own_ = std::make_unique<LinePair[]>(lanes * pairs_a_lane());
  }

  /// For a worker process: maps the slots there, too.
  void populate() const {
    if (slots_) slots_->populate();
  }

 private:
  template <class>
  friend class PayloadWriter;
  template <class>
  friend class PayloadReader;

  struct alignas(128) LinePair {
    std::byte bytes[128];
  };

  /// Of cache lines, that no two lanes share; an odd number, so that large buffers do not all begin
  /// in one set of the cache.
  std::size_t pairs_a_lane() const {
    return (workload_.payload + sizeof(LinePair) - 1) / sizeof(LinePair) | 1;
  }
  bool copies_slots() const {
    return std::same_as<Message, Parcel> && workload_.transfer == Transfer::kCopy;
  }
  /// A buffer of one producer, or one consumer, of its own; null where none is needed. Made here,
  /// not where it is used: that is inside a slice.
  std::byte* own_buffer(std::uint32_t lane) const {
    return own_ ? own_[lane * pairs_a_lane()].bytes : nullptr;
  }
  std::byte* buffer_of(const Producer& lane) const { return own_buffer(lane.index()); }
  std::byte* buffer_of(const Consumer& lane) const {
    return own_buffer(workload_.producers + lane.index());
  }

  const Workload workload_;
  std::optional<Slots> slots_;
  std::unique_ptr<LinePair[]> own_;
};

/// Fills messages from one producer lane; for one thread at a time.
template <class Message>
class PayloadWriter {
 public:
  PayloadWriter(Payloads<Message>& payloads, Producer& lane)
      : payloads_(payloads), lane_(lane), own_(payloads.buffer_of(lane)) {}

  /// False once nothing is left to draw.
  bool write(Message& message) {
    if constexpr (!std::same_as<Message, Parcel>) {
      return lane_.next(message);
    } else if (own_) {
      if (!lane_.next(own_)) return false;
      message.slot = slots().take(lane_.index());
      std::memcpy(slots().at(message.slot), own_, payloads_.workload_.payload);
      return true;
    } else {
      message.slot = slots().take(lane_.index());
      const bool drawn = lane_.next(slots().at(message.slot));
      if (!drawn) slots().give(message.slot);
      return drawn;
    }
  }

 private:
  Slots& slots() { return *payloads_.slots_; }

  Payloads<Message>& payloads_;
  Producer& lane_;
  std::byte* const own_;  // null: it works in the slot
};

/// Hands messages to one consumer lane; for one thread at a time.
template <class Message>
class PayloadReader {
 public:
  PayloadReader(Payloads<Message>& payloads, Consumer& lane)
      : payloads_(payloads), lane_(lane), own_(payloads.buffer_of(lane)) {}

  void read(const Message& message) {
    if constexpr (!std::same_as<Message, Parcel>) {
      lane_.accept(message);
    } else if (own_) {
      std::memcpy(own_, slots().at(message.slot), payloads_.workload_.payload);
      slots().give(message.slot);
      lane_.accept(own_);
    } else {
      lane_.accept(slots().at(message.slot));
      slots().give(message.slot);
    }
  }

 private:
  Slots& slots() { return *payloads_.slots_; }

  Payloads<Message>& payloads_;
  Consumer& lane_;
  std::byte* const own_;  // null: it works in the slot
};

}  // namespace handoff
