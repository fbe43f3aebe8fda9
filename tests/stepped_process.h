// A child that is stopped after any number of its instructions, so that a test can do its part of a
// race at each single one of them.
#pragma once

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/strategy_test_support.h"

namespace handoff::testing {

class SteppedProcess {
 public:
  /// The child runs `body` and exits with what it returns. What both use lies in shared memory.
  template <class Body>
  explicit SteppedProcess(Body body) : pid_(fork()) {
    if (pid_ == 0) {
      ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      raise(SIGSTOP);
      _exit(body());
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    traced_ = WIFSTOPPED(status);
  }
  SteppedProcess(const SteppedProcess&) = delete;
  SteppedProcess& operator=(const SteppedProcess&) = delete;
  ~SteppedProcess() {
    if (ended_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  /// False where ptrace is not allowed: then nothing below may be called.
  bool traced() const { return traced_; }

  /// Lets it run `instructions` and stops it there; false if it fell asleep or ended before.
  bool step(int instructions) {
    for (int i = 0; i < instructions; ++i) {
      if (ptrace(PTRACE_SINGLESTEP, pid_, nullptr, nullptr) != 0) return false;
      int status = 0;
      for (int waits = 0; waitpid(pid_, &status, WNOHANG) == 0; ++waits) {
        if (waits > 20 && process_state(pid_) == 'S') return false;
        usleep(waits > 20 ? 500 : 0);
      }
      if (!WIFSTOPPED(status)) {
        take_status(status);
        return false;
      }
    }
    return true;
  }
  void let_go() const { ptrace(PTRACE_DETACH, pid_, nullptr, nullptr); }
  bool falls_asleep() const {
    return eventually([&] { return process_state(pid_) == 'S'; });
  }
  /// Whether it ends soon: long before a sleeper looks by itself, on a machine that is not very
  /// slow.
  bool ends_soon() {
    for (int waited_ms = 0; waited_ms < 5000 && !ended_; ++waited_ms) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        take_status(status);
      } else {
        usleep(1000);
      }
    }
    return ended_;
  }
  /// What the body returned; -1 if it was killed. REQUIRES: it has ended.
  int returned() const { return returned_; }

 private:
  void take_status(int status) {
    ended_ = true;
    returned_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const pid_t pid_;
  bool traced_ = false, ended_ = false;
  int returned_ = -1;
};

}  // namespace handoff::testing
