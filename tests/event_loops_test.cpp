// Loops that sleep in epoll_wait: woken when they must be, and by nothing else for good.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <thread>

#include "bench/machine/process_tree.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::eventually;
using testing::InProcess;
using testing::kNeverCut;
using testing::kSanitized;
using testing::open_request;

struct Loops {
  const char* strategy;
  bool only_one;  // a ring with a single consumer has one loop
};

// NOLINTNEXTLINE(readability-identifier-naming): a name that Google Test asks for
void PrintTo(const Loops& loops, std::ostream* out) { *out << loops.strategy; }

class EventLoops : public ::testing::TestWithParam<Loops> {
 protected:
  const Descriptor& descriptor() const { return *find_strategy(strategy()); }
  const char* strategy() const { return GetParam().strategy; }
  std::uint32_t up_to(std::uint32_t loops) const { return GetParam().only_one ? 1 : loops; }
};

/// SIGSTOP and SIGCONT make epoll_wait return EINTR, also where no handler is installed.
void stop_and_continue(pid_t pid) {
  kill(pid, SIGSTOP);
  testing::eventually([pid] { return testing::process_state(pid) == 'T'; });
  kill(pid, SIGCONT);
}

TEST_P(EventLoops, SurviveBeingStoppedBetweenSlices) {
  CellProcess cell(open_request(strategy(), {.producers = 2, .consumers = up_to(3)}), 60);
  ASSERT_TRUE(cell.opened().good());
  const pid_t pid = descendants(cell.keeper()).at(0);
  for (std::uint32_t slice = 1; slice <= 20; ++slice) {
    stop_and_continue(pid);
    const SliceReply reply = cell.slice(slice, 200, kNeverCut);
    ASSERT_TRUE(reply.outcome.good()) << reply.outcome.reason;
    EXPECT_EQ(reply.items, 200U);
  }
  EXPECT_TRUE(cell.close().good());
}

TEST_P(EventLoops, SurviveBeingStoppedInTheMiddleOfSlices) {
  CellProcess cell(open_request(strategy(), {.producers = 2, .consumers = up_to(3), .capacity = 1}),
                   60);
  ASSERT_TRUE(cell.opened().good());
  const pid_t pid = descendants(cell.keeper()).at(0);
  std::atomic<bool> done{false};
  std::thread beside([&] {
    while (!done) {
      stop_and_continue(pid);
      usleep(2000);
    }
  });
  for (std::uint32_t slice = 1; slice <= 10; ++slice) {
    const SliceReply reply = cell.slice(slice, kSanitized ? 300 : 2000, kNeverCut);
    EXPECT_TRUE(reply.outcome.good()) << reply.outcome.reason;
    if (!reply.outcome.good()) break;
  }
  done = true;
  beside.join();
  ASSERT_TRUE(cell.alive());
  EXPECT_TRUE(cell.close().good());
}

/// Threads of this process that do not sleep, the calling one aside.
int threads_at_work() {
  int working = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(gettid())) continue;
    std::ifstream file(task.path() / "stat");
    std::string stat;
    std::getline(file, stat);
    const std::size_t name_end = stat.rfind(')');
    working += name_end != std::string::npos && stat[name_end + 2] == 'R';
  }
  return working;
}

TEST_P(EventLoops, SleepBetweenSlices) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's own thread may be at work";
  for (const Wait wait : {Wait::kBlock, Wait::kSpin, Wait::kSpinBlock}) {
    InProcess cell(descriptor(), {.producers = 2, .consumers = up_to(5), .wait = wait}, 1000);
    for (int slice = 0; slice < 5; ++slice) {
      ASSERT_TRUE(cell.slice(500).good());
      EXPECT_TRUE(eventually([] { return threads_at_work() == 0; }));
    }
  }
}

TEST_P(EventLoops, DeliverThousandsOfSlicesOfOneItem) {
  for (const Waiting& waiting : {testing::kBlocking, testing::kSpinning}) {
    InProcess cell(descriptor(), {.producers = 3, .consumers = up_to(5), .capacity = 1}, 100,
                   waiting);
    for (int slice = 0; slice < (kSanitized ? 300 : 3000); ++slice) {
      const CellOutcome outcome = cell.slice(1);
      ASSERT_TRUE(outcome.good()) << outcome.reason;
    }
  }
}

TEST_P(EventLoops, AreAllUsed) {
  if (GetParam().only_one) GTEST_SKIP() << "one loop is all there is";
  InProcess cell(descriptor(), {.consumers = 4, .capacity = 64}, 10'000);
  ASSERT_TRUE(cell.slice(10'000).good());
  for (std::uint32_t loop = 0; loop < 4; ++loop) {
    EXPECT_GT(cell.lanes().accepted_by(loop), 500U) << "loop " << loop;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, EventLoops,
                         ::testing::Values(Loops{"event_loop", false},
                                           Loops{"event_loop_ring", true},
                                           Loops{"asio_loop", false}),
                         [](const auto& loop) { return std::string(loop.param.strategy); });

}  // namespace
}  // namespace handoff
