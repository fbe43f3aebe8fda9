// A bounded ring for one producer and one consumer, whose items can be written and read where they
// lie.
//
// Each end has a position of its own, which only it writes, and remembers the other's: it reads the
// other's line again only when the ring looks full, or empty. No step depends on the other end:
// wait-free but for the waiting itself, a short spin, then an eventcount.
//
// Between: threads of one process, or processes forked after its construction.
// Source: Lamport 1983, "Specifying concurrent program modules"; Lee, Bu, Chandranmenon 2009
// (MCRingBuffer) for the remembered positions.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/interface/eventcount.h"
#include "bench/interface/ring_memory.h"

namespace handoff {

template <class Between>
struct SpscEnds {
  explicit SpscEnds(const Waiting& waiting) : not_full(waiting), not_empty(waiting) {}

  /// Items committed, and the last `released` that the producer has seen. Owner: the producer.
  /// Release by it, acquire by the consumer: the bytes are complete.
  alignas(128) std::atomic<std::uint64_t> committed{0};
  std::uint64_t released_seen = 0;
  /// Items released, and the last `committed` that the consumer has seen. Owner: the consumer.
  /// Release by it, acquire by the producer: the reader is done.
  alignas(128) std::atomic<std::uint64_t> released{0};
  std::uint64_t committed_seen = 0;
  /// Release by close() and break_off(), acquire by waiters: what was committed before is found.
  alignas(128) std::atomic<RingState> state{RingState::kOpen};
  BasicEventCount<Between> not_full, not_empty;
};

template <class Between>
class SpscRing : public RingMemory<SpscEnds<Between>> {
  using Memory = RingMemory<SpscEnds<Between>>;
  using Memory::capacity_;
  using Memory::ends_;

 public:
  struct Slot;  // its bytes and nothing else

  /// At most `capacity` items of up to `room` bytes under way.
  SpscRing(std::uint32_t capacity, std::size_t room, const Waiting& waiting)
      : Memory(capacity, room, 0, waiting) {}

  /// Of a slot that the caller reserved or took.
  std::byte* bytes(Slot& slot) const { return reinterpret_cast<std::byte*>(&slot); }

  /// Waits while `capacity` items are under way. Null once the ring is broken off. The producer has
  /// one slot at a time.
  Slot* reserve() {
    Slot* slot = try_reserve();
    if (slot == nullptr) [[unlikely]]
      slot = wait_and_reserve();
    return slot;
  }
  void commit(Slot& /*slot*/) {
    ends_->committed.store(ends_->committed.load(std::memory_order_relaxed) + 1,
                           std::memory_order_release);
    ends_->not_empty.notify_one();
  }
  /// Instead of commit: there is nothing to hand in.
  void withdraw(Slot& /*slot*/) {}

  /// Waits for an item. Null once the ring is closed and empty, or broken off. The consumer has one
  /// slot at a time.
  Slot* take() {
    Slot* slot = try_take();
    if (slot == nullptr) [[unlikely]]
      slot = wait_and_take();
    return slot;
  }
  void release(Slot& /*slot*/) {
    ends_->released.store(ends_->released.load(std::memory_order_relaxed) + 1,
                          std::memory_order_release);
    ends_->not_full.notify_one();
  }

 private:
  Slot* slot_of(std::uint64_t position) const {
    return reinterpret_cast<Slot*>(Memory::slot(position));
  }

  Slot* try_reserve() {
    const std::uint64_t position = ends_->committed.load(std::memory_order_relaxed);
    if (position - ends_->released_seen == capacity_) [[unlikely]] {
      ends_->released_seen = ends_->released.load(std::memory_order_acquire);
      if (position - ends_->released_seen == capacity_) return nullptr;
    }
    return slot_of(position);
  }

  Slot* try_take() {
    const std::uint64_t position = ends_->released.load(std::memory_order_relaxed);
    if (position == ends_->committed_seen) [[unlikely]] {
      ends_->committed_seen = ends_->committed.load(std::memory_order_acquire);
      if (position == ends_->committed_seen) return nullptr;
    }
    return slot_of(position);
  }

  [[gnu::noinline]] Slot* wait_and_reserve() {
    return Memory::wait_for_room([&] { return try_reserve(); });
  }
  [[gnu::noinline]] Slot* wait_and_take() {
    return Memory::wait_for_item([&] { return try_take(); });
  }
};

}  // namespace handoff
