// Verdicts, rates, intervals and quantiles: the parts that estimates are put together from.
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "bench/stats/interval.h"
#include "bench/stats/quantile.h"
#include "bench/stats/rates.h"
#include "bench/stats/verdict.h"

namespace handoff {
namespace {

struct DecideCase {
  const char* what;
  Interval typical, overall;
  int incarnations;
  PairVerdict verdict;
};

TEST(Decide, FollowsItsTable) {
  const DecideCase cases[] = {
      {"clearly slower", {1.2, 1.1, 1.3}, {1.2, 1.1, 1.3}, 8, PairVerdict::kSlower},
      {"clearly faster", {0.8, 0.7, 0.9}, {0.8, 0.7, 0.9}, 8, PairVerdict::kFaster},
      {"slower, overall unsure but of one sign",
       {1.2, 1.1, 1.3},
       {1.01, 0.5, 2.0},
       8,
       PairVerdict::kSlower},
      {"slower, but overall faster",
       {1.2, 1.1, 1.3},
       {0.9, 0.5, 1.6},
       8,
       PairVerdict::kDependsOnStalls},
      {"faster, but overall slower",
       {0.8, 0.7, 0.9},
       {1.1, 0.9, 1.3},
       8,
       PairVerdict::kDependsOnStalls},
      {"slower, overall exactly one",
       {1.2, 1.1, 1.3},
       {1, 0.9, 1.1},
       8,
       PairVerdict::kDependsOnStalls},
      {"within the margin", {1.0, 0.99, 1.01}, {1.0, 0.9, 1.1}, 8, PairVerdict::kEquivalent},
      {"excludes 1 within the margin",
       {1.01, 1.005, 1.015},
       {1.01, 1.0, 1.1},
       8,
       PairVerdict::kEquivalent},
      {"within the margin, overall beyond it above",
       {1.0, 0.99, 1.01},
       {1.2, 1.1, 1.3},
       8,
       PairVerdict::kDependsOnStalls},
      {"within the margin, overall beyond it below",
       {1.0, 0.99, 1.01},
       {0.8, 0.7, 0.9},
       8,
       PairVerdict::kDependsOnStalls},
      {"excludes 1 but reaches into the margin",
       {1.05, 1.01, 1.09},
       {1.05, 1.01, 1.09},
       8,
       PairVerdict::kUndecided},
      {"the same below 1", {0.95, 0.92, 0.99}, {0.95, 0.92, 0.99}, 8, PairVerdict::kUndecided},
      {"holds the whole margin", {1.0, 0.9, 1.1}, {1.0, 0.9, 1.1}, 8, PairVerdict::kUndecided},
      {"too few incarnations", {1.2, 1.1, 1.3}, {1.2, 1.1, 1.3}, 7, PairVerdict::kUndecided},
      {"no interval", {1.2, 0, INFINITY}, {1.2, 0, INFINITY}, 8, PairVerdict::kUndecided},
      {"never comparable", {NAN, 0, INFINITY}, {NAN, 0, INFINITY}, 0, PairVerdict::kUndecided},
  };
  for (const DecideCase& c : cases) {
    EXPECT_EQ(decide(c.typical, c.overall, c.incarnations), c.verdict) << c.what;
  }
}

TEST(Decide, IsTheSameStatementTurnedRound) {
  const auto inverse = [](const Interval& i) { return Interval{1 / i.value, 1 / i.hi, 1 / i.lo}; };
  const Interval slower{1.05, 1.0201, 1.08};  // just beyond the margin
  EXPECT_EQ(decide(slower, slower, 8), PairVerdict::kSlower);
  EXPECT_EQ(decide(inverse(slower), inverse(slower), 8), PairVerdict::kFaster);
}

TEST(Decide, UsesMarginAndLeastIncarnationsGiven) {
  const Interval typical{1.05, 1.03, 1.07};
  EXPECT_EQ(decide(typical, typical, 8, {.margin = 0.1}), PairVerdict::kEquivalent);
  EXPECT_EQ(decide(typical, typical, 3, {.min_incarnations = 3}), PairVerdict::kSlower);
}

TEST(Verdict, HasTheNamesOfTheResultFile) {
  EXPECT_EQ(name(PairVerdict::kFaster), "faster");
  EXPECT_EQ(name(PairVerdict::kSlower), "slower");
  EXPECT_EQ(name(PairVerdict::kEquivalent), "equivalent");
  EXPECT_EQ(name(PairVerdict::kUndecided), "undecided");
  EXPECT_EQ(name(PairVerdict::kDependsOnStalls), "depends on stalls");
}

TEST(RateInterval, AgreesWithPublishedClopperPearsonLimits) {
  const Interval half = rate_interval(5, 10);
  EXPECT_NEAR(half.value, 0.5, 1e-12);
  EXPECT_NEAR(half.lo, 0.1871, 1e-4);
  EXPECT_NEAR(half.hi, 0.8129, 1e-4);
  const Interval few = rate_interval(1, 20);
  EXPECT_NEAR(few.lo, 0.00127, 1e-5);
  EXPECT_NEAR(few.hi, 0.24873, 1e-5);
}

TEST(RateInterval, OfNoneOrAllEndsAtTheBorder) {
  const Interval none = rate_interval(0, 10);
  EXPECT_EQ(none.lo, 0);
  EXPECT_NEAR(none.hi, 1 - std::pow(0.025, 0.1), 1e-9);
  const Interval all = rate_interval(10, 10);
  EXPECT_NEAR(all.lo, std::pow(0.025, 0.1), 1e-9);
  EXPECT_EQ(all.hi, 1);
}

TEST(RateInterval, OfNoTriesSaysNothing) {
  const Interval unknown = rate_interval(0, 0);
  EXPECT_TRUE(std::isnan(unknown.value));
  EXPECT_EQ(unknown.lo, 0);
  EXPECT_EQ(unknown.hi, 1);
}

TEST(RateInterval, CoversAtLeastAsOftenAsItSays) {
  constexpr int kTries = 30;
  for (const double rate : {0.01, 0.05, 0.3, 0.5, 0.95}) {
    double covered = 0;
    for (int hits = 0; hits <= kTries; ++hits) {
      const Interval interval = rate_interval(hits, kTries);
      const double log_ways =
          std::lgamma(kTries + 1) - std::lgamma(hits + 1) - std::lgamma(kTries - hits + 1);
      const double probability =
          std::exp(log_ways + hits * std::log(rate) + (kTries - hits) * std::log1p(-rate));
      if (interval.lo <= rate && rate <= interval.hi) covered += probability;
    }
    EXPECT_GE(covered, 0.95) << rate;
  }
}

TEST(RateInterval, RefusesWhatIsNoRate) {
  EXPECT_THROW(rate_interval(2, 1), std::invalid_argument);
  EXPECT_THROW(rate_interval(-1, 1), std::invalid_argument);
  EXPECT_THROW(rate_interval(0, -1), std::invalid_argument);
  EXPECT_THROW(rate_interval(1, 2, 95), std::invalid_argument);
}

TEST(Quantile, OfSortedAndUnsortedValuesIsTheSame) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
  EXPECT_EQ(quantile({40, 10, 30, 20}, 0), 10);
  EXPECT_EQ(quantile({40, 10, 30, 20}, 1), 40);
  EXPECT_NEAR(quantile({40, 10, 30, 20}, 0.25), 17.5, 1e-12);
}

TEST(Quantile, OfNothingIsNotANumber) { EXPECT_TRUE(std::isnan(median({}))); }

TEST(Quantile, RefusesAShareThatIsNone) {
  EXPECT_THROW(quantile({1}, 50), std::invalid_argument);
  EXPECT_THROW(quantile({1}, NAN), std::invalid_argument);
}

TEST(GeometricMean, HasStudentsIntervalOnTheLogScale) {
  const std::vector<double> logs = {0.1, 0.2, 0.3, 0.4};
  const Interval mean = geometric_mean(logs, 0.95);
  const double half = 3.18245 * std::sqrt(0.05 / 3 / 4);  // t of 3 degrees of freedom
  EXPECT_NEAR(std::log(mean.value), 0.25, 1e-12);
  EXPECT_NEAR(std::log(mean.lo), 0.25 - half, 1e-5);
  EXPECT_NEAR(std::log(mean.hi), 0.25 + half, 1e-5);
}

TEST(GeometricMean, OfMoreThanFortyAveragesNeighboursFirst) {
  // Eight states of ten incarnations each: 80 values, but only some eight independent ones.
  std::vector<double> lasting, passing;
  for (int i = 0; i < 80; ++i) {
    lasting.push_back(i / 10 % 2 == 0 ? 0.1 : -0.1);
    passing.push_back(i % 2 == 0 ? 0.1 : -0.1);
  }
  const auto half = [](const Interval& mean) { return std::log(mean.hi / mean.lo) / 2; };
  EXPECT_NEAR(half(geometric_mean(lasting, 0.95)), 2.02269 * 0.1 / std::sqrt(39), 1e-5);
  EXPECT_NEAR(half(geometric_mean(passing, 0.95)), 0, 1e-12) << "each pair of neighbours cancels";
  EXPECT_NEAR(geometric_mean(lasting, 0.95).value, 1, 1e-12);
}

TEST(PooledRatio, HoldsItsOwnValueEvenWhenOneIncarnationStalls) {
  const Interval pooled =
      pooled_ratio(std::vector<double>{10, 10, 10, 1000}, std::vector<double>{1, 1, 1, 1}, 0.95);
  EXPECT_NEAR(pooled.value, 257.5, 1e-9);
  EXPECT_LT(pooled.lo, pooled.value);
  EXPECT_GT(pooled.hi, pooled.value);
}

TEST(PooledRatio, AgreesWithTheGeometricMeanWhereItemsAreEqualAndSpreadIsSmall) {
  const std::vector<double> tops = {99, 100, 101, 102}, bottoms = {1, 1, 1, 1};
  std::vector<double> logs;
  for (const double top : tops) logs.push_back(std::log(top));
  const Interval pooled = pooled_ratio(tops, bottoms, 0.95), mean = geometric_mean(logs, 0.95);
  EXPECT_NEAR(pooled.lo, mean.lo, 0.02);
  EXPECT_NEAR(pooled.hi, mean.hi, 0.02);
}

}  // namespace
}  // namespace handoff
