#include "bench/interface/eventcount.h"

#include <sched.h>

#include <climits>
#include <ctime>

namespace handoff {

namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
/// Both ends of a queue waiting is what a moment may show: one is on its way. Longer than that.
constexpr std::uint64_t kBothWaitNs = 1'000'000;

std::atomic<std::uint64_t> unread{0};
std::atomic<std::uint64_t>* missed_wakeups = &unread;  // written while nobody sleeps

}  // namespace

std::uint64_t detail::look_again_after_ns = kSecondNs;

void count_missed_wakeups_in(std::atomic<std::uint64_t>* counter) {
  missed_wakeups = counter == nullptr ? &unread : counter;
}

void count_missed_wakeup() { missed_wakeups->fetch_add(1, std::memory_order_relaxed); }

template <class Between>
std::uint32_t BasicEventCount<Between>::enter() {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    if ((state & kInsideMask) == kInsideMask) {
      sched_yield();
      state = state_.load(std::memory_order_relaxed);
    } else if (state_.compare_exchange_weak(state, state + kOneInside + kOneWaiting,
                                            std::memory_order_relaxed)) {
      return epoch_of(state);
    }
  }
}

template <class Between>
std::uint32_t BasicEventCount<Between>::count_in_again() {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  while (!all_wait(state) &&
         !state_.compare_exchange_weak(state, state + kOneWaiting, std::memory_order_relaxed)) {
  }
  return epoch_of(state);
}

template <class Between>
void BasicEventCount<Between>::leave() {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  while (!state_.compare_exchange_weak(
      state, state - kOneInside - (all_wait(state) ? kOneWaiting : 0), std::memory_order_relaxed)) {
  }
}

template <class Between>
void BasicEventCount<Between>::wake_one() {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    if ((state & kWaitingMask) == 0) {
      // All are claimed. Who claimed the last may have lost its CPU before the wake call.
      if ((state & kWakingMask) != 0) wake_sleepers(1);
      if ((state & kNudged) != 0) state_.fetch_and(~kNudged, std::memory_order_relaxed);
      return;
    }
    if ((state & kWakingMask) == kWakingMask) {
      sched_yield();
      state = state_.load(std::memory_order_relaxed);
    } else if (state_.compare_exchange_weak(
                   state, (next_epoch(state) - kOneWaiting + kOneWaking) & ~kNudged,
                   std::memory_order_release, std::memory_order_relaxed)) {
      break;
    }
  }
  wake_sleepers(1);
  state_.fetch_sub(kOneWaking, std::memory_order_relaxed);
}

template <class Between>
void BasicEventCount<Between>::notify_all() {
  full_fence();
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  while (!state_.compare_exchange_weak(state, next_epoch(state) & ~kWaitingMask,
                                       std::memory_order_release, std::memory_order_relaxed)) {
  }
  wake_sleepers(INT_MAX);
}

template <class Between>
auto BasicEventCount<Between>::sleep(std::uint32_t epoch, BasicEventCount* other) -> SleepEnd {
  full_fence();
  const std::uint64_t others = other == nullptr ? 0 : other->state_.load(std::memory_order_relaxed);
  const bool both_wait = (others & (kWaitingMask | kWakingMask)) != 0;
  const FutexEnd end = futex_wait_for(
      &state_, epoch, both_wait ? kBothWaitNs : detail::look_again_after_ns, Between::kFutexScope);
  if (end == FutexEnd::kTimedOut && both_wait) other->nudge(others);
  const std::uint64_t state = state_.load(std::memory_order_acquire);
  if (epoch_of(state) != epoch) return SleepEnd::kClaimed;
  if (end != FutexEnd::kWoken) return SleepEnd::kUnclaimed;
  if ((state & kNudged) == 0) return SleepEnd::kClaimed;
  state_.fetch_and(~kNudged, std::memory_order_relaxed);
  return SleepEnd::kNudged;
}

template <class Between>
void BasicEventCount<Between>::nudge(std::uint64_t as_seen) {
  if (state_.compare_exchange_strong(as_seen, as_seen | kNudged, std::memory_order_relaxed)) {
    wake_sleepers(1);
  }
}

// Not on the futex: a wake call that came here would be missing elsewhere. Not by the clock: all
// may have been stopped for long, and this thread be the first to go on.
template <class Between>
void BasicEventCount<Between>::expect_claim(std::uint32_t epoch) {
  constexpr timespec kMillisecond{0, 1'000'000};
  for (int naps = 0; naps < 1000; ++naps) {
    if (epoch_of(state_.load(std::memory_order_relaxed)) != epoch) return;
    nanosleep(&kMillisecond, nullptr);
  }
  count_missed_wakeup();
}

template class BasicEventCount<BetweenThreads>;
template class BasicEventCount<BetweenProcesses>;

}  // namespace handoff
