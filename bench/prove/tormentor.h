// Stops members of a cell while it works, one after the other, at random moments and anywhere: now
// a thread, now a worker process, now the whole cell; for 5 us to 20 ms, then it goes on.
//
// Processes are stopped by SIGSTOP and go on by SIGCONT, threads as bench/cell/pause.h does it.
// Only what is below the keeper is touched: a process is held by a descriptor while that is looked
// up, so that a number which has been given to another process meanwhile does no harm. Stops are
// far shorter than any patience with a cell that hangs.
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
  /// When it returns, nobody is stopped any more by SIGSTOP, and no thread longer than 20 ms.
  ~Tormentor() = default;

 private:
  void torment(const std::stop_token& stop);
  void look_for_members();
  void pause_a_thread();
  void stop_and_continue(pid_t process, const std::stop_token& stop);
  /// A time between two bounds, ns; all magnitudes alike.
  std::uint64_t random_ns(double least, double most);
  void wait(std::uint64_t ns, const std::stop_token& stop);

  const pid_t keeper_;
  const UniqueFd keeper_fd_;
  std::mt19937_64 random_;
  std::vector<pid_t> processes_;  // the cell first
  std::vector<pid_t> threads_;    // of the cell
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace handoff
