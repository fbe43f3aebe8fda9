// What the kernel takes: wakeups, threads, processes.
//
// Whatever takes two threads or processes is timed by the wall clock. On one CPU, both take turns
// there: the scheduler switches, and no CPU has to be woken.
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "bench/gbench/parts.h"
#include "bench/interface/bound_threads.h"
#include "bench/interface/futex.h"
#include "bench/posix/throw_errno.h"
#include "bench/posix/unique_fd.h"

namespace handoff {
namespace {

constexpr FutexScope kThreads = FutexScope::kThreads;

void futex_wake_nobody(benchmark::State& state, const PartCpus& /*cpus*/) {
  std::atomic<std::uint32_t> word{0};
  for (auto _ : state) futex_wake(&word, 1, kThreads);
}

/// Two threads that take turns, each asleep until the other wakes it: as an eventcount sleeps, with
/// a second as the limit.
class Turns {
 public:
  explicit Turns(int cpu)
      : cpu_(cpu),
        peer_(
            1, {&cpu_, 1}, 0, [this](auto) { serve(); }, [this] { end(); }) {}

  void go_round() {
    pass_to(kPeers);
    sleep_while(kPeers);
  }

 private:
  enum Turn : std::uint32_t { kOurs, kPeers, kOver };
  static constexpr std::uint64_t kSecondNs = 1'000'000'000;

  void pass_to(Turn next) {
    turn_.store(next, std::memory_order_release);  // nothing is published but the turn
    futex_wake(&turn_, 1, kThreads);
  }
  void sleep_while(Turn turn) {
    while (turn_.load(std::memory_order_acquire) == turn) {
      futex_wait_for(&turn_, turn, kSecondNs, kThreads);
    }
  }
  void serve() {
    for (;;) {
      sleep_while(kOurs);
      if (turn_.load(std::memory_order_acquire) == kOver) return;
      pass_to(kOurs);
    }
  }
  void end() { pass_to(kOver); }

  std::atomic<std::uint32_t> turn_{kOurs};
  const int cpu_;
  BoundThreads peer_;
};

void futex_round_trip(benchmark::State& state, int peers_cpu) {
  Turns turns(peers_cpu);
  turns.go_round();  // the peer is there
  for (auto _ : state) turns.go_round();
}

void eventfd_write(benchmark::State& state, const PartCpus& /*cpus*/) {
  const UniqueFd bell(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (bell.get() < 0) throw_errno("cannot make an eventfd");
  const std::uint64_t one = 1;
  for (auto _ : state) {
    if (write(bell.get(), &one, sizeof one) != sizeof one) throw_errno("cannot write an eventfd");
  }
}

void thread_start_join(benchmark::State& state, const PartCpus& /*cpus*/) {
  for (auto _ : state) std::thread([] {}).join();
}

void fork_wait(benchmark::State& state, const PartCpus& /*cpus*/) {
  for (auto _ : state) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) throw_errno("cannot fork");
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

[[maybe_unused]] const bool kAdded = add_parts(
    PartGroup::kSystem,
    {{"futex_wake/nobody", "a wake call on a word on which nobody sleeps", futex_wake_nobody},
     {"eventfd_write", "a write to an eventfd for which nobody waits", eventfd_write},
     {.name = "futex_round_trip/one_cpu",
      .what = "two threads of one CPU: wake the other, sleep until it wakes you",
      .run = [](benchmark::State& state,
                const PartCpus& cpus) { futex_round_trip(state, cpus.own); },
      .with_others = true},
     {.name = "futex_round_trip/two_cpus",
      .what = "the same between two CPUs, each idle while the other's turn lasts",
      .run = [](benchmark::State& state,
                const PartCpus& cpus) { futex_round_trip(state, cpus.other); },
      .with_others = true,
      .two_cpus = true},
     {.name = "thread_start_join",
      .what = "a thread is started, does nothing, and is joined",
      .run = thread_start_join,
      .with_others = true},
     {.name = "fork_wait",
      .what = "this (small) process is forked; the child exits and is waited for",
      .run = fork_wait,
      .with_others = true}});

}  // namespace
}  // namespace handoff
