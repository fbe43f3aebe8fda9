// Lost wakeups, looked for at every single instruction of a waiter.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <new>

#include "bench/interface/eventcount.h"
#include "bench/interface/shared_memory.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

/// A waiter in a process of its own that is stopped after any number of its instructions.
class SteppedWaiter {
 public:
  struct State {
    SharedEventCount count;
    std::atomic<bool> ready{false};
  };

  SteppedWaiter()
      : memory_(SharedMemory::create(sizeof(State))), state_(new (memory_.data()) State) {
    pid_ = fork();
    if (pid_ == 0) {
      ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      raise(SIGSTOP);
      state_->count.await(0, [this] { return state_->ready.load(std::memory_order_acquire); });
      _exit(0);
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    traced_ = WIFSTOPPED(status);
  }
  ~SteppedWaiter() {
    if (ended_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  bool traced() const { return traced_; }
  State& state() const { return *state_; }

  /// Lets it run `instructions` and stops it there; false if it fell asleep before.
  bool step(int instructions) {
    for (int i = 0; i < instructions; ++i) {
      if (ptrace(PTRACE_SINGLESTEP, pid_, nullptr, nullptr) != 0) return false;
      int status = 0;
      for (int waits = 0; waitpid(pid_, &status, WNOHANG) == 0; ++waits) {
        if (waits > 20 && testing::process_state(pid_) == 'S') return false;
        usleep(waits > 20 ? 500 : 0);
      }
    }
    return true;
  }
  void let_go() const { ptrace(PTRACE_DETACH, pid_, nullptr, nullptr); }
  bool falls_asleep() const {
    return testing::eventually([&] { return testing::process_state(pid_) == 'S'; });
  }
  bool wakes_up() {
    for (int waited_ms = 0; waited_ms < 5000 && !ended_; ++waited_ms) {
      ended_ = waitpid(pid_, nullptr, WNOHANG) == pid_;
      if (!ended_) usleep(1000);
    }
    return ended_;
  }

 private:
  SharedMemory memory_;
  State* state_;
  pid_t pid_;
  bool traced_ = false, ended_ = false;
};

/// Somebody is notified of an item while the waiter stands after its n-th instruction, and another
/// consumer takes that item away. The waiter goes to sleep; the next item has to wake it.
void expect_wakeup_wherever_the_waiter_stands(void (SharedEventCount::*notify)()) {
  if (testing::kSanitized) GTEST_SKIP() << "instrumented code has too many instructions";
  int stood = 0;
  for (bool asleep = false; !asleep && stood < 2000; ++stood) {
    SteppedWaiter waiter;
    if (!waiter.traced()) GTEST_SKIP() << "ptrace is not allowed here";
    asleep = !waiter.step(stood);
    (waiter.state().count.*notify)();
    if (asleep) break;
    waiter.let_go();
    ASSERT_TRUE(waiter.falls_asleep());
    waiter.state().ready.store(true, std::memory_order_release);
    waiter.state().count.notify_one();
    ASSERT_TRUE(waiter.wakes_up()) << "sleeps for ever, notified after instruction " << stood;
  }
  EXPECT_GT(stood, 10);
  EXPECT_LT(stood, 2000);
}

TEST(EventCount, NotifyOneIsNotLostWhereverTheWaiterStands) {
  expect_wakeup_wherever_the_waiter_stands(&SharedEventCount::notify_one);
}

TEST(EventCount, AWakeupAfterNotifyAllIsNotLostWhereverTheWaiterStood) {
  expect_wakeup_wherever_the_waiter_stands(&SharedEventCount::notify_all);
}

}  // namespace
}  // namespace handoff
