#include "bench/interface/eventcount.h"

#include <climits>

namespace handoff {

namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
/// Both ends of a queue waiting is what a moment may show: one is on its way. Longer than that.
constexpr std::uint64_t kBothWaitNs = 1'000'000;

std::atomic<std::uint64_t> unread{0};
std::atomic<std::uint64_t>* missed_wakeups = &unread;  // written while nobody sleeps

}  // namespace

void count_missed_wakeups_in(std::atomic<std::uint64_t>* counter) {
  missed_wakeups = counter == nullptr ? &unread : counter;
}

void count_missed_wakeup() { missed_wakeups->fetch_add(1, std::memory_order_relaxed); }

template <class Between>
void BasicEventCount<Between>::wake_one() {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    if ((state & kWaitingMask) == 0) {
      // All are claimed. Who claimed the last may have lost its CPU before the wake call.
      if (state >= kOneWaking) wake_sleepers(1);
      return;
    }
  } while (!state_.compare_exchange_weak(state, next_epoch(state) - kOneWaiting + kOneWaking,
                                         std::memory_order_release, std::memory_order_relaxed));
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
auto BasicEventCount<Between>::sleep(std::uint32_t epoch, BasicEventCount* other) -> Slept {
  full_fence();
  const std::uint64_t others = other == nullptr ? 0 : other->state_.load(std::memory_order_relaxed);
  const bool both_wait = (others & kWaitingMask) != 0;
  const bool woken =
      futex_wait_for(&state_, epoch, both_wait ? kBothWaitNs : kSecondNs, Between::kFutexScope);
  if (!woken && both_wait &&
      epoch_of(other->state_.load(std::memory_order_relaxed)) == epoch_of(others)) {
    other->wake_sleepers(1);  // not claimed: it has to find out why nobody did that
  }
  return {epoch_of(state_.load(std::memory_order_acquire)), woken};
}

template <class Between>
void BasicEventCount<Between>::take_back(std::uint32_t epoch) {
  std::uint64_t state = state_.load(std::memory_order_relaxed);
  while (epoch_of(state) == epoch &&
         !state_.compare_exchange_weak(state, state - kOneWaiting, std::memory_order_relaxed)) {
  }
}

template <class Between>
void BasicEventCount<Between>::expect_claim(std::uint32_t epoch) {
  while (epoch_of(state_.load(std::memory_order_relaxed)) == epoch) {
    if (!futex_wait_for(&state_, epoch, kSecondNs, Between::kFutexScope)) {
      return count_missed_wakeup();
    }
  }
}

template class BasicEventCount<BetweenThreads>;
template class BasicEventCount<BetweenProcesses>;

}  // namespace handoff
