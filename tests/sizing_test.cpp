#include "bench/plan/sizing.h"

#include <gtest/gtest.h>

#include <map>

#include "bench/plan/slice_sizer.h"
#include "tests/plan_fixture.h"

namespace handoff {
namespace {

using testing::planned;

TEST(BlocksNeeded, OfSlowCellsAreFewerThanOfOthers) {
  EXPECT_EQ(blocks_needed(false, 3), 3);
  EXPECT_EQ(blocks_needed(true, 3), kFewestSlowBlocks);
  EXPECT_EQ(blocks_needed(true, 1), 1);
  EXPECT_LT(blocks_needed(true, kMostBlocks), kMostBlocks) << "else they would take all the time";
}

TEST(SliceLength, IsOneMillisecondWhereThreadsHaveACpuEach) {
  EXPECT_DOUBLE_EQ(slice_need_s(2, 2, 64), 1e-3);
  EXPECT_DOUBLE_EQ(slice_need_s(64, 64, 64), 1e-3);
}

TEST(SliceLength, GrowsWithRunnableThreadsPerCpu) {
  EXPECT_DOUBLE_EQ(slice_need_s(3, 2, 64), 24e-3);
  EXPECT_DOUBLE_EQ(slice_need_s(8, 2, 64), 64e-3);
  EXPECT_DOUBLE_EQ(slice_need_s(128, 2, 64), 256e-3) << "one rotation where four are too long";
}

TEST(SliceLength, HoldsSomeItemsOfAnyPayload) {
  EXPECT_DOUBLE_EQ(slice_need_s(2, 2, 65536), 1e-3);
  EXPECT_NEAR(slice_need_s(2, 2, 1 << 20), 8.4e-3, 0.1e-3);
}

TEST(SliceLength, OfAPointIsItsNeediestCellsOrTheUsers) {
  EXPECT_DOUBLE_EQ(planned({"--pairs", "2:2"}, 4).points.at(0).slice_ns, 1e6);
  EXPECT_DOUBLE_EQ(planned({"--pairs", "2:2"}, 2).points.at(0).slice_ns, 32e6);
  EXPECT_DOUBLE_EQ(planned({"--pairs", "2:2", "--slice", "3ms"}, 2).points.at(0).slice_ns, 3e6);
  EXPECT_DOUBLE_EQ(planned({"--pairs", "1:1", "--pin", "0"}, 4).points.at(0).slice_ns, 32e6)
      << "both threads share the one CPU that was named";
}

TEST(Sizing, GivesASinglePairOfCellsManyIncarnations) {
  const Plan plan = planned({"--strategies", "a=mutex_queue,b=mutex_queue", "--pairs", "1:1",
                             "--payload", "64", "--budget", "10s"});
  EXPECT_GE(plan.incarnations, 35);
  EXPECT_LE(plan.incarnations, 200);
  EXPECT_GE(plan.points.at(0).blocks, 12);
  EXPECT_LE(plan.estimated_s, 10);
  EXPECT_GE(plan.estimated_s, 8.5);
}

TEST(Sizing, NeverDropsIncarnations) {
  for (const int cpus : {1, 2, 8, 64}) {
    EXPECT_GE(planned({"--suite", "quick"}, cpus).incarnations, 8) << cpus;
    EXPECT_EQ(planned({"--suite", "default", "--incarnations", "11"}, cpus).incarnations, 11);
  }
}

TEST(Sizing, KeepsEverySuiteWithinItsBudgetOnAnyMachine) {
  for (const int cpus : {1, 2, 8, 64}) {
    for (const std::size_t candidates : {4U, 10U}) {
      for (const char* suite : {"quick", "default", "full"}) {
        const Plan plan = planned({"--suite", suite}, cpus, candidates);
        SCOPED_TRACE(std::string(suite) + " on " + std::to_string(cpus) + " CPUs, " +
                     std::to_string(candidates) +
                     " candidates: " + std::to_string(plan.points.size()) + " points");
        double sum = 0;
        for (const PointPlan& point : plan.points) {
          sum += point.estimated_s;
          if (point.running() == 0) continue;
          EXPECT_GE(point.blocks, minimal_blocks(point.expected_slice_ns * 1e-9)) << point.id;
          EXPECT_LE(point.blocks, kMostBlocks);
        }
        EXPECT_NEAR(sum, plan.estimated_s, 1e-6);
        EXPECT_LE(plan.estimated_s, plan.budget_s);
        EXPECT_GE(plan.estimated_s, 0.7 * plan.budget_s);
        EXPECT_EQ(plan.points.at(0).id, "1:1 64B");
      }
    }
  }
}

TEST(Sizing, SettlesTheOneToOnePointsOfTheDefaultSuiteBeforeTheRest) {
  const Plan plan = planned({"--suite", "default"}, 2, 10);
  for (const char* id : {"1:1 64B", "1:1 8B", "1:1 1KiB", "1:1 64KiB"}) {
    const auto point = std::find_if(plan.points.begin(), plan.points.end(),
                                    [id](const PointPlan& each) { return each.id == id; });
    ASSERT_NE(point, plan.points.end()) << id;
    EXPECT_GE(point->blocks, settled_blocks(point->expected_slice_ns * 1e-9)) << id;
  }
}

TEST(SliceSizer, DoesNotLearnFromWarmUpsOnceItHasSeenAWholeSlice) {
  SliceSizer sizer(Workload{}, 1024, 1e6, 1'000'000);
  EXPECT_FALSE(sizer.known());
  EXPECT_FALSE(sizer.settled());
  sizer.learn_from_warm_up(512 * 100, 512);
  EXPECT_EQ(sizer.item_ns(), 100);
  EXPECT_EQ(sizer.warm_up_items(0.1), sizer.items()) << "hardly known: a whole one";
  sizer.learn(1e6, 1e4);
  sizer.learn_from_warm_up(1e6, 1);
  EXPECT_EQ(sizer.item_ns(), 100);
  EXPECT_EQ(sizer.items(), 10'000U);
  EXPECT_EQ(sizer.warm_up_items(0.1), 1000U);
  EXPECT_EQ(sizer.warm_up_items(0.01), 512U) << "a warm-up goes round a little";
}

TEST(SliceSizer, IsNotMisledByOneStall) {
  SliceSizer sizer(Workload{}, 1024, 1e6, 1'000'000);
  for (int slice = 0; slice < 5; ++slice) sizer.learn(1e6, 1e4);
  sizer.learn(50e6, 1e4);
  EXPECT_EQ(sizer.items(), 10'000U);
}

TEST(SliceSizer, LengthensASliceToGoRoundEightTimesBehindItsLeadIn) {
  const auto items_at = [](double item_ns, std::uint32_t kept) {
    SliceSizer sizer({.capacity = 1000}, kept, 1e6, 1'000'000);
    sizer.learn(1000 * item_ns, 1000);
    return sizer.items();
  };
  EXPECT_EQ(items_at(100, 1000), 10'000U);
  EXPECT_EQ(items_at(1000, 1000), 9000U);
  EXPECT_EQ(items_at(100'000, 1000), 9000U) << "however slow it is";
  EXPECT_EQ(items_at(100'000, 1), 18U) << "what it keeps counts, not what it might";
}

TEST(SliceSizer, LengthensTheSlicesOfACellWhoseQueueFillsAndEmpties) {
  SliceSizer sizer({.capacity = 1000}, 1000, 1e6, 1'000'000);
  sizer.learn(1e6, 1000);
  for (const std::uint64_t items : {27'000U, 54'000U, 54'000U}) {
    sizer.learn_that_it_drifted();
    sizer.learn_that_it_drifted();
    EXPECT_EQ(sizer.items(), items);
  }
}

TEST(SliceSizer, KeepsSlicesShortWhereHardlyOneFindsItsQueueFilling) {
  SliceSizer sizer({.capacity = 1000}, 1000, 1e6, 1'000'000);
  sizer.learn(1e6, 1000);
  sizer.learn_that_it_drifted();
  EXPECT_EQ(sizer.items(), 9000U) << "once is chance";
  for (int slice = 0; slice < 200; ++slice) sizer.learn(1e6, 1000);
  sizer.learn_that_it_drifted();
  EXPECT_EQ(sizer.items(), 9000U) << "2 of 202";
  for (int more = 0; more < 3; ++more) sizer.learn_that_it_drifted();
  EXPECT_EQ(sizer.items(), 27'000U) << "5 of 205";
}

TEST(SliceSizer, BeginsWithFewItemsAndExpectsWhatItHasLearned) {
  SliceSizer sizer({.capacity = 1000}, 1000, 1e6, 1'000'000);
  EXPECT_EQ(sizer.items(), 512U);
  EXPECT_EQ(sizer.expected_ns(), 0);
  sizer.learn_from_warm_up(1e6, 1000);
  EXPECT_EQ(sizer.items(), 9000U);
  EXPECT_EQ(sizer.expected_ns(), 9e6);
}

TEST(Sizing, DropsTheLastPointsFirstAndSaysWhich) {
  const Plan plan = planned({"--pairs", "1:1,2:2,4:4", "--payload", "64", "--budget", "6s"}, 2);
  ASSERT_EQ(plan.points.size(), 2U);
  EXPECT_EQ(plan.points[0].id, "1:1 64B");
  EXPECT_EQ(plan.points[1].id, "2:2 64B");
  ASSERT_EQ(plan.dropped.size(), 1U);
  EXPECT_EQ(plan.dropped[0].rfind("4:4 64B: needs ", 0), 0U) << plan.dropped[0];
  EXPECT_NE(plan.dropped[0].find("more than is left of the budget of 6s"), std::string::npos);
}

TEST(Sizing, LeavesRoomForCellsThatWillHaveBlocksOfTheirOwn) {
  const std::vector<PointNeed> plain{{.cells = 4, .threads = 8}};
  std::vector<PointNeed> slow = plain;
  slow[0].slow_s = 0.05;
  const double more = point_cost_s(slow[0], 8, 12) - point_cost_s(plain[0], 8, 12);
  EXPECT_NEAR(more, 8 * kFewestSlowBlocks * 0.05, 1e-9);
  const Sizing with = size_points(slow, 10, 8), without = size_points(plain, 10, 8);
  EXPECT_LT(with.blocks[0], without.blocks[0]);
  EXPECT_LE(with.total_s, 10);
}

TEST(Sizing, KeepsToTheIncarnationsThatAPointNeeds) {
  std::vector<PointNeed> points(2, {.cells = 4, .threads = 8});
  points[0].incarnations = 16;
  EXPECT_EQ(size_points(points, 4.0, {}).incarnations, (std::vector<int>{16, 8}));
  EXPECT_EQ(size_points(points, 4.0, 9).incarnations, (std::vector<int>{9, 9})) << "asked for";
  const Sizing roomy = size_points(points, 60, {});
  EXPECT_EQ(roomy.incarnations[0], roomy.incarnations[1]) << "what is left goes to the lesser";
  EXPECT_GT(roomy.incarnations[0], 16);
}

TEST(Sizing, WithoutABudgetHoldsAllThatWasAsked) {
  const Plan plan = planned({"--pairs", "auto,64:64", "--payload", "8,64"}, 2, 10);
  EXPECT_TRUE(plan.dropped.empty());
  EXPECT_EQ(plan.points.size(), 12U);
  EXPECT_GT(plan.budget_s, 20);
  EXPECT_LE(plan.estimated_s, plan.budget_s);
  EXPECT_EQ(planned({"--pairs", "1:1"}).budget_s, 20);
}

TEST(Sizing, GivesEqualPointsEqualTime) {
  const Plan plan = planned({"--pairs", "1:1", "--payload", "8,64,256", "--budget", "20s"});
  ASSERT_EQ(plan.points.size(), 3U);
  // To within a block, whatever the number of cells and the length of a slice are.
  const double mean_s =
      (plan.points[0].estimated_s + plan.points[1].estimated_s + plan.points[2].estimated_s) / 3;
  for (const PointPlan& point : plan.points) {
    EXPECT_NEAR(point.estimated_s, mean_s, mean_s / 10) << point.id;
  }
}

}  // namespace
}  // namespace handoff
