// process_per_item: a new process for every piece of work, as the oldest advice warns against.
//
// Producers are threads of the cell. For each item one forks a child, which reads the item in its
// copy-on-write image of the producer's buffer, accepts it and exits: the payload travels by fork,
// whatever `transfer` says. Consumers are these children: C at most are alive at a time, and never
// more than capacity, each with a consumer lane of its own. Each producer has every P-th lane, or
// shares one where lanes are fewer than producers; it waits for the process that used a lane before
// it uses it again.
// Properties: FIFO between one producer and one lane, bounded by its processes. A child that ends
// other than in order fails the slice.
// Source: the forking servers of early Unix (Stevens 1990, "UNIX Network Programming", chapter 6).
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "bench/interface/cpu_set.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

std::string how_it_ended(int status) {
  if (!WIFSIGNALED(status)) return "exited with status " + std::to_string(WEXITSTATUS(status));
  const char* name = sigabbrev_np(WTERMSIG(status));
  return std::string("was killed by SIG") + (name == nullptr ? "?" : name);
}

class ProcessPerItem final : public Strategy {
 public:
  explicit ProcessPerItem(const Setting& setting)
      : setting_(setting),
        lanes_(std::min(setting.workload.consumers, setting.workload.capacity)),
        in_use_(lanes_),
        crew_(setting.workload.producers, setting.cpus,
              [this](std::uint32_t member) { produce(member); }) {}

  void run(const Run&) override {
    crew_.run();
    if (failed_.load(std::memory_order_relaxed)) throw std::runtime_error(why_);
  }

 private:
  /// A lane and the process that uses it.
  struct Child {
    std::uint32_t lane;
    std::unique_lock<std::mutex> use;  // of a lane that is shared: held while the process is alive
    pid_t pid = 0;
  };

  void produce(std::uint32_t member) {
    std::vector<Child> children;
    for (std::uint32_t lane = member % lanes_; lane < lanes_; lane += producers()) {
      children.push_back({lane, std::unique_lock(in_use_[lane], std::defer_lock)});
    }
    const std::unique_ptr<std::byte[]> own(new std::byte[setting_.workload.payload]);
    std::size_t next = 0;
    while (!failed_.load(std::memory_order_relaxed) && setting_.producers[member].next(own.get())) {
      Child& child = children[next];
      next = next + 1 < children.size() ? next + 1 : 0;
      await_end(child);
      if (lanes_ < producers()) child.use.lock();
      start(child, own.get());
    }
    for (Child& child : children) await_end(child);
  }

  /// Between fork and exit only what may be done in a copy of one of many threads: plain memory
  /// and system calls.
  void start(Child& child, const std::byte* item) {
    child.pid = fork();
    if (child.pid < 0) return fail(std::string("cannot fork: ") + std::strerror(errno));
    if (child.pid > 0) return;
    if (!setting_.cpus.empty()) {
      const cpu_set_t set = only_cpu(setting_.cpus[producers() + child.lane]);
      sched_setaffinity(0, sizeof set, &set);
    }
    setting_.consumers[child.lane].accept(item);
    _exit(0);
  }

  void await_end(Child& child) {
    int status = 0;
    if (child.pid > 0) {
      while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
      }
      if (status != 0) fail("the process of an item " + how_it_ended(status));
    }
    child.pid = 0;
    if (child.use.owns_lock()) child.use.unlock();
  }

  void fail(std::string why) {
    const std::lock_guard lock(mutex_);
    if (!failed_.exchange(true, std::memory_order_relaxed)) why_ = std::move(why);
  }

  std::uint32_t producers() const { return setting_.workload.producers; }

  const Setting setting_;
  const std::uint32_t lanes_;
  std::vector<std::mutex> in_use_;  // by lane
  std::mutex mutex_;                // owns why_
  std::string why_;
  std::atomic<bool> failed_{false};  // relaxed: why_ is published by the end of the crew's turn
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "process_per_item",
    .summary = "a process is forked for each item; the payload travels as its memory image",
    .source = "Stevens 1990, \"UNIX Network Programming\": a fork for each request",
    .traits = {.fifo = true, .bounded = true, .cross_process = true, .spawns_per_item = true},
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<ProcessPerItem>(setting);
    },
    .slow_item_ns = 2e6,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
