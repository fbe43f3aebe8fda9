// Stored runs of one strategy under three labels, replayed a thousand times as gates: with
// unchanged code, and with one of the labels slowed down by twice the threshold.
#include <gtest/gtest.h>

#include <iostream>
#include <sstream>
#include <string>

#include "bench/selfcheck/check.h"

namespace handoff {
namespace {

class GateReplay : public ::testing::TestWithParam<const char*> {};

TEST_P(GateReplay, SeldomStopsUnchangedCodeAndCatchesTwiceTheThreshold) {
  CheckOptions options;
  options.replay = {std::string(HANDOFF_TEST_DATA "/gate/") + GetParam()};
  options.seed = 1;
  options.budget_s = 20;
  std::ostringstream progress;
  const CheckResult result = check_gate(options, progress);
  EXPECT_NE(result.verdict, CheckVerdict::kFailed) << result.text;
  std::cout << result.text << '\n';
}

INSTANTIATE_TEST_SUITE_P(Stored, GateReplay, ::testing::Values("mutex_queue", "lockfree_spsc"));

}  // namespace
}  // namespace handoff
