#include "bench/results/mechanisms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "bench/cell/descriptor_json.h"
#include "bench/results/results.h"
#include "bench/results/verdict_table.h"
#include "bench/stats/interim_looks.h"
#include "tests/record_fixture.h"

namespace handoff {
namespace {

struct Made {
  const char* label;
  Carrier carrier;
  const char* structure;
  double ns;
  const char* origin = "ours";
};

/// One point of candidates as they would be at 2:2, and how long each takes for an item.
Plan plan_of(const std::vector<Made>& all) {
  Plan plan = testing::small_plan();
  plan.points.resize(1);
  PointPlan& point = plan.points[0];
  point.id = "2:2 100B";
  point.cells.clear();
  for (const Made& made : all) {
    CellPlan cell;
    cell.label = cell.strategy = made.label;
    cell.carrier = made.carrier;
    cell.structure = made.structure;
    cell.origin = made.origin;
    point.cells.push_back(cell);
  }
  point.between_run_sds.assign(all.size(), 0.06);
  return plan;
}

/// 8 incarnations of 20 blocks, in which every cell takes its time, give or take `noise` in a
/// pattern of its own from one incarnation to the next.
Json race_of(const Plan& plan, const std::vector<Made>& all, double noise = 0.005) {
  RunRecord record(plan);
  for (int pass = 0; pass < 8; ++pass) {
    for (int block = 0; block < 20; ++block) {
      std::vector<Json> rows;
      for (std::size_t cell = 0; cell < all.size(); ++cell) {
        const double moved = 1 + noise * std::sin(static_cast<double>(pass * (cell + 3)));
        rows.push_back(
            testing::slice_row_of(static_cast<int>(cell), 10 * all[cell].ns * moved, 100'000));
      }
      record.add(testing::block_line(0, pass, block, rows));
    }
    record.add({{"t", "pass"}, {"point", 0}, {"pass", pass}});
  }
  return make_results(plan, {{"dropped", Json::array()}}, record);
}
Json race_of(const std::vector<Made>& all) { return race_of(plan_of(all), all); }

const Json& mechanisms(const Json& results) { return results.at("points").at(0).at("mechanisms"); }

/// "carrier: a / b", in their order.
std::vector<std::string> named(const std::vector<Made>& all) {
  const Plan plan = plan_of(all);
  const PointPlan& point = plan.points[0];
  std::vector<std::string> names;
  for (const MechanismPair& pair : mechanism_pairs(point)) {
    names.push_back(std::string(pair.carrier ? "carrier: " : "structure: ") +
                    point.cells[static_cast<std::size_t>(pair.cell)].label + " / " +
                    point.cells[static_cast<std::size_t>(pair.to)].label);
  }
  return names;
}

const std::vector<Made> kField{{"pool", Carrier::kProcesses, "mpmc ring", 30},
                               {"mutex", Carrier::kThreads, "locked ring", 90},
                               {"mpmc", Carrier::kThreads, "mpmc ring", 20},
                               {"spsc", Carrier::kThreads, "spsc ring", 10}};

TEST(Mechanisms, PairWhatDiffersInCarrierOrInNeighbouringStructures) {
  EXPECT_EQ(named(kField),
            (std::vector<std::string>{"carrier: pool / mpmc", "structure: mutex / mpmc",
                                      "structure: mpmc / spsc"}));
}

TEST(Mechanisms, DoNotPairWhatDiffersInMoreThanOneThing) {
  EXPECT_EQ(
      named({{"a", Carrier::kProcesses, "mpmc ring", 1}, {"b", Carrier::kThreads, "spsc ring", 1}}),
      std::vector<std::string>{});
  EXPECT_EQ(named({{"a", Carrier::kThreads, "mpmc ring", 1},
                   {"b", Carrier::kThreads, "spsc ring", 1, "Boost 1.74"}}),
            std::vector<std::string>{});
  EXPECT_EQ(named({{"a", Carrier::kProcesses, "mpmc ring", 1},
                   {"b", Carrier::kThreads, "mpmc ring", 1, "Boost 1.74"}}),
            std::vector<std::string>{});
  EXPECT_EQ(
      named({{"a", Carrier::kThreads, "mpmc ring", 1}, {"b", Carrier::kThreads, "mpmc ring", 1}}),
      std::vector<std::string>{});
}

TEST(Mechanisms, LeaveOutWhatDoesNotSayWhatItIsMadeOf) {
  EXPECT_EQ(named({{"a", Carrier::kProcesses, "", 1}, {"b", Carrier::kThreads, "", 1}}),
            std::vector<std::string>{});
  EXPECT_EQ(named({{"a", Carrier::kProcesses, "mpmc ring", 1, ""},
                   {"b", Carrier::kThreads, "mpmc ring", 1, ""}}),
            std::vector<std::string>{});
  EXPECT_EQ(
      named({{"a", Carrier::kUnnamed, "mpmc ring", 1}, {"b", Carrier::kThreads, "mpmc ring", 1}}),
      std::vector<std::string>{});
  EXPECT_EQ(
      named({{"a", Carrier::kThreads, "a tree", 1}, {"b", Carrier::kThreads, "mpmc ring", 1}}),
      std::vector<std::string>{})
      << "an unknown structure has no neighbour";
}

TEST(Mechanisms, LeaveOutReferencesControlsAndWhatCannotRun) {
  for (const auto& spoil :
       std::vector<void (*)(CellPlan&)>{[](CellPlan& cell) { cell.role = Role::kReference; },
                                        [](CellPlan& cell) { cell.control = true; },
                                        [](CellPlan& cell) { cell.unsupported = "cannot"; },
                                        [](CellPlan& cell) { cell.waits_itself = true; },
                                        [](CellPlan& cell) { cell.owns_threads = true; }}) {
    Plan plan = plan_of({kField[0], kField[2]});
    ASSERT_EQ(mechanism_pairs(plan.points[0]).size(), 1U);
    spoil(plan.points[0].cells[0]);
    EXPECT_TRUE(mechanism_pairs(plan.points[0]).empty());
  }
}

TEST(Mechanisms, OfWhatBothWaitTheirOwnWayArePaired) {
  Plan plan =
      plan_of({{"forks", Carrier::kProcesses, "none", 1}, {"makes", Carrier::kThreads, "none", 1}});
  for (CellPlan& cell : plan.points[0].cells) cell.waits_itself = true;
  EXPECT_EQ(mechanism_pairs(plan.points[0]).size(), 1U);
}

TEST(Mechanisms, ThatAStrategyIsMadeOfDependOnThePoint) {
  const Descriptor& pool = *find_strategy("process_pool");
  EXPECT_EQ(structure_at(pool, {.producers = 1, .consumers = 1}), "spsc ring");
  EXPECT_EQ(structure_at(pool, {.producers = 2, .consumers = 1}), "mpmc ring");
  EXPECT_EQ(structure_at(*find_strategy("ring_mpmc"), {.producers = 1, .consumers = 1}),
            "mpmc ring");
}

TEST(Mechanisms, ThatAStrategyIsMadeOfOutliveTheJourneyOfPlanAndDescriptor) {
  Plan plan = plan_of(kField);
  plan.points[0].cells[0].family = Family::kProcessPool;
  const CellPlan cell = plan_from_json(to_json(plan)).points.at(0).cells.at(0);
  EXPECT_EQ(cell.family, Family::kProcessPool);
  EXPECT_EQ(cell.carrier, Carrier::kProcesses);
  EXPECT_EQ(cell.structure, "mpmc ring");
  EXPECT_EQ(cell.origin, "ours");
  for (const Family family : kFamilies) {
    for (const Carrier carrier : kCarriers) {
      Descriptor descriptor;
      descriptor.family = family;
      descriptor.carrier = carrier;
      const Descriptor back = descriptor_from(descriptor_json(descriptor));
      EXPECT_EQ(back.family, family);
      EXPECT_EQ(back.carrier, carrier);
    }
  }
}

TEST(Mechanisms, AreNamedInWordsWithTheirRatio) {
  const Json results = race_of(kField);
  ASSERT_EQ(mechanisms(results).size(), 3U);
  const Json& carrier = mechanisms(results)[0];
  EXPECT_EQ(carrier.at("what"), "carrier");
  EXPECT_EQ(carrier.at("label"), "pool");
  EXPECT_EQ(carrier.at("to"), "mpmc");
  EXPECT_NEAR(carrier.at("median"), 1.5, 0.01);
  EXPECT_LT(carrier.at("lo"), carrier.at("within").at("lo")) << "widened for other runs";
  EXPECT_EQ(carrier.at("incarnations"), 8);
  EXPECT_EQ(carrier.at("verdict"), "told apart");
  const std::string said = carrier.at("sentence");
  EXPECT_TRUE(said.starts_with("pool / mpmc at 2:2 100B: the same mpmc ring costs 1.50× ["))
      << said;
  EXPECT_TRUE(said.ends_with("] in processes instead of threads: told apart")) << said;
  const std::string structure = mechanisms(results)[1].at("sentence");
  EXPECT_TRUE(structure.starts_with(
      "mutex / mpmc at 2:2 100B: locked ring instead of mpmc ring costs 4.50× ["))
      << structure;
  EXPECT_TRUE(structure.ends_with("] in threads: told apart")) << structure;
}

PairEstimate pair_of(double value, double lo, double hi, int incarnations = 8) {
  PairEstimate pair;
  pair.typical = {value, lo, hi};
  pair.overall = pair.typical;
  pair.incarnations = incarnations;
  return pair;
}

TEST(Mechanisms, AreEqualWithinTenPercentToldApartOrUndecided) {
  EXPECT_EQ(mechanism_verdict(pair_of(1.03, 0.98, 1.09), {}), "equal");
  EXPECT_EQ(mechanism_verdict(pair_of(1.05, 1.03, 1.08), {}), "equal");
  EXPECT_EQ(mechanism_verdict(pair_of(1.03, 0.90, 1.09), {}), "undecided");
  EXPECT_EQ(mechanism_verdict(pair_of(1.05, 1.00, 1.12), {}), "undecided");
  EXPECT_EQ(mechanism_verdict(pair_of(1.10, 1.05, 1.16), {}), "told apart");
  EXPECT_EQ(mechanism_verdict(pair_of(0.5, 0.4, 0.6), {}), "told apart");
  EXPECT_EQ(mechanism_verdict(pair_of(1.0, 0.99, 1.01, 7), {}), "undecided");
  PairEstimate stalls = pair_of(2, 1.9, 2.1);
  stalls.overall = {0.8, 0.7, 0.9};
  EXPECT_EQ(mechanism_verdict(stalls, {}), "depends on stalls");
}

TEST(Mechanisms, AreCorrectedForTheirNumber) {
  const std::vector<Made> two{kField[0], kField[2]};
  const auto width = [](const Json& one) {
    return std::log(one.at("within").at("hi").get<double>() /
                    one.at("within").at("lo").get<double>());
  };
  const Json alone = race_of(two);
  std::vector<Made> three = two;
  three.push_back({"mutex", Carrier::kThreads, "locked ring", 90});
  const Json beside = race_of(three);
  ASSERT_EQ(mechanisms(beside).size(), 2U);
  EXPECT_GT(width(mechanisms(beside)[0]), 1.1 * width(mechanisms(alone)[0]));
}

TEST(Mechanisms, OfACellThatALookHasDroppedSpendWhatThatLookSpends) {
  PointSamples samples(8);
  for (IncarnationSamples& incarnation : samples) {
    incarnation.push_back({{.cell = 0, .elapsed_ns = 1e6, .items = 1000},
                           {.cell = 1, .elapsed_ns = 2e6, .items = 1000},
                           {.cell = 2, .elapsed_ns = 3e6, .items = 1000}});
  }
  EstimateOptions options;
  options.alpha_share = 0.25;
  options.dropped_by = {-1, 2, 1};
  const auto pairs = estimate_named_pairs(samples, 3, {{1, 0}, {2, 1}, {0, 0}}, {}, options);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_NEAR(pairs[0].typical.value, 2, 1e-9);
  EXPECT_TRUE(pairs[0].closed);
  EXPECT_DOUBLE_EQ(pairs[0].confidence, 1 - 0.05 / 3 * look_share(2));
  EXPECT_DOUBLE_EQ(pairs[1].confidence, 1 - 0.05 / 3 * look_share(1)) << "the earlier one";
  EXPECT_FALSE(pairs[2].closed);
  EXPECT_DOUBLE_EQ(pairs[2].confidence, 1 - 0.05 / 3 * 0.25);
}

TEST(Mechanisms, OfACellThatFailedAreNotShown) {
  const Plan plan = plan_of(kField);
  RunRecord record(plan);
  record.add({{"t", "fail"},
              {"point", 0},
              {"pass", 0},
              {"cell", 0},
              {"verdict", "lost"},
              {"reason", "lost 1"}});
  const Json made = make_results(plan, {}, record);
  EXPECT_TRUE(mechanisms(made).empty());
}

TEST(Mechanisms, AreALineAPairUnderTheTables) {
  const Json results = race_of(kField);
  std::ostringstream out;
  print_verdicts(out, results);
  const std::string text = out.str();
  const auto heading = text.find("What the mechanism costs\n  pool / mpmc at 2:2 100B: the same");
  EXPECT_NE(heading, std::string::npos) << text;
  EXPECT_GT(heading, text.find("winner"));
  EXPECT_EQ(mechanism_lines(results).size(), 3U);
}

TEST(Mechanisms, OfSeveralPointsAreFoldedToTheirRange) {
  Json results = race_of(kField);
  Json other = results["points"][0];
  other["id"] = "4:4 8B";
  for (Json& one : other["mechanisms"]) {
    one["median"] = 1.0;
    one["verdict"] = "equal";
  }
  results["points"].push_back(other);
  const std::vector<std::string> lines = mechanism_lines(results);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "pool / mpmc: the same mpmc ring costs 1.00× (4:4 8B) to 1.50× (2:2 100B) in processes "
            "instead of threads; told apart at 1, equal within 10 % at 1 of 2 points");
}

TEST(Mechanisms, AreLeftOutWhereThereAreNone) {
  const Json results = race_of({kField[0]});
  EXPECT_TRUE(mechanism_lines(results).empty());
  std::ostringstream out;
  print_verdicts(out, results);
  EXPECT_EQ(out.str().find("mechanism"), std::string::npos);
}

}  // namespace
}  // namespace handoff
