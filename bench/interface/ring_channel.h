// A ring as a channel: messages are copied into slots and out of them, or, where the transfer is
// in_place, payloads are written and read in the slots themselves.
//
// Ring: MpmcRing, MpscRing or SpscRing, between threads or processes. The same code on both sides
// of every carrier, so that two rows that use it differ in their carrier alone.
#pragma once

#include <cstddef>
#include <utility>

#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/strategy.h"

namespace handoff {

template <class Message, class Ring>
class RingChannel {
 public:
  explicit RingChannel(const Setting& setting)
      : ring_(setting.workload.capacity, room(setting.workload), setting.waiting) {}

  /// False once the ring is broken off.
  bool push(const Message& message) {
    Slot* slot = ring_.reserve();
    if (slot == nullptr) [[unlikely]]
      return false;
    *reinterpret_cast<Message*>(ring_.bytes(*slot)) = message;
    ring_.commit(*slot);
    return true;
  }
  bool pop(Message& message) {
    Slot* slot = ring_.take();
    if (slot == nullptr) [[unlikely]]
      return false;
    message = *reinterpret_cast<const Message*>(ring_.bytes(*slot));
    ring_.release(*slot);
    return true;
  }

  /// The next item of a lane, written in its slot; false if there is none, or the ring is broken
  /// off.
  bool push_in_place(Producer& lane) {
    Slot* slot = ring_.reserve();
    if (slot == nullptr) [[unlikely]]
      return false;
    if (!lane.next(payload_in<Message>(ring_.bytes(*slot)))) {
      ring_.withdraw(*slot);
      return false;
    }
    ring_.commit(*slot);
    return true;
  }
  /// The next item, read in its slot; false at the end.
  bool pop_in_place(Consumer& lane) {
    Slot* slot = ring_.take();
    if (slot == nullptr) [[unlikely]]
      return false;
    lane.accept(payload_in<Message>(ring_.bytes(*slot)));
    ring_.release(*slot);
    return true;
  }

  void close() { ring_.close(); }
  void reopen() { ring_.reopen(); }
  /// Lets everybody go who waits, for ever: a peer is dead.
  void break_off() { ring_.break_off(); }
  /// For a worker process: maps all slots there, too.
  void populate() const { ring_.populate(); }
  /// Where consumers wait.
  auto& not_empty() { return ring_.not_empty(); }

 private:
  using Slot = typename Ring::Slot;

  static std::size_t room(const Workload& workload) {
    if constexpr (std::same_as<Message, InPlace<Bytes>>) {
      return workload.payload;
    } else if constexpr (kIsInPlace<Message>) {
      return sizeof(typename Message::Payload);
    } else {
      return sizeof(Message);
    }
  }

  Ring ring_;
};

}  // namespace handoff
