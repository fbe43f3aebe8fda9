// What `handoff prove` is made of: the order of variants, shrinking, pauses and stops.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "bench/cell/pause.h"
#include "bench/interface/lanes.h"
#include "bench/machine/process_tree.h"
#include "bench/prove/proof_report.h"
#include "bench/prove/shrink.h"
#include "bench/prove/tormentor.h"
#include "bench/prove/variant.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::eventually;

constexpr int kCpus = 2;

VariantAxes some_axes() {
  return {.pairs = {{1, 1}, {2, 2}, {1, 4}, {4, 1}},
          .payload = {8, 13, 64, 257, 1024},
          .capacity = {1, 2, 3, 1024, 20011},
          .transfer = {Transfer::kCopy, Transfer::kMove, Transfer::kInPlace},
          .wait = {Wait::kBlock, Wait::kSpin, Wait::kSpinBlock},
          .torment = {Torment::kNone, Torment::kDelays, Torment::kStops, Torment::kOneCpu}};
}

bool nothing(const Workload&) { return false; }

std::vector<Variant> first(VariantOrder& order, int count) {
  std::vector<Variant> variants;
  for (int i = 0; i < count; ++i) variants.push_back(order.next().value());
  return variants;
}

std::string key(const Variant& variant) { return describe(variant); }

TEST(VariantOrder, BeginsWithTheUsualValues) {
  VariantOrder order(some_axes(), kCpus, 1, nothing);
  EXPECT_EQ(describe(order.next().value()),
            "1:1, 8B, capacity 1024, copy, waits spin-block, torment none");
}

TEST(VariantOrder, HasEachValueAmongTheFirstTenAndEachPairOfValuesAmongTheFirstFifty) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    VariantOrder order(some_axes(), kCpus, seed, nothing);
    const std::vector<Variant> variants = first(order, 50);
    std::set<std::uint32_t> capacities, payloads;
    std::set<std::pair<std::uint32_t, std::uint32_t>> both;
    for (int i = 0; i < 50; ++i) {
      const Workload& workload = variants[static_cast<std::size_t>(i)].workload;
      if (i < 10) capacities.insert(workload.capacity);
      if (i < 10) payloads.insert(workload.payload);
      both.insert({workload.payload, workload.capacity});
    }
    EXPECT_EQ(capacities.size(), 5U);
    EXPECT_EQ(payloads.size(), 5U);
    EXPECT_GE(both.size(), 24U) << "of 25: the sample is random";
  }
}

TEST(VariantOrder, IsAFunctionOfItsSeed) {
  const auto order_of = [](std::uint64_t seed) {
    VariantOrder order(some_axes(), kCpus, seed, nothing);
    return first(order, 20);
  };
  EXPECT_EQ(order_of(5), order_of(5));
  EXPECT_NE(order_of(5), order_of(6));
}

TEST(VariantOrder, LeavesOutWhatIsExcludedAndCountsIt) {
  VariantOrder order(some_axes(), kCpus, 1,
                     [](const Workload& workload) { return workload.producers > 1; });
  EXPECT_EQ(order.excluded(), combinations(some_axes()) / 2);
  for (const Variant& variant : first(order, 100)) EXPECT_EQ(variant.workload.producers, 1U);
  order.exclude_last();
  EXPECT_EQ(order.excluded(), combinations(some_axes()) / 2 + 1);
}

TEST(VariantOrder, GoesRoundWhereThereAreFewAndEndsWhereAllAreExcluded) {
  VariantAxes axes = some_axes();
  axes.pairs = {{1, 1}};
  axes.payload = {8};
  axes.capacity = {1};
  axes.transfer = {Transfer::kCopy};
  axes.wait = {Wait::kSpin};
  axes.torment = {Torment::kNone, Torment::kStops};
  VariantOrder order(axes, kCpus, 1, nothing);
  std::set<std::string> kinds;
  for (const Variant& variant : first(order, 6)) kinds.insert(key(variant));
  EXPECT_EQ(kinds.size(), 2U);
  order.exclude_last();
  order.next();
  order.next();
  order.exclude_last();
  EXPECT_FALSE(order.next().has_value());
}

/// A failure at an oversized variant; it took half a second to come.
FailedLife failure() {
  const Variant variant{.workload = {.producers = 4,
                                     .consumers = 4,
                                     .payload = 4099,
                                     .capacity = 1,
                                     .transfer = Transfer::kMove,
                                     .wait = Wait::kBlock,
                                     .spin_ns = 0},
                        .torment = Torment::kStops};
  return {variant, 77, {.outcome = {CellVerdict::kLost, "lost 1"}, .at_work_s = 0.5}};
}

/// Lives of a strategy that fails wherever `fails` says.
template <class Fails>
LiveAgain lives_where(Fails fails) {
  return [fails](const Variant& variant, std::uint64_t seed, double) {
    Life life{.whole = true, .items = 1000, .took_s = 0.1, .at_work_s = 0.1};
    if (fails(variant, seed)) {
      life.whole = false;
      life.outcome = {CellVerdict::kLost, "lost 1"};
    }
    return life;
  };
}

TEST(Shrink, KeepsTheValueThatTheFaultNeedsAndNoOther) {
  const Smallest smallest =
      shrink(failure(), 60, kCpus, lives_where([](const Variant& variant, std::uint64_t) {
               return variant.workload.capacity == 1;
             }));
  EXPECT_TRUE(smallest.again);
  EXPECT_EQ(describe(smallest.failed.variant),
            "1:1, 8B, capacity 1, copy, waits spin-block, torment none");
  EXPECT_EQ(smallest.failed.seed, 77U);
}

