#include "bench/interface/crew.h"

#include <utility>

#include "bench/interface/futex.h"

namespace handoff {

Crew::Crew(std::uint32_t size, std::span<const int> cpus, std::function<void(std::uint32_t)> work)
    : work_(std::move(work)),
      members_(
          size, cpus, 0, [this](std::uint32_t index) { member(index); }, [this] { dismiss(); }) {}

void Crew::dismiss() {
  dismissed_ = true;
  turn_.fetch_add(1, std::memory_order_release);
  futex_wake(turn_);
}

void Crew::run() {
  busy_.store(members_.size(), std::memory_order_relaxed);
  turn_.fetch_add(1, std::memory_order_release);
  futex_wake(turn_);
  for (std::uint32_t busy; (busy = busy_.load(std::memory_order_acquire)) != 0;) {
    futex_wait(busy_, busy);
  }
}

void Crew::member(std::uint32_t index) {
  for (std::uint32_t seen = 0;;) {
    while (turn_.load(std::memory_order_acquire) == seen) futex_wait(turn_, seen);
    ++seen;  // run() waits for every member, so no turn can be missed
    if (dismissed_) return;
    work_(index);
    if (busy_.fetch_sub(1, std::memory_order_release) == 1) futex_wake(busy_);
  }
}

}  // namespace handoff
