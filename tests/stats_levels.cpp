// Two levels are seen where they are, and not where data are merely skewed, heavy-tailed or adrift.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "bench/stats/levels.h"
#include "tests/stats_simulation.h"

namespace handoff {
namespace {

using simulation::Random;
using Slices = std::vector<LevelSlice>;

constexpr int kRuns = 200;
constexpr std::size_t kSizes[] = {60, 100, 300, 3000};

Slices drawn(std::size_t n, Random& random, const std::function<double(double, Random&)>& log_ns) {
  Slices slices;
  for (std::size_t i = 0; i < n; ++i) {
    const double progress = static_cast<double>(i) / static_cast<double>(n);
    slices.push_back({.log_ns = log_ns(progress, random), .incarnation = static_cast<int>(i / 12)});
  }
  return slices;
}

double share_seen(std::size_t n, const std::function<double(double, Random&)>& log_ns) {
  Random random(7);
  int seen = 0;
  for (int run = 0; run < kRuns; ++run) seen += find_levels(drawn(n, random, log_ns)).has_value();
  return static_cast<double>(seen) / kRuns;
}

TEST(Levels, AreNotSeenWhereThereIsOneHoweverSkewedOrAdrift) {
  const std::vector<std::function<double(double, Random&)>> shapes{
      [](double, Random& r) { return 0.1 * r.normal(); },
      [](double, Random& r) { return 0.5 * r.normal(); },
      [](double, Random& r) { return std::log(1 + r.exponential()); },
      [](double, Random& r) {  // stalls: one slice in twenty much longer
        return 0.1 * r.normal() + (r.chance(0.05) ? r.exponential() : 0);
      },
      [](double, Random& r) { return 0.2 * draw_effect(simulation::Effect::kHeavyTailed, r); },
      [](double progress, Random& r) { return progress + 0.1 * r.normal(); },
      [](double, Random& r) { return 0.3 * r.uniform(); },
  };
  for (std::size_t shape = 0; shape < shapes.size(); ++shape) {
    for (const std::size_t n : kSizes) {
      EXPECT_LE(share_seen(n, shapes[shape]), 0.015) << "shape " << shape << ", " << n << " slices";
    }
  }
}

TEST(Levels, AreSeenWhereThereAreTwo) {
  for (const double high_share : {0.2, 0.5, 0.8}) {
    for (const std::size_t n : {100U, 300U, 3000U}) {
      const auto two = [&](double, Random& r) {
        return (r.chance(high_share) ? std::log(1.6) : 0) + 0.07 * r.normal();
      };
      EXPECT_GE(share_seen(n, two), n < 300 ? 0.88 : 0.95) << high_share << ", " << n << " slices";
    }
  }
}

TEST(Levels, AreToldWithTheirSharesAndMedians) {
  Random random(1);
  const Slices slices = drawn(1000, random, [](double, Random& r) {
    return std::log(r.chance(0.3) ? 300 : 100) + 0.05 * r.normal();
  });
  const auto levels = find_levels(slices);
  ASSERT_TRUE(levels);
  EXPECT_NEAR(levels->low_ns, 100, 3);
  EXPECT_NEAR(levels->high_ns, 300, 9);
  EXPECT_NEAR(levels->low_share, 0.7, 0.05);
  EXPECT_EQ(levels->cause, LevelCause::kUnknown);
}

TEST(Levels, AreExplainedByTheFloorWhereItMovesWithThem) {
  Random random(2);
  Slices slices;
  for (int i = 0; i < 600; ++i) {
    const bool far = random.chance(0.4);
    slices.push_back({.log_ns = std::log(far ? 300 : 100) + 0.05 * random.normal(),
                      .floor_log_ns = std::log(far ? 240 : 80) + 0.1 * random.normal(),
                      .incarnation = i / 12});
  }
  const auto levels = find_levels(slices);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->cause, LevelCause::kFloor);
  EXPECT_NEAR(levels->floor_low_ns, 80, 4);
  EXPECT_NEAR(levels->floor_high_ns, 240, 12);
}

/// A cell whose every third lifetime is slow, and what others took in each of 50 lifetimes.
std::optional<Levels> levels_beside(const std::function<double(int)>& log_ns_of_others,
                                    int others) {
  Random random(3);
  Slices slices;
  for (int i = 0; i < 600; ++i) {
    const int incarnation = i / 12;
    slices.push_back({.log_ns = std::log(incarnation % 3 == 0 ? 150 : 100) + 0.03 * random.normal(),
                      .floor_log_ns = 0.1 * random.normal(),
                      .incarnation = incarnation});
  }
  std::vector<std::vector<IncarnationLevel>> beside(static_cast<std::size_t>(others));
  for (auto& cell : beside) {
    for (int incarnation = 0; incarnation < 50; ++incarnation) {
      cell.push_back({incarnation, log_ns_of_others(incarnation) + 0.05 * random.normal()});
    }
  }
  return find_levels(slices, beside);
}

TEST(Levels, AreMemoryLayoutWhereOtherCellsAreSlowInOtherLifetimes) {
  const auto levels = levels_beside([](int lifetime) { return lifetime % 7 == 0 ? 0.4 : 0; }, 3);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->cause, LevelCause::kLayout);
}

TEST(Levels, AreTheMachinesWhereMostCellsAreSlowInTheSameLifetimes) {
  const auto levels = levels_beside([](int lifetime) { return lifetime % 3 == 0 ? 0.4 : 0; }, 3);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->cause, LevelCause::kMachine);
}

TEST(Levels, AreNotExplainedWhereOneCellIsAlone) {
  const auto levels = levels_beside([](int) { return 0; }, 0);
  ASSERT_TRUE(levels);
  EXPECT_EQ(levels->cause, LevelCause::kLifetime);
}

}  // namespace
}  // namespace handoff
