#include "bench/plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>

#include "bench/stats/interim_looks.h"
#include "tests/plan_fixture.h"

namespace handoff {
namespace {

using testing::asked;
using testing::labels;
using testing::machine;
using testing::planned;
using testing::refused;
using testing::registry;
using testing::Texts;

TEST(PlanPoints, AreNamedAsTheResultsAre) {
  Workload workload;
  EXPECT_EQ(point_id(workload, 1024, 2), "1:1 64B");
  workload = {4, 2, 65536, 16, Transfer::kMove};
  EXPECT_EQ(point_id(workload, 64, 8), "4:2 64KiB cap=64 move");
}

TEST(PlanPoints, HoldAllCandidatesThenTheReferencesThatCan) {
  const Plan plan = planned({"--pairs", "1:1,2:1"}, 4);
  ASSERT_EQ(plan.points.size(), 2U);
  EXPECT_EQ(labels(plan.points[0]), (Texts{"lockfree_queue", "lockfree_spsc", "mutex_queue",
                                           "tbb_flow_graph", "direct", "floor", "control"}));
  EXPECT_EQ(labels(plan.points[1]),
            (Texts{"lockfree_queue", "mutex_queue", "tbb_flow_graph", "floor"}));
  EXPECT_EQ(labels(plan.points[1], false), Texts{"lockfree_spsc"});
  const CellPlan& spsc = plan.points[1].cells[1];
  EXPECT_EQ(spsc.unsupported, "one producer and one consumer only");
  const CellPlan& floor = plan.points[1].cells.back();
  EXPECT_EQ(floor.role, Role::kReference);
  EXPECT_EQ(floor.executing, 2U);
  EXPECT_TRUE(plan.points[0].cells[3].owns_threads);
}

TEST(PlanPoints, RunOneStrategyUnderTwoLabels) {
  const Plan plan = planned({"--strategies", "a=mutex_queue,b=mutex_queue", "--pairs", "1:1"});
  EXPECT_EQ(labels(plan.points.at(0)), (Texts{"a", "b", "direct", "floor", "control"}));
  EXPECT_EQ(plan.points[0].cells[1].strategy, "mutex_queue");
}

TEST(PlanPoints, AReferenceThatIsAskedForKeepsItsLabelAndReason) {
  const Plan plan = planned({"--strategies", "d=direct,mutex_queue", "--pairs", "1:1,2:2"});
  EXPECT_EQ(labels(plan.points.at(0)), (Texts{"d", "mutex_queue", "floor", "control"}));
  EXPECT_EQ(labels(plan.points.at(1), false), Texts{"d"});
}

TEST(PlanPoints, WhereNothingRunsStayWithTheReasonAndCostNothing) {
  const Plan plan = planned({"--strategies", "lockfree_spsc", "--pairs", "2:2,1:1"});
  ASSERT_EQ(plan.points.size(), 2U);
  EXPECT_EQ(plan.points[0].blocks, 0);
  EXPECT_EQ(plan.points[0].estimated_s, 0);
  EXPECT_EQ(labels(plan.points[0]), Texts{});
  EXPECT_EQ(labels(plan.points[0], false), Texts{"lockfree_spsc"});
  EXPECT_GT(plan.points[1].blocks, 0);
}

TEST(PlanPoints, HaveAControlAtTheFirstAndEveryFourthAfterIt) {
  const Plan plan = planned({"--pairs", "1:1", "--payload", "8,16,32,64,128", "--budget", "600s"});
  ASSERT_EQ(plan.points.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(plan.points[i].cells.back().control, i % 4 == 0) << i;
  }
  const CellPlan& control = plan.points[0].cells.back();
  EXPECT_EQ(control.label, "control");
  EXPECT_EQ(control.twin, -1);
  EXPECT_TRUE(control.runs());
  EXPECT_FALSE(planned({"--no-references"}).points[0].cells.back().control);
}

TEST(PlanPoints, OfARaceHaveSettledBlocksAndAsManyIncarnationsAsItTakes) {
  const Plan plan = planned({"--pairs", "1:1", "--precision", "1%", "--budget", "300s"});
  EXPECT_EQ(plan.precision, 0.01);
  EXPECT_EQ(plan.looks, race_looks());
  EXPECT_EQ(plan.points.at(0).incarnations, kMostIncarnations);
  EXPECT_EQ(plan.points[0].blocks, settled_blocks(plan.points[0].slice_ns * 1e-9));
  EXPECT_TRUE(planned({"--pairs", "1:1"}).looks.empty());
}

TEST(PlanPoints, AreMeasuredOnceThoughGroupsOverlap) {
  const Plan plan = planned({"--suite", "default"}, 8);
  std::set<std::string> ids;
  for (const PointPlan& point : plan.points) EXPECT_TRUE(ids.insert(point.id).second) << point.id;
  EXPECT_EQ(plan.points[0].id, "1:1 64B");
}

TEST(PlanPoints, ReferencesCanBeLeftOut) {
  const auto strategies = registry();
  const PlanInputs inputs = machine(2, strategies);
  Suite suite = asked({"--pairs", "1:1"});
  suite.references = false;
  const Plan plan = make_plan(suite, inputs);
  EXPECT_EQ(plan.points.at(0).cells.size(), 4U);
}

TEST(PlanRefuses, UnknownStrategiesWithTheNearestName) {
  EXPECT_EQ(
      refused({"--strategies", "mutx_queue"}),
      "unknown strategy 'mutx_queue'; did you mean 'mutex_queue'? ('handoff list' shows all)");
  EXPECT_EQ(refused({"--strategies", "a=kafka"}).substr(0, 52),
            "unknown strategy 'kafka'; choose from direct, floor,");
}

TEST(PlanRefuses, LabelsThatAReferenceHas) {
  EXPECT_EQ(refused({"--strategies", "floor=mutex_queue"}),
            "--strategies label 'floor' is the name of a reference, which is added to every point; "
            "give another label, or --no-references");
}

TEST(PlanRefuses, TheLabelOfTheControl) {
  EXPECT_EQ(refused({"--strategies", "control=mutex_queue"}),
            "--strategies label 'control' is reserved for the A/A control; give another label, or "
            "--no-references");
}

TEST(PlanRefuses, ABudgetThatHoldsNothingAndNamesTheSmallestThatDoes) {
  const std::string sentence = refused({"--pairs", "1:1", "--budget", "500ms"});
  const std::string start =
      "--budget '500ms' is too small for any point with 8 incarnations; give at least ";
  ASSERT_EQ(sentence.substr(0, start.size()), start);
  const std::string smallest = sentence.substr(start.size());
  const Plan plan = planned({"--pairs", "1:1", "--budget", smallest});
  EXPECT_EQ(plan.points.size(), 1U);
  EXPECT_EQ(plan.incarnations, 8);
  EXPECT_GE(plan.points[0].blocks, 8);
}

TEST(PlanRefuses, MemoryThatHoldsNoPoint) {
  EXPECT_EQ(refused({"--pairs", "4:4", "--payload", "1M", "--memory", "16M"}),
            "no point can be measured: 4:4 1MiB: 5 cells with items of 1MiB need 45 MiB, more than "
            "the memory budget of 16 MiB (--memory)");
}

TEST(PlanCapacity, IsLoweredUntilAllCellsOfAPointFit) {
  const Plan plan = planned({"--pairs", "1:1", "--payload", "64,1M", "--memory", "256M"});
  ASSERT_EQ(plan.points.size(), 2U);
  EXPECT_EQ(plan.points[0].workload.capacity, 1024U);
  const PointPlan& large = plan.points[1];
  EXPECT_EQ(large.capacity_asked, 1024U);
  EXPECT_EQ(large.id, "1:1 1MiB");
  const std::uint64_t used = large.cells.size() * (large.workload.capacity + 2ULL) << 20U;
  EXPECT_LE(used, 256U << 20U);
  EXPECT_EQ(large.workload.capacity, 32U);
}

TEST(PlanCapacity, DefaultsToAQuarterOfWhatIsAvailable) {
  const Plan plan = planned({"--pairs", "1:1"});
  EXPECT_EQ(plan.memory_bytes, std::uint64_t{2} << 30U);
}

TEST(PlanCapacity, DropsAPointThatMemoryMakesTheSameAsAnother) {
  const Plan plan =
      planned({"--pairs", "1:1", "--payload", "1M", "--capacity", "32,64", "--memory", "320M"});
  EXPECT_EQ(plan.points.size(), 1U);
  ASSERT_EQ(plan.dropped.size(), 1U);
  EXPECT_EQ(plan.dropped[0],
            "1:1 1MiB cap=64: the memory budget of 320 MiB (--memory) lowers its capacity to 32, "
            "which another point already has");
}

TEST(PlanJson, IsTheSameAfterAJourney) {
  const Plan plan = planned({"--suite", "default", "--transfer", "copy,move"}, 8);
  const nlohmann::json json = to_json(plan);
  const Plan back = plan_from_json(nlohmann::json::parse(json.dump()));
  EXPECT_EQ(to_json(back), json);
  EXPECT_EQ(plan_difference(plan, back), "");
}

TEST(PlanPoints, OfAGroupHaveTheIncarnationsAskedForOnlyWhereAllFit) {
  const std::string group = "[a]\npairs = [\"1:1\", \"2:2\"]\nincarnations = 16\n";
  const auto strategies = registry();
  const auto lifetimes = [&](const std::string& budget) {
    const Suite suite = parse_suite("budget = \"" + budget + "\"\n" + group, "mine.toml");
    std::vector<int> all;
    for (const PointPlan& p : make_plan(suite, machine(8, strategies)).points) {
      all.push_back(p.incarnations);
    }
    return all;
  };
  const std::vector<int> roomy = lifetimes("20s"), scarce = lifetimes("5s");
  ASSERT_EQ(roomy.size(), 2U);
  ASSERT_EQ(scarce.size(), 2U) << "a point was dropped for the incarnations of another";
  EXPECT_GE(*std::min_element(roomy.begin(), roomy.end()), 16);
  EXPECT_LT(*std::max_element(scarce.begin(), scarce.end()), 16);
}

TEST(PlanJson, SaysForWhichMachineItIs) {
  const auto strategies = registry();
  PlanInputs inputs = machine(128, strategies);
  EXPECT_EQ(to_json(make_plan(asked({}), inputs))["topology"]["source"], "this machine");
  inputs.topology = {"pack:2 core:64", 128, 2, 1};
  const nlohmann::json json = to_json(make_plan(asked({}), inputs));
  EXPECT_EQ(json["topology"]["source"], "pack:2 core:64");
  EXPECT_EQ(json["topology"]["cores"], 128);
  EXPECT_EQ(plan_from_json(json).topology.source, "pack:2 core:64");
}

TEST(PlanJson, ThatIsNoPlanIsASentence) {
  try {
    plan_from_json(nlohmann::json{{"suite", "x"}});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()).rfind("the journal's plan cannot be read: ", 0), 0U);
  }
}

