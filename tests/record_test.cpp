#include "bench/results/record.h"

#include <gtest/gtest.h>

#include "bench/results/results.h"
#include "tests/record_fixture.h"

namespace handoff {
namespace {

using testing::begun_pass;
using testing::block_line;
using testing::kFast;
using testing::kSlow;
using testing::record_of;
using testing::second_line;
using testing::slice_row_of;
using testing::small_plan;
using testing::whole_pass;
using testing::whole_run;

TEST(RunRecord, NamesTheColumnsOfItsRowsInTheirOrder) {
  EXPECT_EQ(
      RunRecord::slice_columns(),
      (std::vector<std::string>{"cell", "start_ns", "items", "window_items", "elapsed_ns", "cpu_ns",
                                "voluntary", "involuntary", "run_delay_ns", "slowest_share",
                                "fastest_share", "missed_wakeups", "whole_ns", "under_way"}));
  SliceReply reply;
  reply.items = 2;
  reply.window_items = 3.04;
  reply.elapsed_ns = 4.6;
  reply.cpu_ns = 5;
  reply.voluntary = 6;
  reply.involuntary = 7;
  reply.run_delay_ns = 8;
  reply.slowest_share = 0.123456;
  reply.fastest_share = 1.5;
  reply.missed_wakeups = 2;
  reply.whole_ns = 10.4;
  reply.under_way = 11.5;
  EXPECT_EQ(RunRecord::slice_row(1, 9.2, reply),
            Json::parse("[1,9,2,3.0,5,5,6,7,8,0.123,1.5,2,10,12]"));
}

TEST(RunRecord, SumsUpTheSlicesOfACellButNotItsWarmUp) {
  const Plan plan = small_plan();
  const RunRecord record = record_of(plan, whole_pass(0, 0, 20));
  const CellRecord& cell = record.point(0).cells[kFast];
  EXPECT_EQ(cell.slices, 20);
  EXPECT_EQ(cell.items, 20'000);
  EXPECT_EQ(cell.proved_items, 21'000);
  EXPECT_EQ(cell.voluntary, 200);
  EXPECT_EQ(cell.involuntary, 100);
  EXPECT_EQ(cell.run_delay_ns, 60'000);
  EXPECT_EQ(cell.closed, 1);
  EXPECT_TRUE(cell.bound);
  EXPECT_EQ(record.point(0).blocks, 20);
  EXPECT_EQ(record.point(0).samples[0].size(), 20U);
  EXPECT_EQ(record.point(0).samples[0][0].size(), 3U);
  EXPECT_TRUE(record.point(0).passes_done.contains(0));
  EXPECT_EQ(record.point(1).blocks, 0);
}

TEST(RunRecord, KnowsTheLongestLifeThatEndedInOrder) {
  const Plan plan = testing::small_plan(3);
  RunRecord record(plan);
  const auto add = [&](const std::vector<Json>& lines) {
    for (const Json& line : lines) record.add(line);
  };
  add(testing::whole_pass(0, 0, 5));
  EXPECT_EQ(record.point(0).cells[0].longest_life_items, 6000) << "5 blocks and a warm-up";
  add(testing::whole_pass(0, 1, 2));
  EXPECT_EQ(record.point(0).cells[0].longest_life_items, 6000) << "each begins anew";
  add(testing::begun_pass(0, 2, 20));
  EXPECT_EQ(record.point(0).cells[0].longest_life_items, 6000) << "the third has not ended";
}

TEST(RunRecord, CountsMissedWakeupsOfTheWarmUpToo) {
  const Plan plan = small_plan();
  std::vector<Json> lines = whole_pass(0, 0, 20);
  for (Json& line : lines) {
    if (line.at("t") != "block" || line.at("block").get<int>() >= 0) continue;
    for (Json& row : line.at("slices")) {
      if (row.at(0) == kFast) row.at(11) = 3;
    }
  }
  const RunRecord record = record_of(plan, lines);
  EXPECT_GT(record.point(0).cells[kFast].missed_wakeups, 0U);
  EXPECT_EQ(record.point(0).cells[kSlow].missed_wakeups, 0U);
}

TEST(RunRecord, ReadsJournalsOfTheTimeBeforeTheLastColumns) {
  const Plan plan = small_plan();
  std::vector<Json> lines = whole_pass(0, 0, 20);
  for (Json& line : lines) {
    if (line.at("t") != "block") continue;
    for (Json& row : line.at("slices")) row.erase(row.begin() + 11, row.end());
  }
  const RunRecord record = record_of(plan, lines);
  EXPECT_EQ(record.point(0).cells[kFast].slices, 20);
  EXPECT_EQ(record.point(0).cells[kFast].missed_wakeups, 0U);
}

TEST(RunRecord, CountsSlicesWithoutAWindowAndForgivesThoseFromWhichItsLengthWasLearned) {
  const Plan plan = small_plan();
  for (const int untimed : {0, 1, 2, 4, 5, 20}) {  // of 100
    std::vector<Json> lines = whole_pass(0, 0, 100);
    int left = untimed;
    for (Json& line : lines) {
      if (line.at("t") != "block" || line.at("block").get<int>() < 0) continue;
      for (Json& row : line.at("slices")) {
        if (row.at(0) == kFast && left-- > 0) row.at(3) = row.at(4) = 0;
      }
    }
    const RunRecord record = record_of(plan, lines);
    const CellRecord& cell = record.point(0).cells[kFast];
    EXPECT_EQ(cell.untimed, untimed);
    EXPECT_EQ(cell.slices, 100);
    EXPECT_EQ(hardly_timed(cell), untimed > 4) << untimed;
    const Json results = make_results(plan, Json::object(), record);
    for (const Json& told : results["points"][0]["cells"]) {
      if (told["label"] != plan.points[0].cells[kFast].label) continue;
      EXPECT_EQ(told["untimed_slices"], untimed);
      EXPECT_EQ(told["ns_per_item"].is_null(), untimed > 4);
      EXPECT_EQ(told["reason"] == "", untimed <= 4) << told["reason"];
    }
  }
}

TEST(RunRecord, FedLineByLineSaysAtTheEndWhatItSaysFedAtOnce) {
  const Plan plan = small_plan();
  const std::vector<Json> lines = whole_run(plan);
  RunRecord live(plan);
  for (const Json& line : lines) {
    live.add(line);
    make_results(plan, Json::object(), live);  // looked at after every line, as a display does
  }
  const RunRecord read = record_of(plan, lines);
  EXPECT_EQ(make_results(plan, Json::object(), live), make_results(plan, Json::object(), read));
}

TEST(RunRecord, KeepsAPassThatBrokeOffAsAnIncarnationOfItsOwn) {
  const Plan plan = small_plan();
  RunRecord record = record_of(plan, whole_pass(0, 0));
  for (const Json& line : begun_pass(0, 1, 7)) record.add(line);
  record.add({{"t", "resume"}});
  const PointRecord& point = record.point(0);
  ASSERT_EQ(point.samples.size(), 9U);
  EXPECT_TRUE(point.samples[1].empty());
  EXPECT_EQ(point.samples[8].size(), 7U);
  EXPECT_FALSE(point.passes_done.contains(1));
  for (const Json& line : whole_pass(0, 1)) record.add(line);
  EXPECT_EQ(point.samples[1].size(), 20U);
  EXPECT_TRUE(point.passes_done.contains(1));
  EXPECT_EQ(point.blocks, 47);
}

TEST(RunRecord, SetsAsideEachPassThatBrokeOffOverSeveralResumes) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  for (int sitting = 1; sitting <= 3; ++sitting) {
    for (const Json& line : begun_pass(0, 0, sitting)) record.add(line);
    record.add({{"t", "resume"}});
  }
  const PointRecord& point = record.point(0);
  ASSERT_EQ(point.samples.size(), 11U);
  EXPECT_TRUE(point.samples[0].empty());
  EXPECT_EQ(point.samples[8].size(), 1U);
  EXPECT_EQ(point.samples[9].size(), 2U);
  EXPECT_EQ(point.samples[10].size(), 3U);
}

TEST(RunRecord, LeavesFinishedPassesWhereTheyAreOnResume) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  for (int pass = 0; pass < 3; ++pass) {
    for (const Json& line : whole_pass(1, pass)) record.add(line);
  }
  record.add({{"t", "resume"}});
  EXPECT_EQ(record.point(1).samples.size(), 8U);
  EXPECT_EQ(record.point(1).passes_done, (std::set<int>{0, 1, 2}));
  EXPECT_EQ(record.status(), "running");
}

TEST(RunRecord, KeepsTheFirstFailureOfACell) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  const auto fail = [&](const char* verdict, const char* reason) {
    record.add({{"t", "fail"},
                {"point", 0},
                {"pass", 0},
                {"cell", 1},
                {"verdict", verdict},
                {"reason", reason}});
  };
  EXPECT_FALSE(record.any_failure());
  fail("hung", "first");
  fail("crashed", "second");
  EXPECT_EQ(record.point(0).cells[kSlow].outcome.verdict, CellVerdict::kHung);
  EXPECT_EQ(record.point(0).cells[kSlow].outcome.reason, "first");
  EXPECT_TRUE(record.any_failure());
}

TEST(RunRecord, DoesNotCountUnsupportedAsFailure) {
  const Plan plan = small_plan();
  const RunRecord record(plan);
  EXPECT_EQ(record.point(0).cells[testing::kDirect].outcome.verdict, CellVerdict::kUnsupported);
  EXPECT_EQ(record.point(0).cells[testing::kDirect].outcome.reason, "direct has no second thread");
  EXPECT_FALSE(record.any_failure());
}

TEST(RunRecord, KnowsNoRunDelayOnceASliceHadNone) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  Json row = slice_row_of(kFast, 100);
  row[8] = -1;
  record.add(block_line(0, 0, 0, {slice_row_of(kFast, 100)}));
  EXPECT_TRUE(record.point(0).cells[kFast].run_delay_known);
  record.add(block_line(0, 0, 1, {row}));
  EXPECT_FALSE(record.point(0).cells[kFast].run_delay_known);
}

TEST(RunRecord, TakesTheTimeSpentFromTheLastLineThatKnowsIt) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  record.add(second_line(3.5, 0.1, nullptr));
  record.add(second_line(4.5, nullptr, 2.0));
  EXPECT_EQ(record.spent_s(), 4.5);
  EXPECT_EQ(record.steal_shares(), std::vector<double>{0.1});
  EXPECT_EQ(record.load_averages(), std::vector<double>{2.0});
  record.add(testing::end_line("interrupted", 130));
  EXPECT_EQ(record.spent_s(), 9.5);
  EXPECT_EQ(record.status(), "interrupted");
  EXPECT_EQ(record.exit_status(), 130);
}

