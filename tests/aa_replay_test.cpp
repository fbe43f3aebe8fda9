// Stored runs of identical code against itself, replayed a thousand times: the true ratio is 1.
// Each replay is a stretch of ten seconds with the labels of its incarnations exchanged at random.
#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>

#include "bench/selfcheck/check.h"

namespace handoff {
namespace {

class AaReplay : public ::testing::TestWithParam<const char*> {};

TEST_P(AaReplay, HoldsOneAsOftenAsItSaysAndSeldomCriesWolf) {
  CheckOptions options;
  options.replay = {std::string(HANDOFF_TEST_DATA "/aa/") + GetParam()};
  options.seed = 1;
  std::ostringstream progress;
  const CheckResult result = check_aa(options, progress);
  EXPECT_NE(result.verdict, CheckVerdict::kFailed) << result.text;
  EXPECT_NE(result.text.find("1000 runs"), std::string::npos) << result.text;
  std::cout << result.text << '\n';
}

INSTANTIATE_TEST_SUITE_P(Stored, AaReplay, ::testing::Values("mutex_queue", "lockfree_spsc"));

}  // namespace
}  // namespace handoff
