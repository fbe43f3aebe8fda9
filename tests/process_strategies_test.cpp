// Strategies whose consumers are processes: what happens when these are killed or stopped.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/machine/process_tree.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::ends;
using testing::eventually;
using testing::expect_outcome;
using testing::InProcess;
using testing::kHuge;
using testing::kItems;
using testing::kNeverCut;
using testing::kSanitized;
using testing::kTimeout;
using testing::open_request;

constexpr const char* kKilled = R"(worker process [0-9]+ of [0-9]+: killed by SIGKILL \(Killed\))";

const Workload kWorkloads[] = {{},
                               {.capacity = 1},
                               {.producers = 2, .consumers = 3, .capacity = 7},
                               {.producers = 3, .consumers = 1, .payload = 4096},
                               {.producers = 1, .consumers = 2, .payload = 65536, .capacity = 4}};

/// An opened cell of process_pool and the processes in it.
struct Pool {
  explicit Pool(const Workload& workload, std::uint64_t max_items = kHuge)
      : cell(open_request("process_pool", workload, max_items), kTimeout) {
    EXPECT_TRUE(cell.opened().good());
    all = descendants(cell.keeper());
    workers = descendants(all.at(0));
    EXPECT_EQ(workers.size(), workload.consumers);
  }

  /// The outcome of a very long slice; `meanwhile` runs beside it.
  CellOutcome outcome_with(const std::function<void()>& meanwhile) {
    std::thread beside([&] {
      usleep(100'000);
      meanwhile();
    });
    const SliceReply reply = cell.slice(1, kHuge, kNeverCut);
    beside.join();
    return reply.outcome;
  }

  void expect_nothing_left() const {
    EXPECT_FALSE(cell.alive());
    for (const pid_t pid : all) EXPECT_TRUE(ends(pid));
    EXPECT_TRUE(descendants(getpid()).empty());
  }

  CellProcess cell;
  std::vector<pid_t> all, workers;
};

TEST(ProcessPool, WhoseWorkerIsKilledInASliceIsCrashed) {
  for (const Workload& workload : kWorkloads) {
    Pool pool(workload);
    expect_outcome(pool.outcome_with([&] { kill(pool.workers.back(), SIGKILL); }),
                   CellVerdict::kCrashed, kKilled);
    pool.expect_nothing_left();
  }
}

TEST(ProcessPool, WhoseWorkerIsKilledWhileProducersWaitForRoomIsCrashed) {
  for (const Workload& workload : kWorkloads) {
    Pool pool(workload);
    expect_outcome(pool.outcome_with([&] {
      for (const pid_t pid : pool.workers) kill(pid, SIGSTOP);
      usleep(50'000);  // the ring is full by now
      kill(pool.workers.front(), SIGKILL);
    }),
                   CellVerdict::kCrashed, kKilled);
    pool.expect_nothing_left();
  }
}

TEST(ProcessPool, WhoseWorkerIsKilledBetweenSlicesIsCrashed) {
  for (const Workload& workload : kWorkloads) {
    Pool pool(workload, 1 << 16);
    ASSERT_TRUE(pool.cell.slice(1, kItems, kNeverCut).outcome.good());
    kill(pool.workers.back(), SIGKILL);
    expect_outcome(pool.cell.slice(2, kItems, kNeverCut).outcome, CellVerdict::kCrashed, kKilled);
    pool.expect_nothing_left();
  }
}

TEST(ProcessPool, WhoseCellIsKilledInASliceLeavesNothing) {
  for (const Workload& workload : kWorkloads) {
    Pool pool(workload);
    expect_outcome(pool.outcome_with([&] { kill(pool.all.front(), SIGKILL); }),
                   CellVerdict::kCrashed, R"(killed by SIGKILL \(Killed\) in the middle .*)");
    pool.expect_nothing_left();
  }
}

TEST(ProcessPool, WhoseWorkersAreStoppedAndContinuedDelivers) {
  for (const Workload& workload : kWorkloads) {
    Pool pool(workload, 1 << 16);
    const std::uint64_t items = workload.payload > 1000 ? 2000 : 10'000;
    std::atomic<bool> over{false};
    std::thread beside([&] {
      for (std::size_t i = 0; !over; i = (i + 1) % pool.workers.size()) {
        kill(pool.workers[i], SIGSTOP);
        usleep(5000);
        kill(pool.workers[i], SIGCONT);
        usleep(2000);
      }
    });
    for (std::uint32_t slice = 1; slice <= 3; ++slice) {
      const SliceReply reply = pool.cell.slice(slice, items, kNeverCut);
      EXPECT_TRUE(reply.outcome.good()) << reply.outcome.reason;
      EXPECT_EQ(reply.items, items);
    }
    over = true;
    beside.join();
    const CellOutcome closed = pool.cell.close();
    EXPECT_TRUE(closed.good()) << closed.reason;
  }
}

/// With `copy` each producer holds one more, drawn and not handed in yet.
TEST(ProcessPool, HoldsItsCapacityAndNotOneMoreWhileNobodyTakes) {
  const auto expect_capacity = [](const Workload& workload) {
    InProcess cell(*find_strategy("process_pool"), workload, 1 << 16);
    const std::vector<pid_t> workers = descendants(getpid());
    for (const pid_t pid : workers) kill(pid, SIGSTOP);
    cell.arm(16 * workload.producers - 1);  // drawn one at a time: exactly counted
    CellOutcome outcome;
    std::thread runs([&] { outcome = cell.run_armed(); });
    const bool in_place = workload.transfer == Transfer::kInPlace;
    const std::uint32_t most = workload.capacity + (in_place ? 0 : workload.producers);
    EXPECT_TRUE(eventually([&] { return cell.lanes().progress() >= most; }));
    usleep(5000);
    EXPECT_EQ(cell.lanes().progress(), most);
    for (const pid_t pid : workers) kill(pid, SIGCONT);
    runs.join();
    EXPECT_TRUE(outcome.good()) << outcome.reason;
  };
  for (const std::uint32_t capacity : {1U, 2U, 3U, 7U, 8U}) {
    for (const std::uint32_t threads : {1U, 3U}) {  // another ring for one than for many
      for (const std::uint32_t payload : {64U, 300U, 65536U}) {
        expect_capacity({threads, threads, payload, capacity, Transfer::kCopy});
        expect_capacity({threads, threads, payload, capacity, Transfer::kInPlace});
      }
    }
  }
}

TEST(ProcessPool, BurnsNoCpuBetweenSlices) {
  Pool pool({.producers = 2, .consumers = 3}, 1 << 16);
  pool.cell.slice(1, kItems, kNeverCut);
  usleep(200'000);
  const SliceReply reply = pool.cell.slice(2, kItems, kNeverCut);
  EXPECT_GE(reply.parked_wall_ns, 100e6);
  EXPECT_LT(reply.parked_cpu_ns, 10e6);
}

TEST(ProcessPool, DeliversWhateverTheCapacity) {
  for (const std::uint32_t capacity : {1U, 2U, 3U, 5U, 6U, 9U, 63U, 64U, 65U, 1000U}) {
    for (const std::uint32_t payload : {8U, 33U, 1000U, 4097U, 1U << 20}) {
      if (capacity > 9 && (payload == 1U << 20 || kSanitized)) continue;  // forks are slow there
      if (payload == 1U << 20 && kSanitized) continue;  // each suppressed race is looked for in it
      const std::uint32_t threads = 1 + capacity % 2;   // another ring for one than for many
      InProcess cell(
          *find_strategy("process_pool"),
          {.producers = threads, .consumers = threads, .payload = payload, .capacity = capacity},
          2000);
      const std::uint64_t items = payload > 5000 ? 50 : kSanitized ? 200 : 2000;
      for (int slice = 0; slice < 3; ++slice) {
        const CellOutcome outcome = cell.slice(items);
        ASSERT_TRUE(outcome.good()) << capacity << " of " << payload << ": " << outcome.reason;
      }
    }
  }
}

TEST(ProcessPool, ThrowsInTheProcessThatHoldsItAndCanBeDestroyed) {
  for (const Workload& workload : kWorkloads) {
    InProcess cell(*find_strategy("process_pool"), workload, 1 << 16);
    ASSERT_TRUE(cell.slice(1000).good());
    kill(descendants(getpid()).at(0), SIGKILL);
    EXPECT_THROW(cell.slice(50'000), std::runtime_error);
  }
  EXPECT_TRUE(descendants(getpid()).empty());
}

TEST(ProcessPerItem, WhoseProcessIsKilledInASliceIsCrashed) {
  for (const Workload& workload : {kWorkloads[0], kWorkloads[2], kWorkloads[3]}) {
    CellProcess cell(open_request("process_per_item", workload, kHuge), kTimeout);
    ASSERT_TRUE(cell.opened().good());
    const pid_t holder = descendants(cell.keeper()).at(0);
    std::atomic<bool> over{false};
    std::thread beside([&] {
      while (!over) {
        for (const pid_t pid : descendants(holder)) kill(pid, SIGKILL);
      }
    });
    expect_outcome(cell.slice(1, kHuge, kNeverCut).outcome, CellVerdict::kCrashed,
                   R"(the process of an item: killed by SIGKILL \(Killed\))");
    over = true;
    beside.join();
    EXPECT_TRUE(descendants(getpid()).empty());
  }
}

TEST(ProcessPerItem, LeavesNoProcessAfterASlice) {
  for (const Workload& workload : kWorkloads) {
    InProcess cell(*find_strategy("process_per_item"), workload, 100);
    for (int slice = 0; slice < 3; ++slice) {
      ASSERT_TRUE(cell.slice(30).good());
      EXPECT_TRUE(descendants(getpid()).empty());
    }
  }
}

TEST(ProcessPerItem, HasNoMoreProcessesAtATimeThanConsumersAndCapacity) {
  for (const Workload& workload : {Workload{.producers = 3, .consumers = 2},
                                   Workload{.producers = 2, .consumers = 5, .capacity = 3}}) {
    InProcess cell(*find_strategy("process_per_item"), workload, 200);
    std::atomic<bool> over{false};
    std::size_t most = 0;
    std::thread beside([&] {
      for (std::vector<pid_t> before; !over;) {
        std::vector<pid_t> now = descendants(getpid()), both;  // both: were there between the looks
        std::sort(now.begin(), now.end());
        std::set_intersection(before.begin(), before.end(), now.begin(), now.end(),
                              std::back_inserter(both));
        most = std::max(most, both.size());
        before = std::move(now);
      }
    });
    EXPECT_TRUE(cell.slice(200).good());
    over = true;
    beside.join();
    EXPECT_LE(most, std::min(workload.consumers, workload.capacity));
  }
}

}  // namespace
}  // namespace handoff
