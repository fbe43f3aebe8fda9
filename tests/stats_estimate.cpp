// estimate_point on samples small enough to know the answer by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "bench/stats/distributions.h"
#include "bench/stats/estimate.h"
#include "tests/stats_simulation.h"

namespace handoff {
namespace {

constexpr double kItems = 1000;

// A slice of `cell` at `ns` per item.
SliceSample at(int cell, double ns) { return {cell, ns * kItems, kItems}; }

// The same blocks in each of `incarnations`.
PointSamples repeated(const IncarnationSamples& blocks, int incarnations = 8) {
  return PointSamples(static_cast<std::size_t>(incarnations), blocks);
}

const PairEstimate& pair_of(const PointEstimate& point, int cell, int to) {
  for (const PairEstimate& pair : point.pairs) {
    if (pair.cell == cell && pair.to == to) return pair;
  }
  throw std::logic_error("no such pair");
}

TEST(EstimatePoint, OfNothingSaysNothing) {
  for (const PointSamples& samples :
       {PointSamples{}, PointSamples(3), PointSamples{{{}, {}}, {{}}}}) {
    const PointEstimate point = estimate_point(samples, 3, {0, 1}, {2});
    EXPECT_FALSE(point.leader);
    EXPECT_EQ(point.cells.size(), 3U);
    for (const auto& cell : point.cells) EXPECT_FALSE(cell);
    EXPECT_TRUE(point.pairs.empty());
  }
  EXPECT_TRUE(estimate_point({}, 0, {}, {}).cells.empty());
}

TEST(EstimatePoint, OfOneSliceHasAValueAndNoInterval) {
  const PointEstimate point = estimate_point({{{at(0, 50)}}}, 2, {0, 1}, {});
  EXPECT_EQ(point.leader, 0);
  ASSERT_TRUE(point.cells[0]);
  EXPECT_FALSE(point.cells[1]);
  EXPECT_NEAR(point.cells[0]->typical_ns.value, 50, 1e-9);
  EXPECT_NEAR(point.cells[0]->overall_ns.value, 50, 1e-9);
  EXPECT_EQ(point.cells[0]->typical_ns.lo, 0);
  EXPECT_TRUE(std::isinf(point.cells[0]->typical_ns.hi));
  EXPECT_EQ(point.cells[0]->slices, 1);
  EXPECT_EQ(point.cells[0]->incarnations, 1);
  EXPECT_TRUE(point.pairs.empty());
}

TEST(EstimatePoint, IsTypicalOverWindowsAndOverallOverWholeSlicesTimedOrNot) {
  // A window of 100 ns an item in a slice of 150, and a slice of 450 that has no window.
  const SliceSample timed{
      .cell = 0, .elapsed_ns = 8e4, .items = 800, .whole_ns = 15e4, .all_items = 1000};
  const SliceSample untimed{
      .cell = 0, .elapsed_ns = 0, .items = 0, .whole_ns = 45e4, .all_items = 1000};
  const auto samples = repeated({{timed, at(1, 50)}, {untimed, at(1, 50)}, {timed, at(1, 50)}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_NEAR(point.cells[0]->typical_ns.value, 100, 1e-9);
  EXPECT_NEAR(point.cells[0]->overall_ns.value, 250, 1e-9);
  EXPECT_EQ(point.cells[0]->stall_share, 0) << "windows alone say whether there are stalls";
  EXPECT_EQ(point.cells[0]->slices, 16);
  ASSERT_EQ(point.pairs.size(), 1U);
  EXPECT_NEAR(point.pairs[0].typical.value, 2, 1e-9);
  EXPECT_NEAR(point.pairs[0].overall.value, 5, 1e-9);
}

TEST(EstimatePoint, OfACellSeparatesTypicalFromOverall) {
  // Three slices of 100 ns an item and one that stalled: median 100, mean 200.
  const auto samples = repeated({{at(0, 100)}, {at(0, 100)}, {at(0, 100)}, {at(0, 500)}});
  const CellEstimate cell = *estimate_point(samples, 1, {0}, {}).cells[0];
  EXPECT_NEAR(cell.typical_ns.value, 100, 1e-9);
  EXPECT_NEAR(cell.overall_ns.value, 200, 1e-9);
  EXPECT_NEAR(cell.stall_share, 0.5, 1e-12);
  EXPECT_EQ(cell.slices, 32);
  EXPECT_EQ(cell.incarnations, 8);
}

TEST(EstimatePoint, OverallWeighsSlicesByTheirItems) {
  const PointSamples samples = {{{{0, 1000, 10}}, {{0, 1000, 90}}}};
  EXPECT_NEAR(estimate_point(samples, 1, {0}, {}).cells[0]->overall_ns.value, 20, 1e-9);
}

TEST(EstimatePoint, StallShareIsNeverNegative) {
  const auto samples = repeated({{at(0, 100)}, {at(0, 100)}, {at(0, 10)}});
  EXPECT_EQ(estimate_point(samples, 1, {0}, {}).cells[0]->stall_share, 0);
}

TEST(EstimatePoint, SkipsSlicesWithoutItemsOrTime) {
  const auto samples = repeated({{at(0, 100), {1, 0, 5}}, {{0, 7, 0}, {1, NAN, 5}}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_EQ(point.cells[0]->slices, 8);
  EXPECT_FALSE(point.cells[1]);
}

TEST(EstimatePoint, PairsOnlySlicesOfTheSameBlock) {
  // The machine is ten times slower in the second block; alone, cell 1 looks ten times faster.
  const auto samples =
      repeated({{at(0, 110), at(1, 100)}, {at(0, 1100), at(1, 1000)}, {at(1, 100)}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_EQ(point.leader, 1);
  EXPECT_NEAR(point.pairs.at(0).typical.value, 1.1, 1e-9);
  EXPECT_NEAR(point.pairs.at(0).overall.value, 1.1, 1e-9);
  EXPECT_EQ(point.pairs.at(0).verdict, PairVerdict::kSlower);
}

TEST(EstimatePoint, APairIsTheMedianOfItsBlocksSoThatOneStallDoesNotMoveIt) {
  const auto samples = repeated({{at(0, 100), at(1, 200)},
                                 {at(0, 100), at(1, 20'000)},
                                 {at(0, 100), at(1, 200)},
                                 {at(0, 100), at(1, 200)}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_NEAR(pair_of(point, 1, 0).typical.value, 2, 1e-9);
}

TEST(EstimatePoint, LeaderIsChosenByPairsNotByMediansOfDifferentMinutes) {
  // Cell 1 ran in the calm blocks only; wherever they met, cell 0 was faster.
  const auto samples =
      repeated({{at(0, 90), at(1, 100)}, {at(1, 100)}, {at(1, 100)}, {at(0, 900)}, {at(0, 900)}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_GT(point.cells[0]->typical_ns.value, point.cells[1]->typical_ns.value);
  EXPECT_EQ(point.leader, 0);
}

TEST(EstimatePoint, LeaderMayBeMissingInSomeIncarnations) {
  PointSamples samples = repeated({{at(0, 100), at(1, 90), at(2, 120)}}, 5);
  for (int i = 0; i < 5; ++i) samples.push_back({{at(0, 10), at(2, 12)}});
  const PointEstimate point = estimate_point(samples, 3, {0, 1, 2}, {});
  EXPECT_EQ(point.leader, 1);
  EXPECT_EQ(pair_of(point, 0, 1).incarnations, 5);
  EXPECT_EQ(pair_of(point, 0, 1).verdict, PairVerdict::kUndecided);
  EXPECT_EQ(pair_of(point, 2, 1).incarnations, 5);
}

TEST(EstimatePoint, CellsThatShareNoBlockAreComparedThroughAnAnchor) {
  // The slow cell 2 has blocks of its own with cell 0, in which the machine is twice as slow.
  const auto samples =
      repeated({{at(0, 10), at(1, 12)}, {at(0, 10), at(1, 12)}, {at(0, 20), at(2, 4800)}});
  const PointEstimate point = estimate_point(samples, 3, {1, 2}, {0});
  EXPECT_EQ(point.leader, 1);
  const PairEstimate& pair = pair_of(point, 2, 1);
  EXPECT_NEAR(pair.typical.value, 240 / 1.2, 1e-6);
  EXPECT_NEAR(pair.overall.value, 240 / 1.2, 1e-6);
  EXPECT_EQ(pair.incarnations, 8);
  EXPECT_EQ(pair.verdict, PairVerdict::kSlower);
  EXPECT_NEAR(pair_of(point, 2, 0).typical.value, 240, 1e-6);
}

TEST(EstimatePoint, CellsWithoutSharedBlockOrAnchorAreUndecided) {
  const auto samples = repeated({{at(0, 10)}, {at(1, 1000)}});
  const PointEstimate point = estimate_point(samples, 2, {0, 1}, {});
  EXPECT_EQ(point.leader, 0);
  const PairEstimate& pair = point.pairs.at(0);
  EXPECT_EQ(pair.verdict, PairVerdict::kUndecided);
  EXPECT_EQ(pair.incarnations, 0);
  EXPECT_TRUE(std::isnan(pair.typical.value));
  EXPECT_EQ(pair.typical.lo, 0);
  EXPECT_TRUE(std::isinf(pair.typical.hi));
}

TEST(EstimatePoint, ReferencesNeverLeadAndEveryCandidateIsComparedToThem) {
  const auto samples = repeated({{at(0, 100), at(1, 120), at(2, 1), at(3, 2)}});
  const PointEstimate point = estimate_point(samples, 4, {0, 1}, {2, 3});
  EXPECT_EQ(point.leader, 0);
  ASSERT_EQ(point.pairs.size(), 5U);
  EXPECT_NEAR(pair_of(point, 1, 0).typical.value, 1.2, 1e-9);
  EXPECT_NEAR(pair_of(point, 0, 2).typical.value, 100, 1e-9);
  EXPECT_NEAR(pair_of(point, 1, 3).typical.value, 60, 1e-9);
}

TEST(EstimatePoint, CellsThatAreNotListedAreNotEstimated) {
  const auto samples = repeated({{at(0, 100), at(1, 1), at(2, 110)}});
  const PointEstimate point = estimate_point(samples, 3, {0, 2}, {});
  EXPECT_FALSE(point.cells[1]);
  EXPECT_EQ(point.leader, 0);
  EXPECT_EQ(point.pairs.size(), 1U);
}

TEST(EstimatePoint, AnIncarnationCutShortDoesNotSetTheWidth) {
  PointSamples samples = repeated({{at(0, 100), at(1, 101)},
                                   {at(0, 100), at(1, 101)},
                                   {at(0, 100), at(1, 101)},
                                   {at(0, 100), at(1, 101)},
                                   {at(0, 100), at(1, 101)}});
  samples.push_back({{at(0, 100), at(1, 700)}});
  const PairEstimate pair = estimate_point(samples, 2, {0, 1}, {}).pairs.at(0);
  EXPECT_EQ(pair.incarnations, 8);
  EXPECT_NEAR(pair.typical.hi, 1.01, 1e-9);
}

TEST(EstimatePoint, ASecondSliceInABlockAddsToTheFirst) {
  const auto samples = repeated({{at(0, 100), at(0, 300)}});
  const CellEstimate cell = *estimate_point(samples, 1, {0}, {}).cells[0];
  EXPECT_NEAR(cell.typical_ns.value, 200, 1e-9);
}

TEST(EstimatePoint, ReferencesDoNotWidenThePairOfTwoCandidatesAndAThirdCandidateDoes) {
  simulation::Simulator simulator({.true_logs = {0, 0, 0, 0}, .budget = 0}, 7);
  const PointSamples samples = simulator.run();
  const auto width = [&](const std::vector<int>& candidates, const std::vector<int>& references) {
    const PairEstimate pair = estimate_point(samples, 4, candidates, references).pairs.at(0);
    return std::log(pair.typical.hi / pair.typical.lo);
  };
  EXPECT_DOUBLE_EQ(width({0, 1}, {}), width({0, 1}, {2, 3}));
  // Three pairs: t at 1 - 0.05 / 3 over t at 0.95, 7 degrees of freedom.
  const PointEstimate three = estimate_point(samples, 4, {0, 1, 2}, {});
  const PairEstimate wide = three.pairs.at(0);
  const PairEstimate narrow = estimate_point(samples, 4, {wide.cell, wide.to}, {}).pairs.at(0);
  EXPECT_NEAR(
      std::log(wide.typical.hi / wide.typical.lo) / std::log(narrow.typical.hi / narrow.typical.lo),
      3.1276 / 2.3646, 1e-3);
}

TEST(EstimatePoint, PairsWithReferencesAreCorrectedForTheirNumber) {
  simulation::Simulator simulator({.true_logs = {0, 0, 0, 0}, .budget = 0}, 7);
  const PointSamples samples = simulator.run();
  const auto confidence = [&](const std::vector<int>& candidates,
                              const std::vector<int>& references) {
    return estimate_point(samples, 4, candidates, references).pairs.back().confidence;
  };
  EXPECT_DOUBLE_EQ(confidence({0}, {3}), 0.95);
  EXPECT_DOUBLE_EQ(confidence({0, 1}, {2, 3}), 1 - 0.05 / 4);
}

TEST(EstimatePoint, WhatCannotWinDoesNotWidenThePairOfThoseThatCan) {
  simulation::Simulator simulator({.true_logs = {0, 0.05, 5, 5}, .budget = 0}, 7);
  const PointSamples samples = simulator.run();
  const PairEstimate alone = estimate_point(samples, 4, {0, 1}, {}).pairs.at(0);
  const PointEstimate all = estimate_point(samples, 4, {0, 1, 2, 3}, {});
  const auto pair = std::find_if(all.pairs.begin(), all.pairs.end(),
                                 [](const PairEstimate& p) { return p.cell + p.to == 1; });
  ASSERT_NE(pair, all.pairs.end());
  // Two of six pairs were decided; what they spent is gone.
  const double left = 0.05 - 2 * 0.05 / 6;
  EXPECT_NEAR(
      std::log(pair->typical.hi / pair->typical.lo) / std::log(alone.typical.hi / alone.typical.lo),
      student_t_above(left / 2, 7) / student_t_above(0.025, 7), 1e-9);
  for (const PairEstimate& other : all.pairs) {
    if (other.cell > 1) {
      EXPECT_EQ(other.verdict, PairVerdict::kSlower);
    }
  }
}

TEST(EstimatePoint, ABetweenRunTermWidensPairs) {
  const auto samples = repeated({{at(0, 100), at(1, 103)}});
  EstimateOptions options;
  options.between_run_sds = {0.006, 0.008};
  const PairEstimate pair = estimate_point(samples, 2, {0, 1}, {}, options).pairs.at(0);
  EXPECT_NEAR(std::log(pair.typical.hi / pair.typical.value), 1.95996 * 0.01, 1e-5);
  EXPECT_NEAR(std::log(pair.within.hi / pair.within.value), 0, 1e-5);
  EXPECT_EQ(pair.verdict, PairVerdict::kUndecided);
}

TEST(EstimatePoint, AnUndecidedPairSaysWhatStandsInTheWay) {
  const auto obstacle = [](const PointSamples& samples, double between_run_sd) {
    EstimateOptions options;
    options.between_run_sds = {between_run_sd, 0};
    const PairEstimate pair = estimate_point(samples, 2, {0, 1}, {}, options).pairs.at(0);
    EXPECT_EQ(pair.verdict == PairVerdict::kUndecided, pair.obstacle != Obstacle::kNone);
    return pair.obstacle;
  };
  PointSamples few = repeated({{at(0, 100), at(1, 150)}});
  few.resize(4);
  EXPECT_EQ(obstacle(few, 0), Obstacle::kFewIncarnations);
  PointSamples noisy = repeated({{at(0, 100), at(1, 110)}});
  for (std::size_t i = 0; i < noisy.size(); i += 2) noisy[i] = {{at(0, 100), at(1, 104)}};
  EXPECT_EQ(obstacle(noisy, 0), Obstacle::kNone);
  for (std::size_t i = 0; i < noisy.size(); i += 2) noisy[i] = {{at(0, 100), at(1, 96)}};
  EXPECT_EQ(obstacle(noisy, 0), Obstacle::kNoiseWithinRun);
  EXPECT_EQ(obstacle(noisy, 0.05), Obstacle::kNoiseBetweenRuns);
  EXPECT_EQ(obstacle(repeated({{at(0, 100), at(1, 110)}}), 0.05), Obstacle::kNoiseBetweenRuns);
}

TEST(EstimatePoint, TheNextRunMovesAsThisOneDid) {
  EstimateOptions options;
  options.between_run_sds = {0.006, 0.008};
  const PairEstimate pair =
      estimate_point(repeated({{at(0, 100), at(1, 103)}}), 2, {0, 1}, {}, options).pairs.at(0);
  EXPECT_NEAR(std::log(pair.next_run.hi / pair.next_run.value), std::sqrt(2) * 1.95996 * 0.01,
              1e-5);
}

TEST(EstimatePoint, ABetweenRunTermLeavesPairsOfTheSameCodeAlone) {
  const auto samples = repeated({{at(0, 100), at(1, 103)}});
  EstimateOptions options;
  options.between_run_sds = {0.006, 0.008};
  options.kinds = {4, 4};
  const PairEstimate pair = estimate_point(samples, 2, {0, 1}, {}, options).pairs.at(0);
  EXPECT_NEAR(std::log(pair.typical.hi / pair.typical.value), 0, 1e-5);
  EXPECT_EQ(pair.verdict, PairVerdict::kSlower);
}

TEST(EstimatePoint, ANamedPairIsComparedWithTheMeanOfWhatItStandsBeside) {
  const auto samples = repeated({{at(0, 100), at(1, 110), at(2, 121)}});
  const PairEstimate pair = estimate_named_pair(samples, 3, 1, {0, 2});
  EXPECT_NEAR(pair.typical.value, 1, 1e-9);
  EXPECT_NEAR(pair.overall.value, 1, 1e-9);
}

TEST(EstimatePoint, RefusesCellsThatThePointDoesNotHave) {
  EXPECT_THROW(estimate_point({{{at(2, 1)}}}, 2, {0}, {}), std::invalid_argument);
  EXPECT_THROW(estimate_point({{{at(-1, 1)}}}, 2, {0}, {}), std::invalid_argument);
  EXPECT_THROW(estimate_point({}, 2, {2}, {}), std::invalid_argument);
  EXPECT_THROW(estimate_point({}, 2, {0}, {-1}), std::invalid_argument);
}

TEST(EstimatePoint, RefusesAnImpossibleConfidence) {
  for (const double confidence : {0.0, 1.0, -1.0, 95.0, static_cast<double>(NAN)}) {
    EstimateOptions options;
    options.confidence = confidence;
    EXPECT_THROW(estimate_point(repeated({{at(0, 1)}}), 1, {0}, {}, options),
                 std::invalid_argument);
  }
}

}  // namespace
}  // namespace handoff
