#include "bench/interface/crew.h"

#include <pthread.h>
#include <sched.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "bench/interface/futex.h"

namespace handoff {

namespace {
void bind(pthread_t thread, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  if (const int error = pthread_setaffinity_np(thread, sizeof set, &set); error != 0) {
    throw std::system_error(error, std::generic_category(),
                            "cannot bind a thread to CPU " + std::to_string(cpu));
  }
}
}  // namespace

void bind_thread(std::thread& thread, int cpu) { bind(thread.native_handle(), cpu); }
void bind_this_thread(int cpu) { bind(pthread_self(), cpu); }

Crew::Crew(std::uint32_t size, std::span<const int> cpus, std::function<void(std::uint32_t)> work)
    : work_(std::move(work)) {
  members_.reserve(size);
  try {
    for (std::uint32_t i = 0; i < size; ++i) {
      members_.emplace_back([this, i] { member(i); });
      if (!cpus.empty()) bind_thread(members_.back(), cpus[i % cpus.size()]);
    }
  } catch (...) {
    dismiss();
    throw;
  }
}

Crew::~Crew() { dismiss(); }

void Crew::dismiss() {
  dismissed_ = true;
  turn_.fetch_add(1, std::memory_order_release);
  futex_wake(turn_);
  for (std::thread& thread : members_) thread.join();
}

void Crew::run() {
  busy_.store(static_cast<std::uint32_t>(members_.size()), std::memory_order_relaxed);
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
