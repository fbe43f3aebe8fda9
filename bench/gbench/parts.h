// The parts that a hand-over is made of, as plain Google Benchmark loops: `parts/…`.
//
// A part is timed by the library itself, in this process: no cell is opened. The loop holds what
// its name says and nothing else; the thread that runs it is bound to one CPU, and nobody contends
// with it. So a part is what a step costs at least; sums of parts are no prediction of a hand-over,
// in which cache lines travel between CPUs.
//
// Each file of parts adds its own when the program is loaded (they are linked as objects), so that
// those of a library that is missing are missing too.
#pragma once

#include <benchmark/benchmark.h>
#include <sched.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace handoff {

/// Where a part is run.
struct PartCpus {
  int own;    // the CPU that the calling thread is bound to
  int other;  // another one, for parts that ask for it; else equal to own
};

struct Part {
  std::string name;  // "push_pop/mutex_queue/8", without "parts/"
  std::string what;  // what an iteration is, for the reader of a table
  /// Runs the loop. Throws std::exception with the reason where it cannot.
  void (*run)(benchmark::State& state, const PartCpus& cpus);
  /// Other threads or processes work in it too: it is timed, and repeated, by the wall clock.
  bool with_others = false;
  bool two_cpus = false;

  /// "parts/push_pop/mutex_queue/8", "parts/fork_wait/real_time"
  std::string full_name() const;
};

/// In this order they are listed.
enum class PartGroup : std::uint8_t { kItem, kStructure, kSystem, kLibrary };

/// For a file of parts: `static const bool added = add_parts(...)`.
bool add_parts(PartGroup group, std::vector<Part> parts);
/// All of this program; a file's parts in their order.
std::vector<Part> all_parts();

/// The CPUs of a point 1:1, as `handoff run` binds it; twice the same where it has one only.
PartCpus part_cpus();

/// While it lives, the calling thread is bound to one CPU, and another thread sleeps: a process
/// with a single thread takes mutexes and heap blocks without atomic operations (glibc's
/// __libc_single_threaded), which no hand-over ever does. Throws std::system_error.
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
