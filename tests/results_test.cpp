#include "bench/results/results.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/record_fixture.h"

namespace handoff {
namespace {

using testing::kFast;
using testing::kSlow;
using testing::record_of;
using testing::small_plan;
using testing::whole_run;

Json results_of(const std::vector<Json>& lines) {
  const Plan plan = small_plan();
  return make_results(plan, {{"suite", "custom"}, {"seed", 3}}, record_of(plan, lines));
}

const Json& results() {
  static const Json all = results_of(whole_run(small_plan()));
  return all;
}

const Json& cell(const Json& from, std::size_t point, const std::string& label) {
  for (const Json& candidate : from.at("points").at(point).at("cells")) {
    if (candidate.at("label") == label) return candidate;
  }
  throw std::runtime_error("no cell " + label);
}

std::set<std::string> keys(const Json& object) {
  std::set<std::string> names;
  for (const auto& [key, value] : object.items()) names.insert(key);
  return names;
}

const char* const kNumbers[] = {"ns_per_item",
                                "overall_ns_per_item",
                                "stall_share",
                                "items_per_second",
                                "bytes_per_second",
                                "cpu_ns_per_item",
                                "voluntary_switches_per_item",
                                "involuntary_switches_per_item",
                                "run_delay_ns_per_item",
                                "peak_memory_bytes",
                                "slowest_lane_share",
                                "fastest_lane_share",
                                "fill_share",
                                "floor_multiple",
                                "parked_cpu_share",
                                "levels"};

TEST(Results, HaveTheKeysThatTheDocumentationNames) {
  EXPECT_EQ(results().at("schema"), 2);
  EXPECT_EQ(keys(results()), (std::set<std::string>{"schema", "context", "points"}));
  EXPECT_EQ(
      keys(results().at("points").at(0)),
      (std::set<std::string>{"id", "workload", "binding", "slice_ns", "incarnations", "blocks",
                             "floor_ns", "leader", "decided", "winner", "tied", "more_s",
                             "obstacle", "sentences", "cells", "ratios", "mechanisms"}));
  EXPECT_EQ(keys(results()["points"][0]["workload"]),
            (std::set<std::string>{"producers", "consumers", "payload", "capacity",
                                   "capacity_asked", "transfer", "wait", "spin_ns"}));
  EXPECT_EQ(keys(results()["points"][0]["binding"]),
            (std::set<std::string>{"mode", "bound", "cpus", "oversubscribed", "note"}));
  std::set<std::string> of_cell{"label",        "strategy",       "role",
                                "verdict",      "reason",         "bound",
                                "note",         "items",          "slices",
                                "incarnations", "missed_wakeups", "untimed_slices",
                                "waits_itself", "family",         "carrier",
                                "structure",    "origin",         "longest_life_items"};
  of_cell.insert(std::begin(kNumbers), std::end(kNumbers));
  for (const Json& each : results()["points"][0]["cells"]) EXPECT_EQ(keys(each), of_cell);
  EXPECT_EQ(keys(results()["points"][0]["ratios"].at(0)),
            (std::set<std::string>{"label", "to", "median", "lo", "hi", "within", "next_run",
                                   "overall", "verdict", "obstacle", "incarnations"}));
}

TEST(Results, TakeOverTheContextAndAddWhatIsKnownAtTheEnd) {
  const Json& context = results()["context"];
  EXPECT_EQ(context["suite"], "custom");
  EXPECT_EQ(context["status"], "complete");
  EXPECT_EQ(context["exit"], 0);
  EXPECT_EQ(context["spent_s"], 9.5);
  EXPECT_EQ(context["machine"]["steal_share"], 0.02);
  EXPECT_EQ(context["machine"]["load_average"], 1.5);
}

TEST(Results, OfADeliveredCellAreItsNumbers) {
  const Json& fast = cell(results(), 0, "fast");
  EXPECT_EQ(fast["verdict"], "delivered");
  EXPECT_EQ(fast["reason"], "");
  EXPECT_NEAR(fast["ns_per_item"]["median"], 104, 2);
  EXPECT_LT(fast["ns_per_item"]["lo"], fast["ns_per_item"]["median"]);
  EXPECT_GT(fast["ns_per_item"]["hi"], fast["ns_per_item"]["median"]);
  EXPECT_NEAR(fast["overall_ns_per_item"]["value"], 104, 2);
  EXPECT_NEAR(fast["items_per_second"].get<double>(), 1e9 / 104, 2e5);
  EXPECT_NEAR(fast["bytes_per_second"].get<double>(), 100 * fast["items_per_second"].get<double>(),
              1);
  EXPECT_NEAR(fast["cpu_ns_per_item"], 208, 4);
  EXPECT_DOUBLE_EQ(fast["voluntary_switches_per_item"], 0.01);
  EXPECT_DOUBLE_EQ(fast["involuntary_switches_per_item"], 0.005);
  EXPECT_DOUBLE_EQ(fast["run_delay_ns_per_item"], 3);
  EXPECT_EQ(fast["peak_memory_bytes"], 1'000'007);
  EXPECT_DOUBLE_EQ(fast["slowest_lane_share"], 0.9);
  EXPECT_DOUBLE_EQ(fast["fastest_lane_share"], 1.1);
  EXPECT_DOUBLE_EQ(fast["fill_share"], 0.25);            // 256 items of 1024
  EXPECT_NEAR(fast["floor_multiple"], 104 / 31.2, 0.1);  // a round trip is two hand-overs
  EXPECT_NEAR(fast["parked_cpu_share"], 0.01, 1e-12);
  EXPECT_EQ(fast["slices"], 160);
  EXPECT_EQ(fast["incarnations"], 8);
  EXPECT_EQ(fast["items"], 8 * 21'000);
}

TEST(Results, HaveTheFloorAsOneHandOver) {
  EXPECT_NEAR(results()["points"][0]["floor_ns"]["median"], 31.2, 0.7);
}

TEST(Results, ShowCandidatesBySpeedThenReferencesThenTheRest) {
  std::vector<std::string> order;
  for (const Json& each : results()["points"][0]["cells"]) order.push_back(each["label"]);
  EXPECT_EQ(order, (std::vector<std::string>{"fast", "slow", "floor", "direct"}));
  order.clear();
  for (const Json& each : results()["points"][1]["cells"]) order.push_back(each["label"]);
  EXPECT_EQ(order, (std::vector<std::string>{"fast", "slow", "direct", "floor"}));
}

TEST(Results, LeadWithTheFastestCandidateNeverWithAReference) {
  EXPECT_EQ(results()["points"][0]["leader"], "fast");
  EXPECT_EQ(results()["points"][1]["leader"], "fast");
  EXPECT_EQ(results()["points"][0]["decided"], true);
}

TEST(Results, CompareWithTheLeaderAndTheReferences) {
  bool found = false;
  for (const Json& ratio : results()["points"][0]["ratios"]) {
    if (ratio["label"] != "slow" || ratio["to"] != "fast") continue;
    found = true;
    EXPECT_NEAR(ratio["median"], 2, 0.01);
    EXPECT_LE(ratio["lo"], ratio["median"]);
    EXPECT_GE(ratio["hi"], ratio["median"]);
    EXPECT_NEAR(ratio["overall"]["median"], 2, 0.01);
    EXPECT_EQ(ratio["verdict"], "slower");
    EXPECT_EQ(ratio["incarnations"], 8);
  }
  EXPECT_TRUE(found);
}

TEST(Results, SayWhatIdenticalCodeDifferedBy) {
  Plan plan = small_plan();
  CellPlan& control = plan.points[1].cells[kSlow];
  control.control = true;
  control.label = "control";
  control.twin = kFast;
  const Json made = make_results(plan, {}, record_of(plan, whole_run(plan)));
  const Json& stated = made.at("context").at("control");
  ASSERT_EQ(stated.at("points").size(), 1U);
  EXPECT_NEAR(stated.at("points")[0].at("ratio").at("median"), 2, 0.01);
  EXPECT_NE(stated.at("sentence").get<std::string>().find("differed by up to 100."),
            std::string::npos);
  EXPECT_EQ(cell(made, 1, "control").at("role"), "control");
  EXPECT_EQ(cell(made, 1, "control").at("strategy"), "mutex_queue");
  EXPECT_TRUE(cell(made, 1, "control").at("ns_per_item").is_object());
  EXPECT_EQ(made.at("points")[1].at("leader"), "fast");
  EXPECT_TRUE(results().at("context").at("control").is_null());
}

TEST(Results, SayHowManyItemsTheLongestLifeOfACandidateHad) {
  const Json& fast = cell(results(), 0, "fast");
  EXPECT_EQ(fast.at("longest_life_items"), 21'000) << "20 blocks and a warm-up";
  const Json& longest = results().at("context").at("longest_life");
  EXPECT_EQ(longest.at("items"), 21'000);
  EXPECT_EQ(longest.at("label"), fast.at("label")) << "the first of equals";
  EXPECT_EQ(longest.at("point"), small_plan().points[0].id);
  EXPECT_TRUE(longest.at("sentence")
                  .get<std::string>()
                  .starts_with("longest life proved: 21.0 k items in one process of fast at " +
                               small_plan().points[0].id + "; "));
}

TEST(Results, SayThatWakeupsCameTooLate) {
  std::vector<Json> lines = whole_run(small_plan());
  SliceReply reply;
  reply.missed_wakeups = 2;
  lines.push_back(testing::block_line(0, 0, -1, {RunRecord::slice_row(kSlow, 0, reply)}));
  const Json made = results_of(lines);
  EXPECT_EQ(cell(made, 0, "slow").at("missed_wakeups"), 2);
  const auto said = made.at("points")[0].at("sentences").get<std::vector<std::string>>();
  EXPECT_TRUE(std::any_of(said.begin(), said.end(), [](const std::string& sentence) {
    return sentence.starts_with("slow: 2 wakeups came too late");
  }));
}

TEST(Results, OfAFailedCellHaveItsReasonAndNoNumbers) {
  std::vector<Json> lines = whole_run(small_plan());
  lines.push_back({{"t", "fail"},
                   {"point", 0},
                   {"pass", 7},
                   {"cell", 0},
                   {"verdict", "lost"},
                   {"reason", "slice 9: lost 1 (slice 9 producer 0 sequence 5)"}});
  const Json failed = results_of(lines);
  const Json& fast = cell(failed, 0, "fast");
  EXPECT_EQ(fast["verdict"], "lost");
  EXPECT_EQ(fast["reason"], "slice 9: lost 1 (slice 9 producer 0 sequence 5)");
  for (const char* key : kNumbers) EXPECT_TRUE(fast[key].is_null()) << key;
  EXPECT_EQ(failed["points"][0]["leader"], "slow");
  for (const Json& ratio : failed["points"][0]["ratios"]) {
    EXPECT_NE(ratio["label"], "fast");
    EXPECT_NE(ratio["to"], "fast");
  }
  EXPECT_EQ(failed["points"][1]["leader"], "fast") << "other points are not touched";
}

TEST(Results, OfAnUnsupportedCellHaveItsReasonAndNoNumbers) {
  const Json& direct = cell(results(), 0, "direct");
  EXPECT_EQ(direct["verdict"], "unsupported");
  EXPECT_EQ(direct["reason"], "direct has no second thread");
  for (const char* key : kNumbers) EXPECT_TRUE(direct[key].is_null()) << key;
}

TEST(Results, OfARunThatMeasuredNothingAreWellFormed) {
  const Json empty = results_of({});
  EXPECT_EQ(empty["context"]["status"], "running");
  EXPECT_TRUE(empty["context"]["machine"]["steal_share"].is_null());
  for (const Json& point : empty["points"]) {
    EXPECT_TRUE(point["leader"].is_null());
    EXPECT_TRUE(point["floor_ns"].is_null());
    EXPECT_EQ(point["decided"], false);
    EXPECT_EQ(point["blocks"], 0);
    for (const Json& each : point["cells"]) {
      for (const char* key : kNumbers) EXPECT_TRUE(each[key].is_null()) << key;
    }
  }
}

TEST(Results, OfOnePassHaveNumbersButDecideNothing) {
  const Json one = results_of(testing::whole_pass(0, 0));
  EXPECT_TRUE(cell(one, 0, "fast")["ns_per_item"]["median"].is_number());
  EXPECT_EQ(one["points"][0]["decided"], false);
  for (const Json& ratio : one["points"][0]["ratios"]) EXPECT_EQ(ratio["verdict"], "undecided");
}

TEST(Results, AreJsonWithoutNanOrInfinity) {
  for (const Json& made : {results(), results_of({}), results_of(testing::whole_pass(0, 0)),
                           results_of(testing::begun_pass(1, 0, 1))}) {
    const std::string text = made.dump();
    EXPECT_EQ(text.find("nan"), std::string::npos);
    EXPECT_EQ(text.find("inf"), std::string::npos);
    EXPECT_EQ(Json::parse(text), made);
  }
}

TEST(Results, OfSlicesTooShortToTimeAreWellFormed) {
  const Plan plan = small_plan();
  RunRecord record(plan);
  SliceReply reply;
  reply.items = 3;
  for (int block = 0; block < 5; ++block) {
    record.add(testing::block_line(
        0, 0, block, {RunRecord::slice_row(0, 0, reply), RunRecord::slice_row(1, 0, reply)}));
  }
  const Json made = make_results(plan, Json::object(), record);
  EXPECT_EQ(Json::parse(made.dump()), made);
}

}  // namespace
}  // namespace handoff
