// What rings share: slots in shared memory, how a ring ends, and how one waits at it.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "bench/interface/shared_memory.h"
#include "bench/interface/waiting.h"

namespace handoff {

/// How far a ring has come. Broken off: a peer is dead, nobody waits here any more.
enum class RingState : std::uint32_t { kOpen, kClosed, kBroken };

/// `Ends`: the words at both ends, made in shared memory before the slots. It has `state`, and an
/// eventcount for each side, or what has its members: `not_full`, `not_empty`.
template <class Ends>
class RingMemory {
 public:
  /// `capacity` items of up to `room` bytes, each slot with a header of `header` bytes. Small ones
  /// lie beside it, so that an item is one line; others begin on a line of their own. Without a
  /// header small ones share a line.
  RingMemory(std::uint32_t capacity, std::size_t room, std::size_t header, const Waiting& waiting);
  RingMemory(const RingMemory&) = delete;
  RingMemory& operator=(const RingMemory&) = delete;
  ~RingMemory() { std::destroy_at(ends_); }

  /// Where consumers wait.
  auto& not_empty() { return ends_->not_empty; }

  /// For a worker process: maps all slots there, too.
  void populate() const { memory_.populate(); }

  /// After the last commit: who waits for items ends. No effect on a ring that is broken off.
  void close();
  /// When nobody is inside.
  void reopen();
  /// Lets everybody go who waits: a peer is dead. For ever.
  void break_off();

 protected:
  static constexpr std::size_t kLine = 64;
  static std::size_t in_lines(std::size_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

  /// At least two, a power of two, and as many as the capacity.
  std::uint64_t slots() const { return mask_ + 1; }
  std::byte* slot(std::uint64_t position) const { return first_ + (position & mask_) * stride_; }
  std::byte* behind_header(std::byte* slot) const { return slot + offset_; }

  /// Waits until `attempt` is not null; null once the ring is broken off.
  template <class Attempt>
  auto wait_for_room(Attempt attempt) {
    decltype(attempt()) slot = nullptr;
    ends_->not_full.await(
        [&] {
          slot = attempt();
          return slot != nullptr ||
                 ends_->state.load(std::memory_order_acquire) == RingState::kBroken;
        },
        beside(ends_->not_full, ends_->not_empty));
    return slot;
  }
  /// Waits until `attempt` is not null; null once the ring is closed and empty, or broken off.
  template <class Attempt>
  auto wait_for_item(Attempt attempt) {
    decltype(attempt()) slot = nullptr;
    ends_->not_empty.await(
        [&] {
          // Read before the last try: what was committed before it was closed is found.
          const bool ended = ends_->state.load(std::memory_order_acquire) != RingState::kOpen;
          slot = attempt();
          return slot != nullptr || ended;
        },
        beside(ends_->not_empty, ends_->not_full));
    return slot;
  }

  /// The other end, as one end's await wants it: one that sleeps in another way cannot be nudged.
  template <class End>
  static End* beside(const End& /*here*/, End& other) {
    return &other;
  }
  template <class End, class Other>
  static End* beside(const End& /*here*/, const Other& /*other*/) {
    return nullptr;
  }

  SharedMemory memory_;
  Ends* ends_ = nullptr;
  std::byte* first_ = nullptr;
  std::uint64_t mask_ = 0, capacity_ = 0;
  std::size_t stride_ = 0, offset_ = 0;
};

template <class Ends>
RingMemory<Ends>::RingMemory(std::uint32_t capacity, std::size_t room, std::size_t header,
                             const Waiting& waiting)
    : mask_(std::bit_ceil(std::max(capacity, 2U)) - 1), capacity_(capacity) {
  if (header == 0) {
    stride_ = room < kLine ? std::bit_ceil(std::max<std::size_t>(room, 8)) : in_lines(room);
  } else {
    const bool beside = header + room <= kLine;
    offset_ = beside ? header : kLine;
    stride_ = beside ? kLine : kLine + in_lines(room);
  }
  memory_ = SharedMemory::create(sizeof(Ends) + slots() * stride_);
  memory_.populate();
  ends_ = new (memory_.data()) Ends(waiting);
  first_ = memory_.data() + sizeof(Ends);
}

template <class Ends>
void RingMemory<Ends>::close() {
  RingState open = RingState::kOpen;
  ends_->state.compare_exchange_strong(open, RingState::kClosed, std::memory_order_release,
                                       std::memory_order_relaxed);
  ends_->not_empty.notify_all();
}

template <class Ends>
void RingMemory<Ends>::reopen() {
  RingState closed = RingState::kClosed;
  ends_->state.compare_exchange_strong(closed, RingState::kOpen, std::memory_order_relaxed);
}

template <class Ends>
void RingMemory<Ends>::break_off() {
  ends_->state.store(RingState::kBroken, std::memory_order_release);
  ends_->not_full.notify_all();
  ends_->not_empty.notify_all();
}

}  // namespace handoff
