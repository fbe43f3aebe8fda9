#include <gtest/gtest.h>

#include "bench/machine/system_sampler.h"
#include "tests/machine_fixture.h"

namespace handoff {
namespace {

// user nice system idle iowait irq softirq steal guest guest_nice
const char* const kBefore =
    "cpu  100 0 100 700 0 0 0 100 50 0\n"
    "cpu0 50 0 50 400 0 0 0 0 25 0\n"
    "cpu1 50 0 50 300 0 0 0 100 25 0\n"
    "intr 1 2 3\n";
const char* const kAfter =
    "cpu  150 0 100 730 0 0 0 120 90 0\n"
    "cpu0 100 0 50 400 0 0 0 0 65 0\n"
    "cpu1 50 0 50 330 0 0 0 120 25 0\n"
    "intr 4 5 6\n";

TEST(SystemSampler, GivesTheShareStolenSinceTheLastSample) {
  const FakeRoot root;
  root.write("/proc/stat", kBefore);
  root.write("/proc/loadavg", "1.25 0.50 0.10 2/100 4711\n");
  SystemSampler sampler(root.path());
  root.write("/proc/stat", kAfter);
  const auto sample = sampler.sample();
  ASSERT_TRUE(sample.steal_share);
  EXPECT_DOUBLE_EQ(*sample.steal_share, 0.2);  // 20 of 100 ticks; guest time is in user already
  EXPECT_EQ(sample.load_average, 1.25);
}

TEST(SystemSampler, CountsOnlyTheGivenCpus) {
  const FakeRoot root;
  root.write("/proc/stat", kBefore);
  SystemSampler first(root.path(), {0});
  SystemSampler second(root.path(), {1});
  root.write("/proc/stat", kAfter);
  EXPECT_DOUBLE_EQ(first.sample().steal_share.value_or(-1), 0.0);
  EXPECT_DOUBLE_EQ(second.sample().steal_share.value_or(-1), 0.4);  // 20 of 50
}

TEST(SystemSampler, KnowsNoShareWhereNoTickHasPassed) {
  const FakeRoot root;
  root.write("/proc/stat", kBefore);
  SystemSampler sampler(root.path());
  EXPECT_FALSE(sampler.sample().steal_share);
}

TEST(SystemSampler, KnowsNothingWhereProcIsMissing) {
  const FakeRoot root;
  SystemSampler sampler(root.path());
  const auto sample = sampler.sample();
  EXPECT_FALSE(sample.steal_share);
  EXPECT_FALSE(sample.load_average);
}

TEST(SystemSampler, SurvivesACounterThatStepsBack) {
  const FakeRoot root;
  root.write("/proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\n");
  SystemSampler sampler(root.path());
  root.write("/proc/stat", "cpu  200 0 100 700 0 0 0 90 0 0\n");
  EXPECT_EQ(sampler.sample().steal_share, 0.0);
}

TEST(SystemSampler, KnowsNoStealOfAKernelThatDoesNotCountIt) {
  const FakeRoot root;
  root.write("/proc/stat", "cpu  100 0 100 700\n");
  EXPECT_FALSE(steal_ticks(root.path()));
}

}  // namespace
}  // namespace handoff
