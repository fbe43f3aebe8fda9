#include "bench/run/runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/results/run_directory.h"
#include "tests/record_fixture.h"

namespace handoff {
namespace {

/// One lifetime of two cells at one point, three blocks long, however slow the machine: a race,
/// with time for far more, and slices so long that no cell is too slow for them.
Plan short_plan() {
  Plan plan = testing::small_plan(1);
  plan.looks = {8};
  plan.budget_s = 60;
  plan.points.resize(1);
  PointPlan& point = plan.points[0];
  point.estimated_s = 30;
  point.slice_ns = 30e6;
  point.workload.capacity = 4;  // however slow the machine is, no slice is longer than that
  point.blocks = 3;
  point.cells.resize(2);
  return plan;
}

int blocks_in(const std::string& journal) {
  const std::vector<Json> lines = read_journal(journal);
  return static_cast<int>(std::count_if(lines.begin(), lines.end(), [](const Json& line) {
    return line.at("t") == "block" && line.at("block") >= 0;
  }));
}

TEST(Runner, HasEachBlockOnDiskBeforeItIsShownAndTheNextBegins) {
  std::string directory = ::testing::TempDir() + "handoff-runner-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/journal.jsonl";
  const Plan plan = short_plan();
  RunRecord record(plan);
  Journal journal = Journal::create(path);
  journal.add(journal_head(plan, Json::object()));
  journal.flush();
  int shown = 0;
  Runner runner(plan, journal, record, [&](const RunState& state) {
    EXPECT_EQ(state.record.point(0).blocks, ++shown);
    EXPECT_EQ(blocks_in(path), shown);
  });
  EXPECT_EQ(runner.run(), 0);
  EXPECT_EQ(shown, 3);
  EXPECT_EQ(blocks_in(path), shown);
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace handoff
