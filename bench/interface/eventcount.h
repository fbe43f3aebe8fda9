// Blocking for structures that have none: a consumer sleeps until something was pushed, and a push
// costs a plain load when nobody sleeps. No wakeup is lost, none is made when nobody waits.
//
// Protocol, with the fences of bench/interface/fences.h:
//   waiter:   count yourself in and note the epoch, HEAVY fence, check the condition, sleep while
//             the epoch stands; at the end count yourself out
//   notifier: publish, LIGHT fence, look; if somebody waits, claim a waiter (one step takes one off
//             those waiting and moves the epoch), then wake one sleeper
// The fences pair as in Dekker's algorithm: either the waiter sees what was published, or the
// notifier sees the waiter. Whoever counts in after a claim notes the new epoch, so a claim cannot
// be taken for another waiter's; whoever had counted in before does not fall asleep any more.
//
// A claimer that loses its CPU before it has woken anybody is seen by other notifiers (`waking`):
// they wake the sleeper in its place.
//
// A wake call may reach another sleeper than the one that was claimed. So `waiting` may be higher
// than the number of those who need a wakeup, which costs a needless wake call, and never lower,
// which would lose one. It never exceeds the number of those `inside`: so it does not pile up.
//
// In depth: whoever is about to sleep looks, after a full fence, whether the other end of its queue
// waits too, and if that lasts wakes it; and every sleeper looks at its condition once a second.
// One that finds it true though nobody was claimed since it counted in, and nobody is for a second
// more, was not woken when it should have been: that is counted (missed_wakeups), reported with the
// slice, and means that this file is wrong.
//
// Properties: any number of notifiers, at most 2047 waiters (one more spins until another leaves).
// EventCount is for the threads of one process, SharedEventCount for memory that several share.
// Model: tests/models/eventcount.pml.
// Source: the eventcounts of Reed & Kanodia (1979).
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include "bench/interface/clock.h"
#include "bench/interface/fences.h"
#include "bench/interface/futex.h"
#include "bench/interface/waiting.h"

namespace handoff {

/// Makes sleepers of this process, and of those that it forks, count missed wakeups in `counter`
/// (null: in a word that nobody reads). While nobody sleeps.
void count_missed_wakeups_in(std::atomic<std::uint64_t>* counter);
/// For whatever sleeps without an eventcount. Relaxed: read after the slice.
void count_missed_wakeup();

namespace detail {
/// How long a sleeper sleeps before it looks at its condition: a second. Owner: tests, while nobody
/// sleeps, to see who would sleep for ever.
extern std::uint64_t look_again_after_ns;
}  // namespace detail

template <class Between>
class alignas(128) BasicEventCount {
 public:
  explicit BasicEventCount(const Waiting& waiting = {}) : waiting_(waiting) {}

  /// After publishing: wakes one waiter, if any.
  void notify_one() {
    if (!waiting_.sleeps) return;
    Between::light_fence();
    if (state_.load(std::memory_order_relaxed) >= kOneWaiting) [[unlikely]]
      wake_one();
  }

  /// After publishing what ends all waits.
  void notify_all();

  /// Tries `ready` for a while, then sleeps between tries until it holds, as `waiting` says.
  /// `other`: where those wait whom this waiter's progress would serve, if there are such.
  template <class Ready>
  void await(Ready ready, BasicEventCount* other = nullptr) {
    if (waiting_.spin(ready)) return;
    wait(enter(), ready, other);
    leave();
  }

 private:
  // state_: the epoch in the low half, the word that the kernel compares; then three counts, of 11,
  // 11 and 9 bits, and a mark. Waiting lies above inside: one comparison says whether it is none.
  static constexpr std::uint64_t kOneInside = 1ULL << 32, kOneWaiting = 1ULL << 43;
  static constexpr std::uint64_t kOneWaking = 1ULL << 54, kNudged = 1ULL << 63;
  static constexpr std::uint64_t kInsideMask = kOneWaiting - kOneInside;
  static constexpr std::uint64_t kWaitingMask = kOneWaking - kOneWaiting;
  static constexpr std::uint64_t kWakingMask = kNudged - kOneWaking;
  static_assert(std::endian::native == std::endian::little, "the epoch is the first half");

  static std::uint32_t epoch_of(std::uint64_t state) { return static_cast<std::uint32_t>(state); }
  /// With the epoch moved on, which never carries into the counts.
  static std::uint64_t next_epoch(std::uint64_t state) {
    return (state & ~0xffffffffULL) | static_cast<std::uint32_t>(state + 1);
  }

  /// Whether each one inside is counted as waiting.
  static bool all_wait(std::uint64_t state) {
    return (state & kWaitingMask) / kOneWaiting == (state & kInsideMask) / kOneInside;
  }

  template <class Ready>
  void wait(std::uint32_t epoch, Ready ready, BasicEventCount* other) {
    for (;;) {
      Between::heavy_fence();
      if (ready()) return;
      SleepEnd slept = sleep(epoch, other);
      while (slept == SleepEnd::kUnclaimed) {
        if (ready()) return expect_claim(epoch);
        slept = sleep(epoch, nullptr);
      }
      if (ready()) {
        if (slept == SleepEnd::kNudged) expect_claim(epoch);
        return;
      }
      epoch = count_in_again();
    }
  }

  /// Counts the caller in, inside and waiting; returns the epoch to sleep on. Relaxed, as all that
  /// waiters write here: the heavy fence orders it before the check.
  std::uint32_t enter();
  /// For one that is inside and was woken, but found nothing: it waits once more.
  std::uint32_t count_in_again();
  void leave();
  enum class SleepEnd : std::uint8_t {
    kClaimed,    // by a wake call, or the epoch has moved: take it as no longer waiting
    kNudged,     // by the other end; as above, though the epoch stands
    kUnclaimed,  // by the clock or a signal, while the epoch stood: still counted as waiting
  };
  SleepEnd sleep(std::uint32_t epoch, BasicEventCount* other);
  /// For a sleeper that nobody woke though its condition holds: whoever made it true claims
  /// somebody in a moment. If `epoch` stands for another second, that is a missed wakeup.
  void expect_claim(std::uint32_t epoch);
  /// Wakes a sleeper without claiming it, if nothing has happened since the state was `as_seen`.
  void nudge(std::uint64_t as_seen);
  void wake_one();
  void wake_sleepers(int count) { futex_wake(&state_, count, Between::kFutexScope); }

  /// Epoch: moves with every claim. Inside: those between enter() and leave(). Waiting: those of
  /// them that are not claimed, or more. Waking: claimers that have not made their wake call yet.
  /// Nudged: the next wakeup is by the other end, not by a claimer. One word, so that a claim is
  /// one step.
  /// Release by who claims, acquire by who was claimed: what was published before is seen.
  std::atomic<std::uint64_t> state_{0};
  const Waiting waiting_;
};

extern template class BasicEventCount<BetweenThreads>;
extern template class BasicEventCount<BetweenProcesses>;

using EventCount = BasicEventCount<BetweenThreads>;
using SharedEventCount = BasicEventCount<BetweenProcesses>;

}  // namespace handoff
