// The bound for primitives that have none: one credit for each item that may be under way.
//
// A producer pays a credit for an item before handing it in, a consumer returns one for each item
// it has taken out. So at most `capacity` items are under way. Both sides deal in batches, so that
// the shared counter is touched once a batch: a producer that holds credits spends them without
// waiting for anybody, and gives the rest back at its end; a consumer settles what it owes before
// it waits. Nobody waits while holding what others wait for, so few credits cannot deadlock.
//
// Units: items. Source: credit-based flow control (Kung & Chapman 1993).
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>

#include "bench/interface/eventcount.h"

namespace handoff {

class Credits {
 public:
  /// `holders`: producers or consumers, whichever are more; no batch is so large that a few of them
  /// could hold most credits.
  Credits(std::uint32_t capacity, std::uint32_t holders, const Waiting& waiting)
      : batch_(std::clamp(capacity / (4 * holders), 1U, kLargestBatch)),
        free_(capacity),
        returned_(waiting) {}

  /// What to take and to give at a time.
  std::uint32_t batch() const { return batch_; }

  /// Waits for credits: 1 to batch() of them are the caller's.
  std::uint32_t take() {
    if (const std::uint32_t taken = try_take(); taken != 0) [[likely]]
      return taken;
    return wait_and_take();
  }

  void give(std::uint32_t count) {
    // Release pairs with the acquire in try_take: the place of the item is free to be used again.
    free_.fetch_add(count, std::memory_order_release);
    returned_.notify_one();
  }

 private:
  static constexpr std::uint32_t kLargestBatch = 32;

  std::uint32_t try_take() {
    std::uint32_t free = free_.load(std::memory_order_relaxed);
    while (free != 0) {
      const std::uint32_t taken = std::min(free, batch_);
      if (free_.compare_exchange_weak(free, free - taken, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return taken;
      }
    }
    return 0;
  }

  std::uint32_t wait_and_take() {
    std::uint32_t taken = 0;
    returned_.await([&] { return (taken = try_take()) != 0; });
    // One wakeup came for many credits: pass it on if some are left.
    if (free_.load(std::memory_order_relaxed) != 0) returned_.notify_one();
    return taken;
  }

  const std::uint32_t batch_;
  /// Credits that nobody holds. Written by all; release by give, acquire by try_take.
  alignas(128) std::atomic<std::uint32_t> free_;
  EventCount returned_;
};

/// What one producer thread holds.
class CreditSpender {
 public:
  explicit CreditSpender(Credits& credits) : credits_(credits) {}
  CreditSpender(const CreditSpender&) = delete;
  CreditSpender& operator=(const CreditSpender&) = delete;
  ~CreditSpender() {
    if (held_ != 0) credits_.give(held_);
  }

  /// Pays for one item; waits for credits if none is held. Whether that began a new batch.
  bool pay() {
    const bool fresh = held_ == 0;
    if (fresh) held_ = credits_.take();
    --held_;
    return fresh;
  }

 private:
  Credits& credits_;
  std::uint32_t held_ = 0;
};

/// What one consumer thread owes.
class CreditReturner {
 public:
  explicit CreditReturner(Credits& credits) : credits_(credits) {}

  /// For each item taken out.
  void item_taken() {
    if (++owed_ == credits_.batch()) settle();
  }
  /// REQUIRED before waiting for more items.
  void settle() {
    if (owed_ != 0) credits_.give(std::exchange(owed_, 0));
  }

 private:
  Credits& credits_;
  std::uint32_t owed_ = 0;
};

}  // namespace handoff
