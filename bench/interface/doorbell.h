// Where an event loop sleeps, and what wakes it: epoll_wait on an eventfd that is written only when
// the loop sleeps or is about to.
//
// `state_`: the loop says that it sleeps before its last look at what it waits for, and that it is
// awake after it. Relaxed: the loop's heavy fence and the producers' light fence pair as in
// Dekker's algorithm, so that either the loop sees the item or the producer sees that it sleeps.
// One producer claims the wakeup; until it has made it, the others that come by ring as well, since
// it may have lost its CPU. A ring that comes too late leaves the eventfd readable: one needless
// wakeup.
//
// One loop sleeps, any number of threads of its process ring. With an eventcount's members, so that
// a ring can have it for its consumer (mpmc_ring.h).
// Source: epoll(7), eventfd(2).
#pragma once

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "bench/interface/eventcount.h"
#include "bench/interface/fences.h"
#include "bench/interface/waiting.h"

namespace handoff {

class Doorbell {
 public:
  explicit Doorbell(const Waiting& waiting = {})
      : waiting_(waiting),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    epoll_event readable{.events = EPOLLIN, .data = {}};
    if (epoll_ < 0 || bell_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_, &readable) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot make an event loop");
    }
  }
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;
  ~Doorbell() {
    close(bell_);
    close(epoll_);
  }

  /// After publishing.
  void ring() {
    BetweenThreads::light_fence();
    if (state_.load(std::memory_order_relaxed) != kAwake) [[unlikely]]
      wake();
  }

  /// As an eventcount for one that sleeps: after publishing, and to wait for what is published.
  void notify_one() {
    if (waiting_.sleeps) ring();
  }
  void notify_all() { ring(); }
  /// `ready` may take what it finds: it is not asked again once it holds.
  template <class Ready>
  void await(Ready ready, Doorbell* /*other*/ = nullptr) {
    bool held = false;
    await(
        waiting_, [&] { return held || (held = ready()); }, [] {});
  }

  /// Tries `ready` for a while, then sleeps between tries until it holds, as `waiting` says;
  /// `before_sleep` is called each time.
  template <class Ready, class BeforeSleep>
  void await(const Waiting& waiting, Ready ready, BeforeSleep before_sleep) {
    if (waiting.spin(ready)) return;
    while (!ready()) {
      state_.store(kAsleep, std::memory_order_relaxed);
      BetweenThreads::heavy_fence();
      if (!ready()) {
        before_sleep();
        sleep(ready);
      }
      state_.store(kAwake, std::memory_order_relaxed);
    }
  }

 private:
  enum State : std::uint8_t { kAwake, kAsleep, kRinging };
  static constexpr int kSecondMs = 1000;

  void wake() {
    State state = kAsleep;
    const bool claimed = state_.compare_exchange_strong(state, kRinging, std::memory_order_relaxed);
    if (!claimed && state != kRinging) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(bell_, &one, sizeof one);
    state = kRinging;
    if (claimed) state_.compare_exchange_strong(state, kAwake, std::memory_order_relaxed);
  }

  /// Until the bell rings. Looks once a second whether it should have: whoever rings may come late,
  /// but not by another second.
  template <class Ready>
  void sleep(Ready ready) {
    for (bool late = false; !rings();) {
      if (late) return count_missed_wakeup();
      late = ready();
    }
  }

  /// False after a second without.
  bool rings() {
    epoll_event event;
    int events;
    do {  // EINTR: stopped and continued
      events = epoll_wait(epoll_, &event, 1, kSecondMs);
    } while (events < 0 && errno == EINTR);
    std::uint64_t count;
    return events > 0 && read(bell_, &count, sizeof count) > 0;
  }

  const Waiting waiting_;
  const int epoll_, bell_;
  alignas(128) std::atomic<State> state_{kAwake};
};

}  // namespace handoff
