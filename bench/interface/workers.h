// The worker processes of a cell: forked once, bound once, blocked between slices. To processes
// what Crew is to threads.
//
// They are forked and waited for by a thread of their own, the foreman, which waits for nobody
// else's children (__WNOTHREAD): a death is noticed at once, costs nothing until then, and the
// exit statuses of other children of this process stay where they are. A worker that ends breaks
// the whole: the others are killed too, and finish() throws. One that is stopped is not dead.
// Workers die with this process, however it goes (parent death signal).
//
// A worker is a copy of this process at the time of its construction: what its work changes for
// others must lie in shared memory mapped before. It has no descriptors but 0 to 2 and those it is
// left, so that nothing looks open that this process has closed, or had open when it died.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "bench/interface/shared_memory.h"

namespace handoff {

class Workers {
 public:
  struct Job {
    /// What worker i does each time. Runs in the worker.
    std::function<void(std::uint32_t)> work;
    /// Called once when a worker has died, in a thread of this process: lets go who waits for it.
    std::function<void()> broken;
    /// Descriptors that the workers keep.
    std::vector<int> kept;
  };

  /// `cpus`: where worker i is bound (empty: nowhere). REQUIRES: no other thread of this process is
  /// in the middle of something that a worker needs. Throws std::system_error when a worker cannot
  /// be made or bound.
  Workers(std::uint32_t size, std::span<const int> cpus, Job job);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();

  /// Lets every worker work once, and does not wait for it.
  void start();
  /// Waits until all have worked. Both throw std::runtime_error once a worker has died.
  void finish();

 private:
  struct Shared {
    /// Moves when work is there. Release by start(), acquire by workers: they see the armed lanes.
    alignas(128) std::atomic<std::uint32_t> turn{0};
    /// Workers still at work, or kBroken beside. Release by workers and foreman, acquire by
    /// finish(): it sees what they did, and why_.
    alignas(128) std::atomic<std::uint32_t> busy{0};
  };
  static constexpr std::uint32_t kBroken = 1U << 31;

  void oversee(std::promise<void>& forked);
  void fork_all();
  void await_ends();
  /// Called by each worker.
  [[noreturn]] void serve(std::uint32_t index, pid_t parent) noexcept;
  void kill_all();
  [[noreturn]] void fail() const;

  const std::vector<int> cpus_;
  const Job job_;
  SharedMemory memory_;
  Shared* shared_ = nullptr;
  std::mutex mutex_;         // owns pids_ and dismissed_
  std::vector<pid_t> pids_;  // 0: reaped
  bool dismissed_ = false;
  std::string why_;  // how the first one died; published by kBroken
  std::thread foreman_;
};

}  // namespace handoff
