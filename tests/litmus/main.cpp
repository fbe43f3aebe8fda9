// litmus [ROUNDS]: how often both sides of a wait miss each other, by fences and by what the
// process did before; and how many interrupts membarrier sent to the publisher's CPU.
// docs/waiting.md shows and explains the output. Built by hand (no other file than
// bench/interface/fences.cpp):
//   g++ -O2 -std=c++20 -pthread -I. tests/litmus/main.cpp bench/interface/fences.cpp -o litmus
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "bench/interface/fences.h"
#include "tests/litmus/store_buffering.h"

namespace {

using namespace handoff;
using litmus::Cpus;

int membarrier(int command) { return static_cast<int>(syscall(SYS_membarrier, command, 0U, 0)); }

/// Function-call interrupts that a CPU has had; -1 where the kernel does not say.
long interrupts(int cpu) {
  std::ifstream file("/proc/interrupts");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name) || name != "CAL:") continue;
    long count = 0;
    for (int i = 0; i <= cpu; ++i) words >> count;
    return count;
  }
  return -1;
}

/// In a process of its own: `prepare` registers it, `between` is called every 1000 rounds.
template <class Light, class Heavy>
void show(
    const char* what, std::uint32_t rounds, Cpus cpus, void (*prepare)(), Light light, Heavy heavy,
    const std::function<void()>& between = [] {}) {
  std::fflush(stdout);
  if (fork() != 0) {
    wait(nullptr);
    return;
  }
  prepare();
  const long before = interrupts(cpus.publisher);
  const std::uint32_t missed = litmus::misses(rounds, cpus, light, heavy, between);
  std::printf("%-62s %9u %11ld\n", what, missed, interrupts(cpus.publisher) - before);
  std::fflush(stdout);
  _exit(0);
}

void nothing() {}
void register_private() { membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }
void register_global() { membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED); }
void heavy_private() {
  full_fence();
  membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
void heavy_global() {
  full_fence();
  membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED);
}

}  // namespace

int main(int argc, char** argv) {
  const auto rounds = static_cast<std::uint32_t>(argc > 1 ? std::atol(argv[1]) : 300'000);
  const Cpus cpus = litmus::two_cpus();
  if (cpus.publisher == cpus.sleeper) {
    std::puts("One CPU sees its own stores in order: nothing to be seen here.");
    return 1;
  }
  const auto end_a_thread = [cpus] {
    std::thread([cpus] { litmus::bind_this_thread(cpus.publisher); }).join();
  };
  std::printf("%u rounds each, publisher on CPU %d, sleeper on CPU %d\n", rounds, cpus.publisher,
              cpus.sleeper);
  std::printf("%-62s %9s %11s\n", "fences: publisher / sleeper", "both miss", "interrupts");
  show("none / full", rounds, cpus, nothing, litmus::no_fence, full_fence);
  show("full / full", rounds, cpus, nothing, full_fence, full_fence);
  show("none / membarrier, private", rounds, cpus, register_private, litmus::no_fence,
       heavy_private);
  show("none / membarrier, private; threads end beside the publisher", rounds, cpus,
       register_private, litmus::no_fence, heavy_private, end_a_thread);
  show("none / membarrier, global", rounds, cpus, register_global, litmus::no_fence, heavy_global);
  show("none / membarrier, global; threads end beside the publisher", rounds, cpus, register_global,
       litmus::no_fence, heavy_global, end_a_thread);
  show("as handoff has them, between threads", rounds, cpus, prepare_fences,
       BetweenThreads::light_fence, BetweenThreads::heavy_fence, end_a_thread);
  show("as handoff has them, between processes", rounds, cpus, nothing,
       BetweenProcesses::light_fence, BetweenProcesses::heavy_fence, end_a_thread);
}
