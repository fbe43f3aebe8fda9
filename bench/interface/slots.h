// A pool of payload-sized slots for messages that are too large to travel by value, or that move.
//
// A free slot is a set bit. Taking one is a fetch_and, giving it back a fetch_or; threads begin to
// look at different words. The pool has capacity + producers + consumers slots: as many as can be
// under way (capacity) or in somebody's hands, so a slot is always found.
// Properties: lock-free, works in shared memory, no ABA (a bit has no history).
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "bench/interface/shared_memory.h"
#include "bench/interface/workload.h"

namespace handoff {

class Slots {
 public:
  explicit Slots(const Workload& workload);

  /// For a worker process: maps all slots there, too.
  void populate() const { memory_.populate(); }

  std::byte* at(std::uint32_t slot) const {
    return bytes_ + static_cast<std::size_t>(slot) * stride_;
  }

  /// A free slot, now the caller's. `hint`: any number below 1024 that spreads the callers.
  std::uint32_t take(std::uint32_t hint) {
    for (std::uint32_t index = (hint * words_) >> 10;; index = index + 1 < words_ ? index + 1 : 0) {
      std::atomic<std::uint64_t>& word = free_[index].bits;
      std::uint64_t bits = word.load(std::memory_order_relaxed);
      while (bits != 0) {
        const std::uint64_t lowest = bits & -bits;
        // Acquire pairs with the release in give: the former reader is done with the slot.
        bits = word.fetch_and(~lowest, std::memory_order_acquire);
        if ((bits & lowest) != 0) {
          return index * 64 + static_cast<std::uint32_t>(std::countr_zero(lowest));
        }
      }
    }
  }

  void give(std::uint32_t slot) {
    free_[slot / 64].bits.fetch_or(1ULL << (slot % 64), std::memory_order_release);
  }

 private:
  struct alignas(64) Word {
    std::atomic<std::uint64_t> bits;
  };
  SharedMemory memory_;
  Word* free_ = nullptr;
  std::byte* bytes_ = nullptr;
  std::size_t stride_ = 0;
  std::uint32_t words_ = 0;
};

}  // namespace handoff