TEST(Shrink, KeepsTwoValuesThatTheFaultNeedsTogether) {
  const Smallest smallest =
      shrink(failure(), 60, kCpus, lives_where([](const Variant& variant, std::uint64_t) {
               return variant.torment == Torment::kStops && variant.workload.consumers > 1;
             }));
  EXPECT_EQ(describe(smallest.failed.variant),
            "1:2, 8B, capacity 1024, copy, waits spin-block, torment stops");
}

TEST(Shrink, TriesOtherSeedsAndNamesTheOneThatShowsTheFault) {
  const Smallest smallest =
      shrink(failure(), 60, kCpus,
             lives_where([](const Variant&, std::uint64_t seed) { return seed != 77; }));
  EXPECT_TRUE(smallest.again);
  EXPECT_NE(smallest.failed.seed, 77U);
}

TEST(Shrink, SaysThatAFailureDidNotComeAgain) {
  const Smallest smallest = shrink(
      failure(), 60, kCpus, lives_where([](const Variant&, std::uint64_t) { return false; }));
  EXPECT_FALSE(smallest.again);
  EXPECT_EQ(smallest.tries, 6);
  EXPECT_EQ(smallest.failed.variant, failure().variant);
}

TEST(Shrink, EndsWithItsTimeAndWithCtrlC) {
  const LiveAgain always = lives_where([](const Variant&, std::uint64_t) { return true; });
  EXPECT_EQ(shrink(failure(), 0, kCpus, always).tries, 1);
  EXPECT_EQ(shrink(failure(), 0.25, kCpus, always).tries, 4);
  const Smallest cut_off =
      shrink(failure(), 60, kCpus, [](const Variant&, std::uint64_t, double) { return Life{}; });
  EXPECT_EQ(cut_off.tries, 1);
}

StrategyProof proof_of(std::uint64_t items) {
  return {.subject = {find_strategy("mutex_queue"), {}}, .items = items};
}

TEST(Proof, ExitsByTheGravestOfItsStrategies) {
  const StrategyProof proved = proof_of(5), not_reached = proof_of(0);
  StrategyProof unsupported = proof_of(0), failed = proof_of(5);
  unsupported.unsupported = "1:1 only";
  failed.failure = failure();
  EXPECT_EQ(proof_exit({proved, unsupported}, false), 0);
  EXPECT_EQ(proof_exit({proved, not_reached}, false), 3);
  EXPECT_EQ(proof_exit({unsupported}, false), 3);
  EXPECT_EQ(proof_exit({proved}, true), 130);
  EXPECT_EQ(proof_exit({proved, failed}, false), 2);
  EXPECT_EQ(proof_exit({not_reached, failed}, true), 2) << "a failure stays one";
}

TEST(Pause, HoldsAThreadUpAndLetsItGoOn) {
  let_threads_be_paused();
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint32_t> number{0};
  std::atomic<bool> over{false};
  std::thread counting([&] {
    number = this_thread_number();
    while (!over) ++count;
  });
  EXPECT_TRUE(eventually([&] { return count > 0; }));
  EXPECT_TRUE(pause_thread(getpid(), static_cast<pid_t>(number.load()), 900'000'000));
  std::uint64_t still = 0;
  EXPECT_TRUE(eventually([&] {
    const std::uint64_t before = count;
    usleep(200'000);  // longer than a busy machine keeps a thread off its CPU
    still = before;
    return count == before;
  }));
  EXPECT_TRUE(eventually([&] { return count > still; })) << "it goes on";
  over = true;
  counting.join();
  EXPECT_FALSE(pause_thread(getpid(), 1, 1)) << "no thread of this process";
  std::signal(SIGURG, SIG_DFL);
}

TEST(Tormentor, StopsACellAgainAndAgainAndLeavesItGoingOn) {
  for (const char* strategy : {"mutex_queue", "process_pool"}) {
    OpenRequest request =
        testing::open_request(strategy, {.consumers = 2, .capacity = 3}, testing::kItems);
    request.pauses = true;
    CellProcess cell(request, testing::kTimeout);
    ASSERT_TRUE(cell.opened().good());
    const std::vector<pid_t> members = descendants(cell.keeper());
    std::set<pid_t> stopped;
    {
      Tormentor tormentor(cell.keeper(), 4);
      std::atomic<bool> seen{false};
      std::thread watching([&] {
        eventually([&] {
          for (const pid_t pid : members) {
            if (testing::process_state(pid) == 'T') stopped.insert(pid);
          }
          return stopped.size() == members.size();
        });
        seen = true;
      });
      for (std::uint32_t slice = 1; !seen; ++slice) {
        const SliceReply reply = cell.slice(slice, testing::kItems, testing::kNeverCut);
        EXPECT_TRUE(reply.outcome.good()) << reply.outcome.reason;
        if (!reply.outcome.good()) break;
      }
      watching.join();
    }
    EXPECT_EQ(stopped.size(), members.size()) << strategy << ": not each was seen stopped";
    for (const pid_t pid : members) EXPECT_NE(testing::process_state(pid), 'T');
    EXPECT_TRUE(cell.slice(0, testing::kItems, testing::kNeverCut).outcome.good());
    EXPECT_TRUE(cell.close().good());
  }
}

}  // namespace
}  // namespace handoff
