// A bounded ring in shared memory whose items are written and read where they lie.
//
// A producer reserves a slot, writes into it and commits it; a consumer takes a committed slot,
// reads it and releases it. Nothing is copied, nothing is allocated. Any number of producers and
// consumers, threads or processes; whoever is alone on its side (kAlone) needs no compare-and-swap.
// The holder of a slot that loses its CPU holds up those behind it: not lock-free. Waiting is a
// short spin, then an eventcount.
//
// Positions count up for ever; position p lies in slot p modulo the number of slots, a power of two
// and at least two, so that `turn` tells all states apart:
//   turn == p              free for the producer that reserves p
//   turn == p + 1          committed: for the consumer that takes p
//   turn == p + slots()    released: free for the next one around
// The bound is separate: p can be reserved once p - capacity has been released. All that was
// reserved before p - capacity is released by then as well, so slot p is free itself.
//
// Source: Vyukov 2010, "Bounded MPMC queue" (1024cores.net).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/interface/eventcount.h"
#include "bench/interface/shared_memory.h"

namespace handoff {

class Ring {
 public:
  struct Slot {
    /// Release by who commits, acquire by who takes: the bytes are complete. Release by who
    /// releases, acquire by who reserves: the reader is done.
    std::atomic<std::uint64_t> turn;
    bool filled;  // false: reserved and withdrawn. Published by turn
  };

  /// At most `capacity` items of up to `room` bytes under way.
  Ring(std::uint32_t capacity, std::size_t room);

  /// The bytes of a slot that the caller reserved or took. Small ones lie beside the slot's turn,
  /// so that an item is one line; others begin on a line of their own.
  std::byte* bytes(Slot& slot) const { return reinterpret_cast<std::byte*>(&slot) + offset_; }

  /// Waits while `capacity` items are under way. Null once the ring is broken off.
  template <bool kAlone>
  Slot* reserve(std::uint32_t spins) {
    Slot* slot = try_reserve<kAlone>();
    if (slot == nullptr) [[unlikely]]
      slot = wait_and_reserve<kAlone>(spins);
    return slot;
  }
  template <bool kAlone>
  void commit(Slot& slot) {
    hand_in<kAlone>(slot, true);
  }
  /// Instead of commit: there is nothing to hand in.
  template <bool kAlone>
  void withdraw(Slot& slot) {
    if constexpr (!kAlone) hand_in<kAlone>(slot, false);  // others may have reserved behind it
  }

  /// Waits for an item. Null once the ring is closed and empty, or broken off.
  template <bool kAlone>
  Slot* take(std::uint32_t spins) {
    for (;;) {
      Slot* slot = try_take<kAlone>();
      if (slot == nullptr) [[unlikely]]
        slot = wait_and_take<kAlone>(spins);
      if (slot == nullptr || slot->filled) [[likely]]
        return slot;
      release(*slot);
    }
  }
  void release(Slot& slot) {
    slot.turn.store(slot.turn.load(std::memory_order_relaxed) + mask_, std::memory_order_release);
    ends_->not_full.notify_one();
  }

  /// For a worker process: maps all slots there, too.
  void populate() const { memory_.populate(); }

  /// After the last commit: who waits for items ends. No effect on a ring that is broken off.
  void close();
  /// When nobody is inside.
  void reopen();
  /// Lets everybody go who waits: a peer is dead. For ever.
  void break_off();

 private:
  enum State : std::uint32_t { kOpen, kClosed, kBroken };
  struct Ends {
    /// Next position to reserve. Alone: the producer's own. Else moved by compare-and-swap, acquire
    /// and release: who reserves p has then seen what was released to those before it.
    alignas(128) std::atomic<std::uint64_t> tail{0};
    /// Next position to take. Relaxed: what orders the bytes is Slot::turn.
    alignas(128) std::atomic<std::uint64_t> head{0};
    /// Release by close() and break_off(), acquire by waiters: what was committed before is found.
    alignas(128) std::atomic<std::uint32_t> state{kOpen};
    SharedEventCount not_full, not_empty;
  };

