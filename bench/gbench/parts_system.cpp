// The cost of the kernel: wakeups, threads, processes.
//
// Parts with two threads or processes are timed by the wall clock. On one CPU the two take turns:
// the scheduler switches between them, and no idle CPU has to be woken.
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

/// Two threads that take turns. Each sleeps until the other wakes it, but at most a second, as in
/// the eventcount.
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
    turn_.store(next, std::memory_order_release);  // publishes only the turn itself
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
  turns.go_round();  // after this, the peer has started
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
    {{"futex_wake/nobody", "a futex wake call on a word on which no thread sleeps",
      futex_wake_nobody},
     {"eventfd_write", "a write to an eventfd on which no thread waits", eventfd_write},
     {.name = "futex_round_trip/one_cpu",
      .what = "two threads on one CPU: each wakes the other, then sleeps until it is woken",
      .run = [](benchmark::State& state,
                const PartCpus& cpus) { futex_round_trip(state, cpus.own); },
      .with_others = true},
     {.name = "futex_round_trip/two_cpus",
      .what = "the same with two CPUs: each is idle while the other has its turn",
      .run = [](benchmark::State& state,
                const PartCpus& cpus) { futex_round_trip(state, cpus.other); },
      .with_others = true,
      .two_cpus = true},
     {.name = "thread_start_join",
      .what = "start a thread that does nothing, and join it",
      .run = thread_start_join,
      .with_others = true},
     {.name = "fork_wait",
      .what = "fork this (small) process, whose child exits at once, and wait for the child",
      .run = fork_wait,
      .with_others = true}});

}  // namespace
}  // namespace handoff
