// Strategies that break the cell they run in: crash, hang, exit, throw, leave a process behind,
// stop before all is drawn.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

[[noreturn]] void crash() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);  // this crash is wanted: no core file
  std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would turn it into an exit
  std::raise(SIGSEGV);
  std::abort();
}

[[noreturn]] void hang() {
  for (;;) pause();
}

/// A grandchild whose parent is gone at once, and that nobody will ever wait for.
void abandon_grandchild() {
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child > 0) {
    waitpid(child, nullptr, 0);
    return;
  }
  if (fork() == 0) {
    for (;;) pause();
  }
  _exit(0);
}

template <bool (*kAtVictim)()>
class Misbehaves final : public Strategy {
 public:
  void run(const Run& slice) override { hand_over(slice, ++slices_, kAtVictim); }

 private:
  std::uint32_t slices_ = 0;
};

template <bool (*kAtVictim)()>
constexpr Descriptor describe(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .source = "tests/broken/processes.cpp",
          .family = Family::kReference,
          .carrier = Carrier::kThreads,
          .structure = kNoStructure,
          .origin = kOwnOrigin,
          .traits = {.fifo = true, .bounded = true},
          .make = [](const Setting&) -> std::unique_ptr<Strategy> {
            return std::make_unique<Misbehaves<kAtVictim>>();
          }};
}

bool crashes() { crash(); }
bool hangs() { hang(); }
bool exits() { std::exit(0); }
bool throws() { throw std::runtime_error("the queue is out of order"); }
bool stops_early() { return false; }
bool abandons() {
  abandon_grandchild();
  return true;
}

const Descriptor kBroken[] = {
    describe<crashes>("broken_crashes", "broken: crashes in the middle of a slice"),
    describe<hangs>("broken_hangs", "broken: waits for ever in the middle of a slice"),
    describe<exits>("broken_exits", "broken: exits in the middle of a slice"),
    describe<throws>("broken_throws", "broken: throws in the middle of a slice"),
    describe<stops_early>("broken_stops_early", "broken: stops before all items are drawn"),
    describe<abandons>("broken_abandons_grandchild", "broken: leaves a process behind"),
    {.name = "broken_constructor_throws",
     .summary = "broken: cannot be constructed",
     .source = "tests/broken/processes.cpp",
     .family = Family::kReference,
     .carrier = Carrier::kThreads,
     .structure = kNoStructure,
     .origin = kOwnOrigin,
     .make = [](const Setting&) -> std::unique_ptr<Strategy> {
       throw std::runtime_error("the queue cannot be built");
     }},
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& broken : kBroken) add_strategy(&broken, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
