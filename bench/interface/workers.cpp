#include "bench/interface/workers.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "bench/interface/cpu_set.h"
#include "bench/interface/eventcount.h"
#include "bench/interface/futex.h"
#include "bench/interface/process_end.h"

namespace handoff {

namespace {

void bind(pid_t pid, int cpu) {
  const cpu_set_t set = only_cpu(cpu);
  if (sched_setaffinity(pid, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "cannot bind a worker process to CPU " + std::to_string(cpu));
  }
}

void close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  for (const int fd : kept) {
    if (static_cast<unsigned>(fd) < from) continue;
    if (static_cast<unsigned>(fd) > from) close_range(from, static_cast<unsigned>(fd) - 1, 0);
    from = static_cast<unsigned>(fd) + 1;
  }
  close_range(from, ~0U, 0);
}

}  // namespace

Workers::Workers(std::uint32_t size, std::span<const int> cpus, Job job)
    : cpus_(cpus.begin(), cpus.end()),
      job_(std::move(job)),
      memory_(SharedMemory::create(sizeof(Shared))),
      shared_(new (memory_.data()) Shared),
      pids_(size, 0) {
  std::promise<void> forked;
  foreman_ = std::thread([&] { oversee(forked); });
  try {
    forked.get_future().get();
  } catch (...) {
    foreman_.join();
    throw;
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    dismissed_ = true;
    kill_all();  // not asked to go: they hold nothing, and may be stopped
  }
  foreman_.join();
}

void Workers::start() {
  const auto all = static_cast<std::uint32_t>(pids_.size());
  if ((shared_->busy.fetch_add(all, std::memory_order_acquire) & kBroken) != 0) fail();
  shared_->turn.fetch_add(1, std::memory_order_release);
  futex_wake(shared_->turn);
}

void Workers::finish() {
  for (std::uint32_t busy; (busy = shared_->busy.load(std::memory_order_acquire)) != 0;) {
    if ((busy & kBroken) != 0) fail();
    futex_wait(shared_->busy, busy);
  }
}

void Workers::fail() const { throw std::runtime_error(why_); }

void Workers::oversee(std::promise<void>& forked) {
  try {
    fork_all();
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      dismissed_ = true;
      kill_all();
    }
    await_ends();
    return forked.set_exception(std::current_exception());
  }
  forked.set_value();
  await_ends();
}

void Workers::fork_all() {
  const pid_t parent = getpid();
  for (std::uint32_t i = 0; i < pids_.size(); ++i) {
    const pid_t pid = fork();
    if (pid < 0) {
      throw std::system_error(errno, std::generic_category(), "cannot fork a worker process");
    }
    if (pid == 0) serve(i, parent);
    pids_[i] = pid;
    if (!cpus_.empty()) bind(pid, cpus_[i % cpus_.size()]);
  }
}

void Workers::await_ends() {
  for (;;) {
    siginfo_t end{};
    if (waitid(P_ALL, 0, &end, WEXITED | WNOWAIT | __WNOTHREAD) != 0) {
      if (errno == EINTR) continue;
      return;  // none is left
    }
    bool breaks = false;
    {
      const std::lock_guard lock(
          mutex_);  // reaped under it: no number is killed that is free again
      const auto which = std::find(pids_.begin(), pids_.end(), end.si_pid);
      if (!dismissed_ && why_.empty()) {
        why_ = "worker process " + std::to_string(which - pids_.begin()) + " of " +
               std::to_string(pids_.size()) + ": " + how_it_ended(end);
        kill_all();
        breaks = true;
      }
      waitpid(end.si_pid, nullptr, 0);
      *which = 0;
    }
    if (!breaks) continue;
    job_.broken();
    shared_->busy.fetch_or(kBroken, std::memory_order_release);
    futex_wake(shared_->busy);
  }
}

void Workers::kill_all() {
  for (const pid_t pid : pids_) {
    if (pid != 0) kill(pid, SIGKILL);
  }
}

void Workers::serve(std::uint32_t index, pid_t parent) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  prctl(PR_SET_NAME, "handoff-worker");
  close_all_but(job_.kept);
  prepare_fences();
  for (std::uint32_t seen = 0;;) {
    while (shared_->turn.load(std::memory_order_acquire) == seen) futex_wait(shared_->turn, seen);
    ++seen;  // start() comes after finish(), so no turn can be missed
    job_.work(index);
    if (shared_->busy.fetch_sub(1, std::memory_order_release) == 1) futex_wake(shared_->busy);
  }
}

}  // namespace handoff
