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

  std::unique_ptr<std::byte[]> own_buffer() const {
    if (travels_by_value(workload_) || workload_.transfer == Transfer::kMove) return nullptr;
    return std::make_unique<std::byte[]>(workload_.payload);
  }

  const Workload workload_;
  std::optional<Slots> slots_;
};

/// Fills messages from one producer lane; for one thread at a time.
template <class Message>
class PayloadWriter {
 public:
  PayloadWriter(Payloads<Message>& payloads, Producer& lane)
      : payloads_(payloads), lane_(lane), own_(payloads.own_buffer()) {}

  /// False once nothing is left to draw.
  bool write(Message& message) {
    if constexpr (!std::same_as<Message, Parcel>) {
      return lane_.next(message);
    } else if (own_) {
      if (!lane_.next(own_.get())) return false;
      message.slot = slots().take(lane_.index());
      std::memcpy(slots().at(message.slot), own_.get(), payloads_.workload_.payload);
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
  std::unique_ptr<std::byte[]> own_;  // null: in place
};

/// Hands messages to one consumer lane; for one thread at a time.
template <class Message>
class PayloadReader {
 public:
  PayloadReader(Payloads<Message>& payloads, Consumer& lane)
      : payloads_(payloads), lane_(lane), own_(payloads.own_buffer()) {}

  void read(const Message& message) {
    if constexpr (!std::same_as<Message, Parcel>) {
      lane_.accept(message);
    } else if (own_) {
      std::memcpy(own_.get(), slots().at(message.slot), payloads_.workload_.payload);
      slots().give(message.slot);
      lane_.accept(own_.get());
    } else {
      lane_.accept(slots().at(message.slot));
      slots().give(message.slot);
    }
  }

 private:
  Slots& slots() { return *payloads_.slots_; }

  Payloads<Message>& payloads_;
  Consumer& lane_;
  std::unique_ptr<std::byte[]> own_;  // null: in place
};

}  // namespace handoff