TEST(PlanIsDeterministic, FromTheSameInputs) {
  EXPECT_EQ(to_json(planned({"--suite", "full"}, 8)).dump(),
            to_json(planned({"--suite", "full"}, 8)).dump());
}

TEST(Resume, IsRefusedInASentenceThatSaysWhatDiffers) {
  const Plan plan = planned({"--pairs", "1:1,2:2", "--seed", "1"});
  EXPECT_EQ(resume_refusal("night", plan, plan), "");
  EXPECT_EQ(resume_refusal("night", plan, planned({"--pairs", "1:1,2:2", "--seed", "2"})),
            "--resume 'night' has another plan: the seed is 1 in that run and 2 now; repeat the "
            "options of that run, or give --out to start a new one");
  const auto difference = [&plan](std::vector<std::string> arguments, int cpus = 2) {
    arguments.insert(arguments.end(), {"--seed", "1"});
    return plan_difference(plan, planned(arguments, cpus));
  };
  EXPECT_EQ(difference({"--suite", "quick"}), "the suite is custom in that run and quick now");
  EXPECT_EQ(difference({"--pairs", "1:1,2:2"}, 4),
            "the number of usable CPUs is 2 in that run and 4 now");
  EXPECT_EQ(difference({"--pairs", "1:1,2:2", "--pin", "none"}),
            "the binding is auto in that run and none now");
  EXPECT_EQ(difference({"--pairs", "1:1,2:1"}),
            "the point is '2:2 64B' in that run and '2:1 64B' now");
  EXPECT_EQ(difference({"--pairs", "1:1"}), "the number of points is 2 in that run and 1 now");
  EXPECT_EQ(difference({"--pairs", "1:1,2:2", "--strategies", "m=mutex_queue"}),
            "at '1:1 64B' the strategies are lockfree_queue, lockfree_spsc, mutex_queue, "
            "tbb_flow_graph, direct, floor, control in that run and m=mutex_queue, direct, floor, "
            "control now");
  EXPECT_EQ(
      difference({"--pairs", "1:1,2:2", "--incarnations", "9", "--budget", "20s"}).substr(0, 24),
      "the number of incarnatio");
  EXPECT_EQ(difference({"--pairs", "1:1,2:2", "--budget", "20s", "--slice", "900us",
                        "--incarnations", std::to_string(plan.incarnations)}),
            "at '1:1 64B' the slice length in ns is 1000000.0 in that run and 900000.0 now");
}

