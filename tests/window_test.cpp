#include "bench/cell/window.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <span>
#include <vector>

#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::make_lanes;

constexpr double kMarkStride = 256;  // of 6400 items

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
  EXPECT_EQ(window.end_ticks, lanes.read_marks().back().ticks);
  EXPECT_LT(window.begin_ticks, window.end_ticks);
  EXPECT_NEAR(window.items, 6400 * 7.0 / 8, kMarkStride);  // an eighth is lead-in
  EXPECT_EQ(window.drift, 0);
}

TEST(TimedWindow, WaitsUntilTheQueueHasBeenFilledOnce) {
  const Workload workload{.payload = 8, .capacity = 2000};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  deliver_in_turn(lanes);
  EXPECT_NEAR(timed_window(lanes, workload).items, 4400, kMarkStride);
}

TEST(TimedWindow, LeavesAtMostAThirdToALargeQueue) {
  const Workload workload{.payload = 8, .capacity = 1 << 20};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  deliver_in_turn(lanes);
  EXPECT_NEAR(timed_window(lanes, workload).items, 6400 * 2 / 3.0, kMarkStride);
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
  EXPECT_GE(window.begin_ticks, lanes.last_producer_start());
  EXPECT_NEAR(window.items, 4400,
              1.5 * kMarkStride);  // the first chunk of the late one, and a mark
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
  EXPECT_NEAR(window.items, 3200, kMarkStride);
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

TEST(TimedWindow, SaysHowManyItemsWereUnderWay) {
  const Workload workload{.payload = 8, .capacity = 200};
  LaneSetup lanes = make_lanes(workload, 6400);
  lanes.arm(1, 6400);
  std::deque<Value<8>> queue;
  for (Value<8> value{}; lanes.producers()[0].next(value);) {
    queue.push_back(value);
    if (queue.size() <= 100) continue;
    lanes.consumers()[0].accept(queue.front());
    queue.pop_front();
  }
  for (; !queue.empty(); queue.pop_front()) lanes.consumers()[0].accept(queue.front());
  EXPECT_NEAR(timed_window(lanes, workload).under_way, 100, 1);
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

/// Marks of one consumer at which so many were made and accepted, a tick an item.
struct Fill {
  std::uint64_t made, accepted;
};
class MarksOf {
 public:
  explicit MarksOf(const std::vector<Fill>& fills) {
    for (const Fill& fill : fills) accepted_.push_back(fill.accepted);
    for (std::size_t i = 0; i < fills.size(); ++i) {
      marks_.push_back({.ticks = 1000 + fills[i].made,
                        .made = fills[i].made,
                        .accepted = fills[i].accepted,
                        .accepted_by = {&accepted_[i], 1},
                        .surely_made = fills[i].made});
    }
  }
  Window window(std::uint32_t capacity) const {
    return window_between(marks_, marks_.back().made, 0, capacity);
  }

 private:
  std::vector<std::uint64_t> accepted_;
  std::vector<MarkReading> marks_;
};

TEST(TimedWindow, IsTheLongestAtWhoseEndsAsManyItemsWereUnderWay) {
  const MarksOf begins({{0, 0}, {200, 150}, {300, 290}, {400, 350}, {500, 490}, {1000, 950}});
  EXPECT_EQ(begins.window(10).begin_ticks, 1200U);
  EXPECT_EQ(begins.window(10).items, 800);
  EXPECT_EQ(begins.window(10).drift, 0);
  const MarksOf ends({{0, 0}, {200, 200}, {400, 370}, {600, 560}, {900, 900}, {1000, 940}});
  EXPECT_EQ(ends.window(10).begin_ticks, 1200U);
  EXPECT_EQ(ends.window(10).end_ticks, 1900U) << "the queue is fuller at the end";
  EXPECT_EQ(ends.window(10).drift, 0);
}

TEST(TimedWindow, HasAFairPartOfTheSlice) {
  const MarksOf marks({{0, 0}, {200, 200}, {400, 350}, {600, 550}, {800, 700}, {1000, 860}});
  // From 400 to 600 the queue is as full, but that is a fifth of the slice.
  EXPECT_GE(marks.window(10).items, 400);
  EXPECT_NEAR(marks.window(10).drift, 90.0 / 510, 1e-9);
}

TEST(TimedWindow, DoesNotBeginBehindTheMiddleButForALateProducer) {
  const MarksOf marks({{0, 0}, {200, 200}, {400, 400}, {800, 700}, {1000, 900}});
  EXPECT_EQ(marks.window(10).begin_ticks, 1200U);
  EXPECT_NEAR(marks.window(10).drift, 100.0 / 700, 1e-9);
}

TEST(TimedWindow, BeginsNoLaterThanAtTheFirstMarkBehindTheMiddle) {
  const MarksOf marks({{0, 0}, {200, 200}, {530, 510}, {575, 560}, {1000, 985}});
  EXPECT_EQ(marks.window(10).begin_ticks, 1530U) << "though 1575 is even";
}

TEST(TimedWindow, SaysByHowMuchTheQueueFilled) {
  const MarksOf filling({{0, 0}, {250, 200}, {500, 400}, {750, 600}, {1000, 800}});
  EXPECT_NEAR(filling.window(10).drift, 0.25, 1e-9);
  const MarksOf emptying({{0, 0}, {250, 150}, {1000, 1000}});
  EXPECT_NEAR(emptying.window(10).drift, -100.0 / 850, 1e-9);
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

TEST(TimedPart, IsNothingWhereTheQueueFilledOrEmptied) {
  for (const double drift : {kMostDrift, -kMostDrift, kMostDrift * 1.01, -kMostDrift * 1.01}) {
    const Window window{.begin_ticks = 1000, .end_ticks = 3000, .items = 70, .drift = drift};
    const TimedPart part = timed_part(window, 0.5, some_taken(100, false), 9e9);
    EXPECT_EQ(part.items, std::abs(drift) > kMostDrift ? 0 : 70) << drift;
  }
}

TEST(TimedPart, IsAllOfASliceThatWasCutBeforeItHadAWindow) {
  const LaneSetup lanes = some_taken(3, true);
  ASSERT_GT(lanes.issued(), 0U);
  for (const Window& window : {Window{}, Window{.items = 3, .drift = 1}}) {
    const TimedPart part = timed_part(window, 0.5, lanes, 9e9);
    EXPECT_EQ(part.items, static_cast<double>(lanes.issued()));
    EXPECT_EQ(part.elapsed_ns, 9e9);
  }
}

TEST(TimedPart, IsNothingOfASliceThatHasNoWindow) {
  const TimedPart part = timed_part({}, 0.5, some_taken(100, false), 9e9);
  EXPECT_EQ(part.items, 0);
  EXPECT_EQ(part.elapsed_ns, 0);
}

}  // namespace
}  // namespace handoff
