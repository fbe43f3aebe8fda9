#include "bench/run/stall_watch.h"

#include <gtest/gtest.h>

namespace handoff {
namespace {

constexpr std::uint64_t kGap = 300, kTick = 100;

TEST(StallWatch, CountsFromTheLastLookAtWhichTheCellHadMoved) {
  StallWatch watch(1000, 7, kGap);
  EXPECT_EQ(watch.look(1100, 8), 0U);
  EXPECT_EQ(watch.look(1200, 8), 100U);
  EXPECT_EQ(watch.look(1300, 8), 200U);
  EXPECT_EQ(watch.look(1400, 9), 0U);
  EXPECT_EQ(watch.look(1500, 9), 100U);
}

TEST(StallWatch, CountsFromItsBeginningWhereTheCellNeverMoves) {
  StallWatch watch(1000, 7, kGap);
  for (std::uint64_t now = 1000; now <= 5000; now += kTick) {
    EXPECT_EQ(watch.look(now, 7), now - 1000);
  }
}

TEST(StallWatch, DoesNotCountATimeInWhichTheDriverDidNotRun) {
  StallWatch watch(1000, 7, kGap);
  EXPECT_EQ(watch.look(1100, 7), 100U);
  EXPECT_EQ(watch.look(90'000, 7), 0U) << "the driver was stopped: the cell has all its time again";
  EXPECT_EQ(watch.look(90'100, 7), 100U);
}

TEST(StallWatch, CountsOnWhereALookIsLateButNotLaterThanTheGap) {
  StallWatch watch(1000, 7, kGap);
  EXPECT_EQ(watch.look(1000 + kGap, 7), kGap);
  EXPECT_EQ(watch.look(1000 + 2 * kGap, 7), 2 * kGap);
}

}  // namespace
}  // namespace handoff
