#include <gtest/gtest.h>

#include <cmath>

#include "bench/stats/winner.h"

namespace handoff {
namespace {

PairEstimate pair(int cell, double ratio, double half, PairVerdict verdict, double added = 0) {
  const auto around = [ratio](double log_half) {
    return Interval{ratio, ratio * std::exp(-log_half), ratio * std::exp(log_half)};
  };
  PairEstimate made;
  made.cell = cell;
  made.within = around(half);
  made.typical = around(std::hypot(half, added));
  made.verdict = verdict;
  made.confidence = 0.95;
  made.incarnations = 1000;  // so many that Student's t is what it will be
  return made;
}

PointEstimate point_with(std::vector<PairEstimate> pairs) {
  PointEstimate point;
  point.leader = 0;
  point.pairs = std::move(pairs);
  return point;
}

TEST(WinnerOrTie, IsAWinnerWhereAllOthersAreSlower) {
  const WinnerOrTie made = winner_or_tie(point_with({pair(1, 2, 0.1, PairVerdict::kSlower)}));
  EXPECT_EQ(made.winner, 0);
  EXPECT_TRUE(made.tied.empty());
}

TEST(WinnerOrTie, IsATieOfAllThatAreNotSlowerTheLeaderFirst) {
  const WinnerOrTie made = winner_or_tie(point_with(
      {pair(2, 2, 0.1, PairVerdict::kSlower), pair(1, 1.01, 0.1, PairVerdict::kUndecided),
       pair(3, 1.3, 0.1, PairVerdict::kDependsOnStalls)}));
  EXPECT_FALSE(made.winner);
  EXPECT_EQ(made.tied, (std::vector<int>{0, 1, 3}));
}

TEST(WinnerOrTie, OfACandidateAloneIsAWin) {
  EXPECT_EQ(winner_or_tie(point_with({})).winner, 0);
  EXPECT_FALSE(winner_or_tie(PointEstimate{}).winner);
}

TEST(NeededFactor, GrowsWithTheSquareOfTheWidthOverTheDistanceToTheMargin) {
  const double at = 1.02 * std::exp(0.05);  // 5 % beyond the margin
  EXPECT_NEAR(*needed_factor(pair(1, at, 0.10, PairVerdict::kUndecided), 0.02), 4, 0.01);
  EXPECT_NEAR(*needed_factor(pair(1, 1 / at, 0.10, PairVerdict::kUndecided), 0.02), 4, 0.01);
  EXPECT_EQ(needed_factor(pair(1, at, 0.1, PairVerdict::kSlower), 0.02), 1);
}

TEST(NeededFactor, IsSmallerFromFewSinceMoreAreSurerOfTheirSpread) {
  PairEstimate few = pair(1, 1.02 * std::exp(0.05), 0.10, PairVerdict::kUndecided);
  few.incarnations = 8;  // t: 2.365 then, 2.05 to 2.09 with two to four times as many
  EXPECT_NEAR(*needed_factor(few, 0.02), 4 * std::pow(2.07 / 2.365, 2), 0.05);
}

TEST(NeededFactor, TakesOutWhatNoTimeMakesNarrower) {
  const double at = 1.02 * std::exp(0.05);
  const double factor = *needed_factor(pair(1, at, 0.10, PairVerdict::kUndecided, 0.03), 0.02);
  EXPECT_NEAR(factor, 0.01 / (0.0025 - 0.0009), 0.01);
  EXPECT_FALSE(needed_factor(pair(1, at, 0.10, PairVerdict::kUndecided, 0.06), 0.02));
  EXPECT_FALSE(needed_factor(pair(1, at, 0.10, PairVerdict::kDependsOnStalls), 0.02));
}

TEST(NeededFactor, OfAPointIsThatOfItsHardestPair) {
  const double at = 1.02 * std::exp(0.05);
  EXPECT_NEAR(*needed_factor(point_with({pair(1, at, 0.10, PairVerdict::kUndecided),
                                         pair(2, at, 0.15, PairVerdict::kUndecided)}),
                             0.02),
              9, 0.01);
  EXPECT_EQ(needed_factor(point_with({pair(1, 2, 0.1, PairVerdict::kSlower)}), 0.02), 1);
}

}  // namespace
}  // namespace handoff
