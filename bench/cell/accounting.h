// What the kernel knows of a cell: CPU time, context switches, time spent waiting for a CPU, memory
// - of the calling process, its threads, and its descendants living or already reaped.
#pragma once

#include <sys/types.h>

#include <vector>

namespace handoff {

/// Sums since each process began; differences of two snapshots are what counts.
struct Usage {
  double cpu_ns = 0;
  double voluntary = 0, involuntary = 0;  // context switches
  double run_delay_ns = -1;               // -1: the kernel does not say
};

class Accounting {
 public:
  Accounting() = default;
  Accounting(const Accounting&) = delete;
  Accounting& operator=(const Accounting&) = delete;
  ~Accounting();

  /// Looks anew which threads and descendants there are. Costs a scan of /proc: once an
  /// incarnation and after its first slice, not in every slice.
  void refresh();
  Usage snapshot() const;
  /// CPU time alone, of this process and its known descendants: cheap.
  double cpu_ns() const;
  /// Largest resident set so far, of this process and of its descendants, added; memory that they
  /// share is this process's.
  double peak_memory_bytes() const;

 private:
  void forget();
  struct Child {
    pid_t pid;
    clockid_t cpu_clock;
  };
  std::vector<Child> children_;
  std::vector<int> schedstats_;  // open /proc/.../schedstat of all known threads
};

}  // namespace handoff