  std::uint64_t slots() const { return mask_ + 1; }
  Slot& slot_of(std::uint64_t position) const {
    return *reinterpret_cast<Slot*>(first_ + (position & mask_) * stride_);
  }

  /// Negative: position `tail` cannot be reserved yet; positive: it has been already.
  std::int64_t reservable(std::uint64_t tail) const {
    const std::uint64_t turn = slot_of(tail - capacity_).turn.load(std::memory_order_acquire);
    return static_cast<std::int64_t>(turn - (tail - capacity_ + slots()));
  }
  /// Negative: position `head` cannot be taken yet; positive: it has been already.
  std::int64_t takeable(std::uint64_t head) const {
    return static_cast<std::int64_t>(slot_of(head).turn.load(std::memory_order_acquire) -
                                     (head + 1));
  }

  template <bool kAlone>
  Slot* try_reserve() {
    std::uint64_t tail = ends_->tail.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t ahead = reservable(tail);
      if (ahead < 0) return nullptr;
      if constexpr (kAlone) return &slot_of(tail);
      if (ahead > 0) {  // others have gone on since the tail was read
        tail = ends_->tail.load(std::memory_order_relaxed);
      } else if (ends_->tail.compare_exchange_weak(tail, tail + 1, std::memory_order_acq_rel,
                                                   std::memory_order_relaxed)) {
        return &slot_of(tail);
      }
    }
  }

  template <bool kAlone>
  void hand_in(Slot& slot, bool filled) {
    const std::uint64_t position = slot.turn.load(std::memory_order_relaxed);
    if constexpr (kAlone) ends_->tail.store(position + 1, std::memory_order_relaxed);
    slot.filled = filled;
    slot.turn.store(position + 1, std::memory_order_release);
    ends_->not_empty.notify_one();
  }

  template <bool kAlone>
  Slot* try_take() {
    std::uint64_t head = ends_->head.load(std::memory_order_relaxed);
    for (;;) {
      const std::int64_t ahead = takeable(head);
      if (ahead < 0) return nullptr;
      if constexpr (kAlone) {
        ends_->head.store(head + 1, std::memory_order_relaxed);
        return &slot_of(head);
      }
      if (ahead > 0) {
        head = ends_->head.load(std::memory_order_relaxed);
      } else if (ends_->head.compare_exchange_weak(head, head + 1, std::memory_order_relaxed)) {
        return &slot_of(head);
      }
    }
  }

  // Who made a slot ready woke somebody in vain if one before it was not. So whoever waited and got
  // a slot wakes the next one where the next slot is ready too.
  template <bool kAlone>
  [[gnu::noinline]] Slot* wait_and_reserve(std::uint32_t spins) {
    Slot* slot = nullptr;
    ends_->not_full.await(
        spins,
        [&] {
          slot = try_reserve<kAlone>();
          return slot != nullptr || ends_->state.load(std::memory_order_acquire) == kBroken;
        },
        &ends_->not_empty);
    if constexpr (!kAlone) {
      if (reservable(ends_->tail.load(std::memory_order_relaxed)) >= 0)
        ends_->not_full.notify_one();
    }
    return slot;
  }
  template <bool kAlone>
  [[gnu::noinline]] Slot* wait_and_take(std::uint32_t spins) {
    Slot* slot = nullptr;
    ends_->not_empty.await(
        spins,
        [&] {
          // The state is read before the last try: what was committed before it was closed is
          // found.
          const bool ended = ends_->state.load(std::memory_order_acquire) != kOpen;
          slot = try_take<kAlone>();
          return slot != nullptr || ended;
        },
        &ends_->not_full);
    if constexpr (!kAlone) {
      if (takeable(ends_->head.load(std::memory_order_relaxed)) >= 0) ends_->not_empty.notify_one();
    }
    return slot;
  }

  SharedMemory memory_;
  Ends* ends_ = nullptr;
  std::byte* first_ = nullptr;
  std::uint64_t mask_ = 0, capacity_ = 0;
  std::size_t stride_ = 0, offset_ = 0;
};

}  // namespace handoff
