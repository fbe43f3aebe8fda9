// What runs differ by is found where it was put, and foretells the next run as often as it says.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "bench/stats/between_runs.h"
#include "tests/stats_simulation.h"

namespace handoff {
namespace {

using simulation::Random;

constexpr int kStrategies = 8;

/// Runs of all pairs of eight strategies whose log times move by `sds` from run to run; each run
/// sees its own error of `error` a strategy.
std::vector<RunOfPair> simulated(int runs, int points, const std::vector<double>& sds, double error,
                                 Random& random) {
  std::vector<RunOfPair> found;
  for (int run = 0; run < runs; ++run) {
    for (int point = 0; point < points; ++point) {
      std::vector<double> logs;
      for (const double sd : sds) logs.push_back(sd * random.normal() + error * random.normal());
      for (int a = 0; a < kStrategies; ++a) {
        for (int b = a + 1; b < kStrategies; ++b) {
          const auto at = [&](int one) { return logs[static_cast<std::size_t>(one)]; };
          found.push_back({run, point, a, b, at(a) - at(b), std::sqrt(2.0) * error, 40});
        }
      }
    }
  }
  return found;
}

const std::vector<double> kUneven{0.01, 0.01, 0.02, 0.02, 0.05, 0.05, 0.1, 0.2};

TEST(BetweenRuns, AreFoundForEachStrategyWhereTheyWerePut) {
  Random random(1);
  const BetweenRuns learned =
      learn_between_runs(simulated(200, 1, kUneven, 0.02, random), kStrategies);
  for (std::size_t i = 0; i < kUneven.size(); ++i) {
    EXPECT_NEAR(learned.of_strategy[i], kUneven[i], 0.015 + 0.15 * kUneven[i]) << i;
  }
  double squares = 0;
  for (const double sd : kUneven) squares += sd * sd / kStrategies;
  EXPECT_NEAR(learned.typical, std::sqrt(squares), 0.01);
}

TEST(BetweenRuns, AreNoneWhereRunsDifferByTheirOwnErrorsOnly) {
  Random random(2);
  const BetweenRuns learned = learn_between_runs(
      simulated(100, 1, std::vector<double>(kStrategies, 0), 0.05, random), kStrategies);
  EXPECT_LT(learned.typical, 0.02) << "their errors are 0.05";
}

TEST(BetweenRuns, OfFewRunsAreDrawnTowardsTheMeanOfAll) {
  Random random(3);
  const auto runs = simulated(6, 1, kUneven, 0.001, random);
  const BetweenRuns learned = learn_between_runs(runs, kStrategies);
  EXPECT_GT(learned.of_strategy[0], 3 * kUneven[0]) << "six runs cannot tell it from the mean";
  EXPECT_LT(learned.of_strategy[0], learned.typical);
}

TEST(BetweenRuns, AreNotToldFromTwoRuns) {
  Random random(4);
  const BetweenRuns learned =
      learn_between_runs(simulated(2, 1, kUneven, 0.02, random), kStrategies);
  EXPECT_EQ(learned.typical, 0);
  EXPECT_EQ(learned.of_strategy, std::vector<double>(kStrategies, 0));
}

TEST(BetweenRuns, AStrategyThatMeetsOnlySomeOthersIsFoundAllTheSame) {
  Random random(5);
  auto runs = simulated(300, 1, kUneven, 0.01, random);
  std::erase_if(runs, [](const RunOfPair& run) { return run.b == 7 && run.a != 6; });
  const BetweenRuns learned = learn_between_runs(runs, kStrategies);
  EXPECT_NEAR(learned.of_strategy[7], 0.2, 0.04);
}

TEST(BetweenRuns, CoverageOfTheNextRunIsWhatWasAskedFor) {
  Random random(6);
  Foretold all;
  for (int machine = 0; machine < 60; ++machine) {
    const Foretold one =
        foretell_next_runs(simulated(14, 2, kUneven, 0.02, random), kStrategies, 0.95);
    all.pairs += one.pairs;
    all.held += one.held;
  }
  const double share = static_cast<double>(all.held) / all.pairs;
  EXPECT_GE(share, 0.93);
  EXPECT_LE(share, 0.97);
}

}  // namespace
}  // namespace handoff
