// How payloads get into messages and out of them, the same in every strategy (Transfer copy, move).
//
// A value travels in the message itself: it is made in the producer's own buffer, and taken out to
// the consumer's. A Parcel is a slot: with `copy` the producer writes its own buffer and copies it
// to the slot, the consumer copies it out to its own and gives the slot back; with `move` both work
// in the slot.
#pragma once

#include <concepts>
#include <cstring>
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

  bool copies() const { return workload_.transfer == Transfer::kCopy; }

  const Workload workload_;
  std::optional<Slots> slots_;
};

/// Fills messages from one producer lane; for one thread at a time.
template <class Message>
class PayloadWriter {
 public:
  PayloadWriter(Payloads<Message>& payloads, Producer& lane) : payloads_(payloads), lane_(lane) {
    if constexpr (std::same_as<Message, Parcel>) taker_.emplace(slots(), lane.index());
  }

  /// The next message, to be handed in before the next call; null once nothing is left to draw.
  const Message* next() {
    if constexpr (!std::same_as<Message, Parcel>) {
      Message& message = lane_.template own<Message>();
      return lane_.next(message) ? &message : nullptr;
    } else if (payloads_.copies()) {
      if (!lane_.next(lane_.buffer())) return nullptr;
      parcel_.slot = taker_->take();
      std::memcpy(slots().at(parcel_.slot), lane_.buffer(), payloads_.workload_.payload);
      return &parcel_;
    } else {
      parcel_.slot = taker_->take();
      if (lane_.next(slots().at(parcel_.slot))) return &parcel_;
      taker_->put_back(parcel_.slot);
      return nullptr;
    }
  }

 private:
  Slots& slots() { return *payloads_.slots_; }

  Payloads<Message>& payloads_;
  Producer& lane_;
  Parcel parcel_{};
  std::optional<SlotTaker> taker_;
};

/// Hands messages to one consumer lane; for one thread at a time.
template <class Message>
class alignas(128) PayloadReader {
 public:
  PayloadReader(Payloads<Message>& payloads, Consumer& lane) : payloads_(payloads), lane_(lane) {
    if constexpr (std::same_as<Message, Parcel>) giver_.emplace(slots());
  }

  /// Where a message is taken out to, before read().
  Message& own() {
    if constexpr (std::same_as<Message, Parcel>) {
      return parcel_;
    } else {
      return lane_.template own<Message>();
    }
  }
  /// Accepts the message in own().
  void read() {
    if constexpr (!std::same_as<Message, Parcel>) {
      lane_.accept(own());
    } else if (payloads_.copies()) {
      std::memcpy(lane_.buffer(), slots().at(parcel_.slot), payloads_.workload_.payload);
      giver_->give(parcel_.slot);
      lane_.accept(lane_.buffer());
    } else {
      lane_.accept(slots().at(parcel_.slot));
      giver_->give(parcel_.slot);
    }
  }
  /// Takes `message` out of where the strategy keeps it, and accepts it.
  void read(const Message& message) {
    own() = message;
    read();
  }
  /// Gives back all slots; REQUIRED before a process ends that has read.
  void settle() {
    if (giver_) giver_->settle();
  }

 private:
  Slots& slots() { return *payloads_.slots_; }

  Payloads<Message>& payloads_;
  Consumer& lane_;
  Parcel parcel_{};
  std::optional<SlotGiver> giver_;
};

}  // namespace handoff
