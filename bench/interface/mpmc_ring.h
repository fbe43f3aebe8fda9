// A bounded ring for any number of producers and consumers, whose items can be written and read
// where they lie.
//
// A producer reserves a slot, writes into it and commits it; a consumer takes a committed slot,
// reads it and releases it. Nothing is allocated. The holder of a slot that loses its CPU holds up
// those behind it: not lock-free. Waiting is a short spin, then an eventcount.
//
// Positions count up for ever; position p lies in slot p modulo the number of slots, a power of two
// and at least two, so that `turn` tells all states apart:
//   turn == p              free for the producer that reserves p
//   turn == p + 1          committed: for the consumer that takes p
//   turn == p + slots()    released: free for the next one around
// The bound is separate: p can be reserved once p - capacity has been released. All that was
// reserved before p - capacity is released by then as well, so slot p is free itself.
//
// MpscRing is the same for one consumer: nobody else moves `head`, so to take is no
// compare-and-swap.
//
// Between: threads of one process, or processes forked after its construction. NotEmpty: where
// consumers wait, an eventcount or what has its members (doorbell.h).
// Source: Vyukov 2010, "Bounded MPMC queue" (1024cores.net).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/interface/eventcount.h"
#include "bench/interface/ring_memory.h"

namespace handoff {

template <class Between, class NotEmpty>
struct MpmcEnds {
  explicit MpmcEnds(const Waiting& waiting) : not_full(waiting), not_empty(waiting) {}

  /// Next position to reserve. Moved by compare-and-swap, acquire and release: who reserves p has
  /// then seen what was released to those before it.
  alignas(128) std::atomic<std::uint64_t> tail{0};
  /// Next position to take. Relaxed: what orders the bytes is Slot::turn.
  alignas(128) std::atomic<std::uint64_t> head{0};
  /// Release by close() and break_off(), acquire by waiters: what was committed before is found.
  alignas(128) std::atomic<RingState> state{RingState::kOpen};
  BasicEventCount<Between> not_full;
  NotEmpty not_empty;
};

template <class Between, class NotEmpty = BasicEventCount<Between>, bool kOneConsumer = false>
class MpmcRing : public RingMemory<MpmcEnds<Between, NotEmpty>> {
  using Memory = RingMemory<MpmcEnds<Between, NotEmpty>>;
  using Memory::capacity_;
  using Memory::ends_;
  using Memory::slots;

 public:
  struct Slot {
    /// Release by who commits, acquire by who takes: the bytes are complete. Release by who
    /// releases, acquire by who reserves: the reader is done.
    std::atomic<std::uint64_t> turn;
    bool filled;  // false: reserved and withdrawn. Published by turn
  };

  /// At most `capacity` items of up to `room` bytes under way.
  MpmcRing(std::uint32_t capacity, std::size_t room, const Waiting& waiting)
      : Memory(capacity, room, kHeader, waiting) {
    for (std::uint64_t i = 0; i < slots(); ++i) new (slot_of(i)) Slot{.turn = i, .filled = false};
  }

  /// Of a slot that the caller reserved or took.
  std::byte* bytes(Slot& slot) const {
    return Memory::behind_header(reinterpret_cast<std::byte*>(&slot));
  }

  /// Waits while `capacity` items are under way. Null once the ring is broken off.
  Slot* reserve() {
    Slot* slot = try_reserve();
    if (slot == nullptr) [[unlikely]]
      slot = wait_and_reserve();
    return slot;
  }
  void commit(Slot& slot) { hand_in(slot, true); }
  /// Instead of commit: there is nothing to hand in. Others may have reserved behind it.
  void withdraw(Slot& slot) { hand_in(slot, false); }

  /// Waits for an item. Null once the ring is closed and empty, or broken off.
  Slot* take() {
    for (;;) {
      Slot* slot = try_take();
      if (slot == nullptr) [[unlikely]]
        slot = wait_and_take();
      if (slot == nullptr || slot->filled) [[likely]]
        return slot;
      release(*slot);
    }
  }
  void release(Slot& slot) {
    slot.turn.store(slot.turn.load(std::memory_order_relaxed) + slots() - 1,
                    std::memory_order_release);
    ends_->not_full.notify_one();
  }

 private:
  static constexpr std::size_t kHeader = 32;
  static_assert(sizeof(Slot) <= kHeader);

  Slot* slot_of(std::uint64_t position) const {
    return reinterpret_cast<Slot*>(Memory::slot(position));
  }

  /// Negative: position `tail` cannot be reserved yet; positive: it has been already.
  std::int64_t reservable(std::uint64_t tail) const {
    const std::uint64_t turn = slot_of(tail - capacity_)->turn.load(std::memory_order_acquire);
    return static_cast<std::int64_t>(turn - (tail - capacity_ + slots()));
  }
  /// Negative: position `head` cannot be taken yet; positive: it has been already.
  std::int64_t takeable(std::uint64_t head) const {
    return static_cast<std::int64_t>(slot_of(head)->turn.load(std::memory_order_acquire) -
                                     (head + 1));
  }

  Slot* try_reserve() {
    std::uint64_t tail = ends_->tail.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t ahead = reservable(tail);
      if (ahead < 0) return nullptr;
      if (ahead > 0) {  // others have gone on since the tail was read
        tail = ends_->tail.load(std::memory_order_relaxed);
      } else if (ends_->tail.compare_exchange_weak(tail, tail + 1, std::memory_order_acq_rel,
                                                   std::memory_order_relaxed)) {
        return slot_of(tail);
      }
    }
  }

  void hand_in(Slot& slot, bool filled) {
    slot.filled = filled;
    slot.turn.store(slot.turn.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    ends_->not_empty.notify_one();
  }

  Slot* try_take() {
    std::uint64_t head = ends_->head.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t ahead = takeable(head);
      if (ahead < 0) return nullptr;
      if (ahead > 0) {
        head = ends_->head.load(std::memory_order_relaxed);
      } else if (kOneConsumer) {
        ends_->head.store(head + 1, std::memory_order_relaxed);
        return slot_of(head);
      } else if (ends_->head.compare_exchange_weak(head, head + 1, std::memory_order_relaxed)) {
        return slot_of(head);
      }
    }
  }

  // Who made a slot ready woke somebody in vain if one before it was not. So whoever waited and got
  // a slot wakes the next one where the next slot is ready too.
  [[gnu::noinline]] Slot* wait_and_reserve() {
    Slot* slot = Memory::wait_for_room([&] { return try_reserve(); });
    if (reservable(ends_->tail.load(std::memory_order_relaxed)) >= 0) ends_->not_full.notify_one();
    return slot;
  }
  [[gnu::noinline]] Slot* wait_and_take() {
    Slot* slot = Memory::wait_for_item([&] { return try_take(); });
    if (kOneConsumer) return slot;
    if (takeable(ends_->head.load(std::memory_order_relaxed)) >= 0) ends_->not_empty.notify_one();
    return slot;
  }
};

template <class Between, class NotEmpty = BasicEventCount<Between>>
using MpscRing = MpmcRing<Between, NotEmpty, true>;

}  // namespace handoff