TEST(Resume, DoesNotMindOtherLimits) {
  const Plan plan = planned({"--pairs", "1:1"});
  EXPECT_EQ(plan_difference(plan, planned({"--pairs", "1:1", "--timeout", "3s"})), "");
  EXPECT_EQ(plan_difference(plan, planned({"--pairs", "1:1", "--memory", "1G"})), "");
}

bool is_permutation_of(std::vector<int> order, int n) {
  std::sort(order.begin(), order.end());
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return order == all;
}

TEST(Order, VisitsEveryPointOncePerPassAndDiffersBetweenPasses) {
  const Plan plan = planned({"--suite", "default"}, 8);
  const int n = static_cast<int>(plan.points.size());
  ASSERT_GT(n, 5);
  for (int pass = 0; pass < 8; ++pass) EXPECT_TRUE(is_permutation_of(visit_order(plan, pass), n));
  EXPECT_NE(visit_order(plan, 0), visit_order(plan, 1));
  EXPECT_EQ(visit_order(plan, 3), visit_order(plan, 3));
}

TEST(Order, IsTheSameOnEveryPlatform) {
  EXPECT_EQ(block_order(1, 0, 0, 0, 6), (std::vector<int>{5, 2, 1, 0, 3, 4}));
  EXPECT_EQ(block_order(1, 0, 0, 1, 6), (std::vector<int>{0, 5, 4, 1, 3, 2}));
  EXPECT_EQ(block_order(1, 0, 0, 0, 0), std::vector<int>{});
  EXPECT_EQ(block_order(1, 0, 0, 0, 1), std::vector<int>{0});
}

