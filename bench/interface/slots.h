// A pool of payload-sized slots for messages that are too large to travel by value, or that move.
//
// A free slot is a set bit. Producers take a few slots of one word at a time and consumers give
// them back so, that the words are touched once for several items: taking is a fetch_and, giving a
// fetch_or. Each producer begins to look at a word of its own. The pool has as many slots as can be
// under way (capacity), and for every producer and consumer one in hand and a batch held, so a slot
// is always found.
// Properties: lock-free, works in shared memory, no ABA (a bit has no history).
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "bench/interface/shared_memory.h"
#include "bench/interface/workload.h"

namespace handoff {

/// Slots of one word of the pool: bit i stands for slot 64 * word + i.
struct SlotSet {
  std::uint32_t word = 0;
  std::uint64_t bits = 0;
};

class Slots {
 public:
  explicit Slots(const Workload& workload);

  /// For a worker process: maps all slots there, too.
  void populate() const { memory_.populate(); }

  std::byte* at(std::uint32_t slot) const {
    return bytes_ + static_cast<std::size_t>(slot) * stride_;
  }

  /// Slots that one thread may hold unused, at most.
  static std::uint32_t batch(const Workload& workload) {
    return std::clamp(workload.capacity / (8 * std::max(workload.producers, workload.consumers)),
                      1U, kLargestBatch);
  }
  static std::uint32_t count(const Workload& workload) {
    return workload.capacity + (workload.producers + workload.consumers) * (1 + batch(workload));
  }

  /// Where a producer begins to look.
  std::uint32_t first_word(std::uint32_t producer) const {
    return static_cast<std::uint32_t>(std::uint64_t{producer} * words_ / producers_);
  }

  /// One free slot or more, up to a batch, now the caller's: of the first word that has some, from
  /// `word` on. REQUIRES: no thread holds more than a batch, and one in hand.
  SlotSet take(std::uint32_t word) {
    for (;; word = word + 1 < words_ ? word + 1 : 0) {
      std::atomic<std::uint64_t>& free = free_[word].bits;
      const std::uint64_t wanted = lowest(free.load(std::memory_order_relaxed));
      if (wanted == 0) continue;
      // Acquire pairs with the release in give: the former reader is done with the slots.
      const std::uint64_t got = free.fetch_and(~wanted, std::memory_order_acquire) & wanted;
      if (got != 0) return {word, got};
    }
  }

  void give(SlotSet slots) {
    free_[slots.word].bits.fetch_or(slots.bits, std::memory_order_release);
  }

  std::uint32_t batch() const { return batch_; }

 private:
  static constexpr std::uint32_t kLargestBatch = 32;

  struct alignas(64) Word {
    std::atomic<std::uint64_t> bits;
  };

  /// The lowest bits, a batch at most.
  std::uint64_t lowest(std::uint64_t bits) const {
    std::uint64_t rest = bits;
    for (std::uint32_t i = 0; i < batch_ && rest != 0; ++i) rest &= rest - 1;
    return bits & ~rest;
  }

  SharedMemory memory_;
  Word* free_ = nullptr;
  std::byte* bytes_ = nullptr;
  std::size_t stride_ = 0;
  std::uint32_t words_ = 0, batch_ = 1, producers_ = 1;
};

/// What one producer holds, in one slice.
class SlotTaker {
 public:
  SlotTaker(Slots& slots, std::uint32_t producer)
      : slots_(slots), held_{slots.first_word(producer), 0} {}
  SlotTaker(const SlotTaker&) = delete;
  SlotTaker& operator=(const SlotTaker&) = delete;
  ~SlotTaker() {
    if (held_.bits != 0) slots_.give(held_);
  }

  std::uint32_t take() {
    if (held_.bits == 0) held_ = slots_.take(held_.word);
    const std::uint64_t lowest = held_.bits & -held_.bits;
    held_.bits ^= lowest;
    return held_.word * 64 + static_cast<std::uint32_t>(std::countr_zero(lowest));
  }
  /// Takes back one that was not used.
  void put_back(std::uint32_t slot) { held_.bits |= 1ULL << (slot % 64); }

 private:
  Slots& slots_;
  SlotSet held_;
};

/// What one consumer has read and not yet given back.
class SlotGiver {
 public:
  explicit SlotGiver(Slots& slots) : slots_(slots) {}
  SlotGiver(const SlotGiver&) = delete;
  SlotGiver& operator=(const SlotGiver&) = delete;
  ~SlotGiver() { settle(); }

  void give(std::uint32_t slot) {
    if (held_.word != slot / 64) settle();
    held_.word = slot / 64;
    held_.bits |= 1ULL << (slot % 64);
    if (++count_ >= slots_.batch()) settle();
  }
  /// Gives back all; REQUIRED before a process ends that has given.
  void settle() {
    if (count_ != 0) slots_.give({held_.word, std::exchange(held_.bits, 0)});
    count_ = 0;
  }

 private:
  Slots& slots_;
  SlotSet held_;
  std::uint32_t count_ = 0;
};

}  // namespace handoff
