// Stops parts of a cell while it works, one after the other, at random moments: a thread, a worker
// process, or the whole cell. Each is stopped for 5 us to 20 ms, then continues.
//
// Processes are stopped by SIGSTOP and continued by SIGCONT; threads are paused as in
// bench/cell/pause.h. Only descendants of the keeper are stopped: a pidfd is opened before the
// parent is checked, so a process id that was reused in between cannot hit another process. A stop
// is far shorter than the timeout after which a cell counts as hung.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "bench/posix/unique_fd.h"

namespace handoff {

class Tormentor {
 public:
  /// REQUIRES: the cell lets its threads be paused (OpenRequest::pauses).
  Tormentor(pid_t keeper, std::uint64_t seed);
  Tormentor(const Tormentor&) = delete;
  Tormentor& operator=(const Tormentor&) = delete;
  /// When it returns, no process is stopped by SIGSTOP any more, and no thread is paused for longer
  /// than 20 ms.
  ~Tormentor() = default;

 private:
  void torment(const std::stop_token& stop);
  void look_for_members();
  void pause_a_thread();
  void stop_and_continue(pid_t process, const std::stop_token& stop);
  /// A random time between two bounds, ns; uniform on a logarithmic scale.
  std::uint64_t random_ns(double least, double most);
  void wait(std::uint64_t ns, const std::stop_token& stop);

  const pid_t keeper_;
  const UniqueFd keeper_fd_;
  std::mt19937_64 random_;
  std::vector<pid_t> processes_;  // the cell first
  std::vector<pid_t> threads_;    // of the cell
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;  // the last member, since the thread uses all the others
};

}  // namespace handoff
