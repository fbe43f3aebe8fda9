#include "bench/cell/window.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::make_lanes;

/// Drives `lanes` item by item: 1 producer, consumers in turn.
void deliver_in_turn(LaneSetup& lanes) {
  std::size_t turn = 0;
  for (Value<8> value{}; lanes.producers()[0].next(value);) {
    lanes.consumers()[turn++ % lanes.consumers().size()].accept(value);
  }
}

TEST(TimedWindow, LeavesOutTheLeadInAndEndsWhereNothingIsLeftToDraw) {
  const Workload workload{.payload = 8, .capacity = 100};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  deliver_in_turn(lanes);
  const Window window = timed_window(lanes, workload);
  const std::span<const Stamp> stamps = lanes.stamps_of(0);
  EXPECT_EQ(window.end_ticks, lanes.exhausted_at());
  EXPECT_GE(window.begin_ticks, stamps[0].ticks);
  EXPECT_LT(window.begin_ticks, window.end_ticks);
  EXPECT_NEAR(window.items, 6400 * 7.0 / 8, 6400 / 50.0);  // an eighth is lead-in
}

TEST(TimedWindow, WaitsUntilTheQueueHasBeenFilledOnce) {
  const Workload workload{.payload = 8, .capacity = 2000};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  deliver_in_turn(lanes);
  EXPECT_NEAR(timed_window(lanes, workload).items, 4400, 6400 / 50.0);
}

TEST(TimedWindow, LeavesAtMostAThirdToALargeQueue) {
  const Workload workload{.payload = 8, .capacity = 1 << 20};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  deliver_in_turn(lanes);
  EXPECT_NEAR(timed_window(lanes, workload).items, 6400 * 2 / 3.0, 6400 / 50.0);
}

TEST(TimedWindow, BeginsOnlyWhenTheLastProducerHasBegun) {
  const Workload workload{.producers = 2, .payload = 8, .capacity = 1};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  Value<8> value{};
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(lanes.producers()[0].next(value));
    lanes.consumers()[0].accept(value);
  }
  while (lanes.producers()[1].next(value)) lanes.consumers()[0].accept(value);
  while (lanes.producers()[0].next(value)) lanes.consumers()[0].accept(value);
  const Window window = timed_window(lanes, workload);
  EXPECT_EQ(window.begin_ticks, lanes.last_producer_start());
}

TEST(TimedWindow, BeginsInTheMiddleAtTheLatest) {
  const Workload workload{.producers = 2, .payload = 8, .capacity = 1};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  Value<8> value{};
  for (int i = 0; i < 6000; ++i) {  // the second producer sleeps through most of it
    ASSERT_TRUE(lanes.producers()[0].next(value));
    lanes.consumers()[0].accept(value);
  }
  while (lanes.producers()[1].next(value)) lanes.consumers()[0].accept(value);
  while (lanes.producers()[0].next(value)) lanes.consumers()[0].accept(value);
  const Window window = timed_window(lanes, workload);
  EXPECT_LT(window.begin_ticks, lanes.last_producer_start());
  EXPECT_NEAR(window.items, 3200, 6400 / 40.0);
}

TEST(TimedWindow, SaysHowUnevenlyTheLanesWereServed) {
  const Workload workload{.consumers = 2, .payload = 8, .capacity = 1};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  int turn = 0;
  for (Value<8> value{}; lanes.producers()[0].next(value); ++turn) {
    lanes.consumers()[turn % 4 == 0 ? 1 : 0].accept(value);
  }
  const Window window = timed_window(lanes, workload);
  EXPECT_NEAR(window.fastest_share, 1.5, 0.05);
  EXPECT_NEAR(window.slowest_share, 0.5, 0.05);
}

TEST(TimedWindow, AnIdleLaneHasNoShare) {
  const Workload workload{.consumers = 3, .payload = 8, .capacity = 1};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  for (Value<8> value{}; lanes.producers()[0].next(value);) lanes.consumers()[2].accept(value);
  const Window window = timed_window(lanes, workload);
  EXPECT_EQ(window.slowest_share, 0);
  EXPECT_NEAR(window.fastest_share, 3, 1e-9);
}

TEST(TimedWindow, IsFiniteAndWithinTheSliceForAnyNumberOfItems) {
  for (const std::uint32_t consumers : {1U, 2U, 5U}) {
    const Workload workload{.consumers = consumers, .payload = 8, .capacity = 3};
    for (std::uint64_t items = 1; items < 200; ++items) {
      LaneSetup lanes = make_lanes(workload, items);
      lanes.arm(1, items);
      deliver_in_turn(lanes);
      const Window window = timed_window(lanes, workload);
      EXPECT_TRUE(std::isfinite(window.items)) << items;
      EXPECT_GE(window.items, 0) << items;
      EXPECT_LE(window.items, static_cast<double>(items) + 1e-6) << items;
    }
  }
}