TEST(RunRecord, TakesTheTimeSpentFromTheLastSliceWhereARunWasKilledWithinASecond) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  for (const double start_ns : {0.25e9, 0.75e9}) {
    record.add(testing::block_line(0, 0, 0, {RunRecord::slice_row(kFast, start_ns, {})}));
  }
  EXPECT_NEAR(record.spent_s(), 0.75, 1e-5);
}

TEST(RunRecord, KnowsWhatALookHasDroppedAndStopped) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  record.add({{"t", "look"}, {"point", 0}, {"passes", 8}, {"drop", {1}}, {"stop", false}});
  EXPECT_EQ(record.point(0).cells[1].dropped_after, 8);
  EXPECT_EQ(record.point(0).cells[0].dropped_after, 0);
  EXPECT_FALSE(record.point(0).stopped);
  EXPECT_EQ(record.point(0).needs, 1) << "not said";
  record.add({{"t", "look"},
              {"point", 0},
              {"passes", 16},
              {"drop", {1}},
              {"stop", true},
              {"needs", nullptr}});
  EXPECT_FALSE(record.point(0).needs);
  EXPECT_TRUE(record.point(0).stopped);
  EXPECT_EQ(record.point(0).cells[1].dropped_after, 8);
}

TEST(RunRecord, KnowsWhatAControlRepeats) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  EXPECT_EQ(record.point(0).cells[1].twin, -1);
  record.add({{"t", "control"}, {"point", 0}, {"cell", 1}, {"twin", 0}});
  EXPECT_EQ(record.point(0).cells[1].twin, 0);
}

TEST(RunRecord, IgnoresLinesOfTypesItDoesNotKnow) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  record.add({{"t", "novelty"}, {"point", 0}, {"cell", 0}});
  record.add({{"t", "novelty"}});
  record.add({{"x", 1}});
  EXPECT_EQ(record.point(0).blocks, 0);
}

TEST(RunRecord, RefusesLinesOfAnotherPlan) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  EXPECT_ANY_THROW(record.add({{"t", "pass"}, {"point", 2}, {"pass", 0}}));
  EXPECT_ANY_THROW(record.add(block_line(0, 0, 0, {slice_row_of(9, 100)})));
  EXPECT_ANY_THROW(record.add(block_line(0, 99, 0, {slice_row_of(0, 100)})));
}

}  // namespace
}  // namespace handoff
