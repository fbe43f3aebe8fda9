// The parts that a hand-over consists of, as plain Google Benchmark loops: `parts/…`.
//
// The library itself times a part, in this process; no cell is opened. The loop contains only what
// its name says. Its thread is bound to one CPU, and no other thread contends with it. So the time
// of a part is the least that this step costs. The sum of parts does not predict a hand-over, in
// which cache lines also travel between CPUs.
//
// Each file of parts registers its own parts when the program is loaded (the files are linked as
// objects). If a library is missing, its file is not linked and its parts do not exist.
#pragma once

#include <benchmark/benchmark.h>
#include <sched.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace handoff {

/// The CPUs that a part runs on.
struct PartCpus {
  int own;    // the CPU that the calling thread is bound to
  int other;  // another one, for parts that use two; equal to own if there is only one
};

struct Part {
  std::string name;  // "push_pop/mutex_queue/8", without "parts/"
  std::string what;  // what one iteration does, for the reader of a table
  /// Runs the loop. Throws std::exception with the reason if it cannot.
  void (*run)(benchmark::State& state, const PartCpus& cpus);
  /// Other threads or processes work in it too, so the wall clock times it and ends its
  /// repetitions.
  bool with_others = false;
  bool two_cpus = false;

  /// "parts/push_pop/mutex_queue/8", "parts/fork_wait/real_time"
  std::string full_name() const;
};

/// The order in which parts are listed.
enum class PartGroup : std::uint8_t { kItem, kStructure, kSystem, kLibrary };

/// For a file of parts: `static const bool added = add_parts(...)`.
bool add_parts(PartGroup group, std::vector<Part> parts);
/// All parts of this program; those of a file in their order.
std::vector<Part> all_parts();

/// The CPUs to which `handoff run` binds a point 1:1; twice the same if there is only one.
PartCpus part_cpus();

/// During its lifetime, the calling thread is bound to one CPU, and a second thread sleeps. Without
/// the second thread, glibc would lock mutexes and allocate memory without atomic operations
/// (__libc_single_threaded), which never happens in a hand-over. Throws std::system_error.
class OnOneCpu {
 public:
  explicit OnOneCpu(int cpu);
  OnOneCpu(const OnOneCpu&) = delete;
  OnOneCpu& operator=(const OnOneCpu&) = delete;
  ~OnOneCpu();

 private:
  cpu_set_t before_;
  std::atomic<bool> over_{false};
  std::thread sleeper_;
};

}  // namespace handoff
