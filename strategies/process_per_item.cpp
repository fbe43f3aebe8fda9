// process_per_item: a new process for every piece of work, as the oldest advice warns against.
//
// Producers are threads of the cell. For each item one forks a child and reaps it before it forks
// the next one on the same lane; the consumers are those children, C of them at once (per_item.h).
// A small payload travels as the child's image of the parent's memory, a large or moved one in a
// slot of shared memory. A child binds itself before anything else.
//
// Properties: bounded by its processes; FIFO between one producer and one lane. A child that ends
// other than in order fails the slice.
// Source: the forking servers of early Unix (Stevens 1990, "UNIX Network Programming", chapter 6).
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/interface/cpu_set.h"
#include "bench/interface/per_item.h"
#include "bench/interface/process_end.h"

namespace handoff {
namespace {

struct Processes {
  using Handle = pid_t;

  /// Between fork and exit only what may be done in a copy of one of many threads: plain memory
  /// and system calls.
  static std::string start(Handle& child, void* (*body)(void*), void* argument, int cpu) {
    child = fork();
    if (child < 0) {
      child = 0;
      return std::string("cannot fork: ") + std::strerror(errno);
    }
    if (child > 0) return {};
    if (cpu >= 0) {
      const cpu_set_t set = only_cpu(cpu);
      sched_setaffinity(0, sizeof set, &set);
    }
    body(argument);
    _exit(0);
  }

  static std::string reap(Handle& child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    child = 0;
    return status == 0 ? std::string() : "the process of an item: " + how_it_ended(status);
  }
};

const Descriptor kDescriptor{
    .name = "process_per_item",
    .summary = "a process is forked for each item, and reaped; C of them at a time",
    .source = "Stevens 1990, \"UNIX Network Programming\": a fork for each request",
    .family = Family::kPerItemSpawn,
    .carrier = Carrier::kProcesses,
    .structure = kNoStructure,
    .origin = kOwnOrigin,
    .traits = {.fifo = true,
               .bounded = true,
               .cross_process = true,
               .waits_itself = true,
               .spawns_per_item = true},
    .keeps = [](const Workload& workload) { return workload.consumers; },
    .make = make_per_item<Processes>,
    .slow_item_ns = 2e6,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