TEST(TimedWindow, IsEmptyWhereNothingWasAccepted) {
  const Workload workload{.payload = 8};
  LaneSetup lanes = make_lanes(workload, 100);
  lanes.arm(1, 100);
  lanes.cut();
  Value<8> value{};
  EXPECT_FALSE(lanes.producers()[0].next(value));
  EXPECT_EQ(timed_window(lanes, workload).items, 0);
}

TEST(TimedWindow, IsEmptyWhereProducersEndedBeforeAnythingWasAccepted) {
  const Workload workload{.payload = 8};
  LaneSetup lanes = make_lanes(workload, 4);
  lanes.arm(1, 4);
  std::vector<Value<8>> held;
  for (Value<8> value{}; lanes.producers()[0].next(value);) held.push_back(value);
  usleep(1000);
  for (const Value<8>& value : held) lanes.consumers()[0].accept(value);
  EXPECT_EQ(timed_window(lanes, workload).items, 0);
}

constexpr Stamp kStamps[] = {{100, 10}, {200, 30}, {400, 50}};

TEST(CountAt, IsInterpolatedBetweenStamps) {
  EXPECT_EQ(count_at(kStamps, 50, 150), 20);
  EXPECT_EQ(count_at(kStamps, 50, 175), 25);
  EXPECT_EQ(count_at(kStamps, 50, 300), 40);
}

TEST(CountAt, IsExactAtStamps) {
  for (const Stamp& stamp : kStamps) {
    EXPECT_EQ(count_at(kStamps, 50, stamp.ticks), static_cast<double>(stamp.accepted));
  }
}

TEST(CountAt, GoesOnBehindTheLastStampAtItsRateUpToAllThatWasTaken) {
  EXPECT_EQ(count_at(kStamps, 60, 450), 55);
  EXPECT_EQ(count_at(kStamps, 52, 450), 52);
}

TEST(CountAt, IsNothingBeforeTheFirstStampAndOneStampAloneHasNoRate) {
  EXPECT_EQ(count_at(kStamps, 50, 99), 0);
  EXPECT_EQ(count_at({}, 5, 99), 0);
  EXPECT_EQ(count_at(std::span(kStamps).first(1), 50, 1000), 10);
}

/// A slice of 100 items of which `taken` were drawn and accepted; then it was cut, if so.
LaneSetup some_taken(int taken, bool cut) {
  LaneSetup lanes = make_lanes({.payload = 8}, 100);
  lanes.arm(1, 100);
  Value<8> value{};
  for (int i = 0; i < taken && lanes.producers()[0].next(value); ++i) {
    lanes.consumers()[0].accept(value);
  }
  if (cut) lanes.cut();
  return lanes;
}

TEST(TimedPart, IsTheWindowInNanoseconds) {
  const Window window{.begin_ticks = 1000, .end_ticks = 3000, .items = 70};
  for (const bool cut : {false, true}) {
    const TimedPart part = timed_part(window, 0.5, some_taken(100, cut), 9e9);
    EXPECT_EQ(part.items, 70) << cut;
    EXPECT_EQ(part.elapsed_ns, 1000) << cut;
  }
}

TEST(TimedPart, IsAllOfASliceThatWasCutBeforeItHadAWindow) {
  const LaneSetup lanes = some_taken(3, true);
  ASSERT_GT(lanes.issued(), 0U);
  for (const std::uint64_t end : {500U, 1000U, 3000U}) {  // none, an empty one, one without items
    const TimedPart part = timed_part({.begin_ticks = 1000, .end_ticks = end}, 0.5, lanes, 9e9);
    EXPECT_EQ(part.items, static_cast<double>(lanes.issued())) << end;
    EXPECT_EQ(part.elapsed_ns, 9e9) << end;
  }
}

TEST(TimedPart, IsNothingOfASliceThatWasTooShortToTime) {
  for (const std::uint64_t end : {500U, 1000U}) {
    const Window window{.begin_ticks = 1000, .end_ticks = end, .items = 5};
    const TimedPart part = timed_part(window, 0.5, some_taken(100, false), 9e9);
    EXPECT_EQ(part.items, 0) << end;
    EXPECT_EQ(part.elapsed_ns, 0) << end;
  }
}

}  // namespace
}  // namespace handoff