TEST(Order, EveryLifetimeOfACellHasALayoutOfItsOwnAndTheSameAgain) {
  std::set<std::uint32_t> seeds;
  for (int point = 0; point < 5; ++point) {
    for (int pass = 0; pass < 20; ++pass) {
      for (int cell = 0; cell < 10; ++cell) seeds.insert(layout_seed(7, point, pass, cell));
    }
  }
  EXPECT_EQ(seeds.size(), 1000U);
  EXPECT_TRUE(seeds.contains(layout_seed(7, 4, 19, 9)));
  EXPECT_FALSE(seeds.contains(layout_seed(8, 4, 19, 9)));
}

TEST(Order, OfBlocksIsFairAndDependsOnEveryKey) {
  int first[4] = {};
  for (int block = 0; block < 8000; ++block) {
    const auto order = block_order(7, 2, 3, block, 4);
    ASSERT_TRUE(is_permutation_of(order, 4));
    first[order[0]] += 1;
  }
  for (const int count : first) EXPECT_NEAR(count, 2000, 160);  // four standard deviations
  const auto base = block_order(7, 2, 3, 4, 12);
  EXPECT_NE(base, block_order(8, 2, 3, 4, 12));
  EXPECT_NE(base, block_order(7, 3, 3, 4, 12));
  EXPECT_NE(base, block_order(7, 2, 4, 4, 12));
  EXPECT_NE(base, block_order(7, 2, 3, 5, 12));
  EXPECT_EQ(base, block_order(7, 2, 3, 4, 12));
}

TEST(PlanTable, NamesPointsTotalsAndWhatWasDropped) {
  std::ostringstream out;
  print_plan(out, planned({"--pairs", "1:1,2:2,4:4", "--payload", "64", "--budget", "6s"}));
  const std::string text = out.str();
  for (const char* part : {"point", "cells", "slice", "blocks", "seconds", "1:1 64B", "32ms",
                           "oversubscribed", "unsupported: lockfree_spsc", "dropped 4:4 64B: needs",
                           "suite custom: 2 points, 8 incarnations, about ",
                           "of the budget of 6s\n2 usable CPUs, 2048 MiB of memory", "seed 42"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

}  // namespace
}  // namespace handoff
