#include "bench/run/cell_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "bench/machine/process_tree.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::ends;
using testing::eventually;
using testing::expect_outcome;
using testing::kHuge;
using testing::kItems;
using testing::kNeverCut;
using testing::kTimeout;
using testing::open_request;
using testing::outcome_of;

/// A cell in the middle of a very long slice; `meanwhile(cell's pid)` runs beside it.
template <class Meanwhile>
CellOutcome outcome_of_long_slice(CellProcess& cell, Meanwhile meanwhile) {
  EXPECT_TRUE(cell.opened().good());
  const std::vector<pid_t> below = descendants(cell.keeper());
  EXPECT_EQ(below.size(), 1U);
  std::thread beside([&] {
    usleep(100'000);
    meanwhile(below.at(0));
  });
  const SliceReply reply = cell.slice(1, kHuge, kNeverCut);
  beside.join();
  EXPECT_TRUE(ends(below.at(0)));
  EXPECT_FALSE(cell.alive());
  return reply.outcome;
}

TEST(CellProcess, ThatIsKilledIsCrashedByThatSignal) {
  CellProcess cell(open_request("mutex_queue", {}, kHuge), kTimeout);
  expect_outcome(
      outcome_of_long_slice(cell, [](pid_t pid) { kill(pid, SIGKILL); }), CellVerdict::kCrashed,
      R"(killed by SIGKILL \(Killed\) in the middle of a slice: [0-9]+ items accepted by then)");
}

TEST(CellProcess, ThatIsStoppedIsHungAndEnds) {
  CellProcess cell(open_request("mutex_queue", {}, kHuge), 5);
  expect_outcome(outcome_of_long_slice(cell, [](pid_t pid) { kill(pid, SIGSTOP); }),
                 CellVerdict::kHung,
                 R"(no progress for 5 s in the middle of a slice: [0-9]+ items accepted by then)");
}

TEST(CellProcess, WhoseKeeperIsKilledIsCrashedAndEnds) {
  CellProcess cell(open_request("mutex_queue", {}, kHuge), kTimeout);
  const pid_t keeper = cell.keeper();
  expect_outcome(outcome_of_long_slice(cell, [keeper](pid_t) { kill(keeper, SIGKILL); }),
                 CellVerdict::kCrashed, "the cell ended in the middle of a slice");
}

TEST(CellProcess, ThatIsKilledBetweenSlicesIsCrashed) {
  CellProcess cell(open_request("mutex_queue", {}), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  ASSERT_TRUE(cell.slice(1, kItems, kNeverCut).outcome.good());
  const pid_t pid = descendants(cell.keeper()).at(0);
  kill(pid, SIGKILL);
  ASSERT_TRUE(ends(pid));
  expect_outcome(cell.slice(2, kItems, kNeverCut).outcome, CellVerdict::kCrashed,
                 R"(killed by SIGKILL \(Killed\) .*)");
}

TEST(CellProcess, ThatIsKilledBeforeItIsClosedIsCrashed) {
  CellProcess cell(open_request("mutex_queue", {}), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  const pid_t pid = descendants(cell.keeper()).at(0);
  kill(pid, SIGKILL);
  ASSERT_TRUE(ends(pid));
  expect_outcome(cell.close(), CellVerdict::kCrashed, R"(killed by SIGKILL \(Killed\) .*)");
}

TEST(CellProcess, LeavesNoProcessWhenItIsDestroyed) {
  for (const char* strategy : {"mutex_queue", "broken_abandons_grandchild"}) {
    std::vector<pid_t> processes;
    {
      CellProcess cell(open_request(strategy, {}), kTimeout);
      ASSERT_TRUE(cell.opened().good());
      for (std::uint32_t slice = 1; slice <= 3; ++slice) {
        ASSERT_TRUE(cell.slice(slice, kItems, kNeverCut).outcome.good());
      }
      ASSERT_TRUE(eventually([&] { return descendants(cell.keeper()).size() < 3; }));
      processes = descendants(cell.keeper());
      processes.push_back(cell.keeper());
    }
    EXPECT_GE(processes.size(), 2U);
    for (const pid_t pid : processes) EXPECT_EQ(testing::process_state(pid), '\0') << strategy;
  }
}

TEST(CellProcess, LeavesNoProcessWhenItIsDestroyedBeforeItHasOpened) {
  for (int i = 0; i < 20; ++i) {
    pid_t keeper = -1;
    {
      CellProcess cell(open_request("mutex_queue", {}), kTimeout);
      keeper = cell.keeper();
      usleep(static_cast<useconds_t>(i) * 500);
    }
    EXPECT_EQ(testing::process_state(keeper), '\0');
    EXPECT_TRUE(descendants(getpid()).empty());
  }
}

TEST(CellProcess, LeavesNoDescriptorOpen) {
  const auto open_descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_descriptors();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(outcome_of("mutex_queue").good());
  outcome_of("broken_crashes");
  EXPECT_EQ(open_descriptors(), before);
}

TEST(CellProcess, CutsALongSliceShortAndDeliversWhatItBegan) {
  for (const double cut_after_ns : {0.0, 1e6, 30e6}) {
    CellProcess cell(open_request("mutex_queue", {.payload = 8}, kHuge), kTimeout);
    ASSERT_TRUE(cell.opened().good());
    for (std::uint32_t slice = 1; slice <= 3; ++slice) {
      const SliceReply reply = cell.slice(slice, kHuge, cut_after_ns);
      ASSERT_TRUE(reply.outcome.good()) << reply.outcome.reason;
      EXPECT_LT(reply.items, kHuge / 8) << "cut after " << cut_after_ns << " ns";
    }
    EXPECT_EQ(cell.slice(4, kItems, kNeverCut).items, kItems) << "the next one is whole again";
    EXPECT_TRUE(cell.close().good());
  }
}

TEST(CellProcess, DoesNotCutASliceThatEndsInTime) {
  CellProcess cell(open_request("lockfree_spsc", {}), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  EXPECT_EQ(cell.slice(1, kItems, 20e9).items, kItems);
}

TEST(CellProcess, MeasuresASlice) {
  CellProcess cell(open_request("mutex_queue", {}, 1 << 20), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  cell.slice(1, 20'000, kNeverCut);
  usleep(200'000);
  const SliceReply reply = cell.slice(2, 20'000, kNeverCut);
  ASSERT_TRUE(reply.outcome.good()) << reply.outcome.reason;
  EXPECT_EQ(reply.slice, 2U);
  EXPECT_GT(reply.window_items, 0);
  EXPECT_LT(reply.window_items, 20'000);
  EXPECT_GT(reply.elapsed_ns, 0);
  EXPECT_GT(reply.whole_ns, reply.elapsed_ns);
  EXPECT_GT(reply.cpu_ns, 0);
  EXPECT_GE(reply.parked_wall_ns, 100e6);  // it begins a little after the reply
  EXPECT_LT(reply.parked_cpu_ns, 10e6);
  ASSERT_TRUE(cell.close().good());
  EXPECT_GT(cell.peak_memory_bytes(), 1e6);
}

TEST(CellProcess, SaysWhyAWorkloadIsUnsupported) {
  CellProcess cell(open_request("lockfree_spsc", {.producers = 2}), kTimeout);
  const CellOutcome outcome = cell.opened();
  EXPECT_EQ(outcome.verdict, CellVerdict::kUnsupported);
  EXPECT_EQ(outcome.reason, find_strategy("lockfree_spsc")->unsupported({.producers = 2}));
}

TEST(CellProcess, SaysThatNoStrategyHasTheName) {
  expect_outcome(outcome_of("nothing_like_it"), CellVerdict::kCrashed,
                 ".*no strategy is named 'nothing_like_it'");
}

TEST(CellProcess, CellsOfAPointLiveBesideEachOther) {
  std::vector<std::unique_ptr<CellProcess>> cells;
  for (const char* strategy : {"mutex_queue", "broken_crashes", "lockfree_queue", "direct"}) {
    cells.push_back(std::make_unique<CellProcess>(open_request(strategy, {}), kTimeout));
  }
  for (const auto& cell : cells) ASSERT_TRUE(cell->opened().good());
  for (std::uint32_t slice = 1; slice <= 4; ++slice) {
    for (const auto& cell : cells) {
      if (!cell->alive()) continue;
      const SliceReply reply = cell->slice(slice, kItems, kNeverCut);
      EXPECT_EQ(reply.outcome.good(), cell != cells[1] || slice < 3) << reply.outcome.reason;
    }
  }
  cells.erase(cells.begin() + 1);
  for (const auto& cell : cells) cell->ask_to_close();
  for (const auto& cell : cells) EXPECT_TRUE(cell->close().good());
}

TEST(CellProcess, ThatIsGoneWhenItIsAskedToCloseWentBetweenSlices) {
  CellProcess cell(open_request("mutex_queue", {}), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  kill(descendants(cell.keeper()).at(0), SIGKILL);
  ASSERT_TRUE(eventually([&] { return descendants(cell.keeper()).empty(); }));
  cell.ask_to_close();
  expect_outcome(cell.close(), CellVerdict::kCrashed, "killed by SIGKILL .* between slices: .*");
}

}  // namespace
}  // namespace handoff
