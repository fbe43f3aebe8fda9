// Comparisons of stored results, and what is exported.
#include "bench/gate/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "bench/export/export.h"
#include "bench/gate/comparison_table.h"
#include "bench/gate/gate.h"

namespace handoff {
namespace {

GatePoint judged(GateVerdict verdict) {
  GatePoint point;
  point.estimate.verdict = verdict;
  return point;
}

TEST(GateExit, Is2ForARegressionElse3WhereItCannotTellElse0) {
  const GatePoint none = judged(GateVerdict::kNone), slower = judged(GateVerdict::kRegression),
                  open = judged(GateVerdict::kUndecided);
  EXPECT_EQ(gate_exit({none, none}), 0);
  EXPECT_EQ(gate_exit({none, open}), 3);
  EXPECT_EQ(gate_exit({open, slower, none}), 2);
}

TEST(GateExit, OfAPointThatFailedDependsOnWhoFailed) {
  GatePoint heads = judged(GateVerdict::kNone), bases = heads, unsupported = heads;
  heads.failed = "head: lost";
  heads.heads_failure = true;
  bases.failed = "base: lost";
  unsupported.failed = "base: unsupported";
  unsupported.unsupported = true;
  EXPECT_EQ(gate_exit({heads}), 2);
  EXPECT_EQ(gate_exit({bases}), 3);
  EXPECT_EQ(gate_exit({unsupported}), 0);
}

Json interval(const char* key, double value, double half) {
  return {{key, value}, {"lo", value * std::exp(-half)}, {"hi", value * std::exp(half)}};
}

/// A run at one point with these times of its cells; the first leads.
Json run_of(const std::vector<std::pair<std::string, double>>& cells) {
  Json point{{"id", "1:1 64B"},
             {"workload",
              {{"producers", 1},
               {"consumers", 1},
               {"payload", 64},
               {"capacity", 1024},
               {"transfer", "copy"}}},
             {"binding", {{"cpus", {0, 1}}}},
             {"slice_ns", 1e6},
             {"leader", cells.front().first},
             {"cells", Json::array()},
             {"ratios", Json::array()}};
  for (const auto& [label, ns] : cells) {
    point["cells"].push_back({{"label", label},
                              {"strategy", label},
                              {"role", "candidate"},
                              {"verdict", "delivered"},
                              {"reason", ""},
                              {"ns_per_item", interval("median", ns, 0.05)},
                              {"overall_ns_per_item", interval("value", ns, 0.05)},
                              {"items_per_second", 1e9 / ns},
                              {"slices", 100},
                              {"incarnations", 8},
                              {"items", 1000}});
    if (label == cells.front().first) continue;
    Json ratio = interval("median", ns / cells.front().second, 0.01);
    ratio["label"] = label;
    ratio["to"] = cells.front().first;
    ratio["verdict"] = "slower";
    point["ratios"].push_back(ratio);
  }
  return {{"schema", 2},
          {"context",
           {{"pin", "auto"},
            {"environment", {{"host", {{"host_id", "a"}}}, {"build", {{"compiler", "gcc"}}}}}}},
          {"points", {point}}};
}

const Json kBase = run_of({{"a", 100}, {"b", 200}, {"c", 300}, {"d", 400}, {"e", 500}});

Json change_of(const Json& comparison, const std::string& label) {
  for (const Json& change : comparison.at("changes")) {
    if (change.at("label") == label) return change;
  }
  return nullptr;
}

TEST(Compare, FindsTheOneThatChangedOnAMachineThatIsAltogetherSlower) {
  const Json head = run_of({{"a", 200}, {"b", 400}, {"c", 750}, {"d", 800}, {"e", 1000}});
  const Json made = compare_runs(kBase, head, "base", "head", false);
  EXPECT_EQ(made.at("verdict"), "compared");
  EXPECT_NEAR(change_of(made, "c").at("ratio").at("median"), 1.25, 1e-6);
  EXPECT_EQ(change_of(made, "c").at("verdict"), "slower");
  for (const char* same : {"a", "b", "d", "e"}) {
    EXPECT_NEAR(change_of(made, same).at("ratio").at("median"), 1, 1e-6) << same;
    EXPECT_NE(change_of(made, same).at("verdict"), "slower") << same;
  }
}

TEST(Compare, FindsTheLeaderThatChangedAndNotAllOthers) {
  const Json head = run_of({{"a", 130}, {"b", 200}, {"c", 300}, {"d", 400}, {"e", 500}});
  const Json made = compare_runs(kBase, head, "base", "head", false);
  EXPECT_NEAR(change_of(made, "a").at("ratio").at("median"), 1.3, 1e-6);
  EXPECT_EQ(change_of(made, "a").at("verdict"), "slower");
  EXPECT_NEAR(change_of(made, "b").at("ratio").at("median"), 1, 1e-6);
}

TEST(Compare, IsAsUncertainAsBothRunsTogether) {
  const Json head = run_of({{"a", 100}, {"b", 200}, {"c", 375}, {"d", 400}, {"e", 500}});
  const auto half_of_c = [](const Json& made) {
    const Json ratio = change_of(made, "c").at("ratio");
    return std::log(ratio.at("hi").get<double>() / ratio.at("lo").get<double>()) / 2;
  };
  EXPECT_NEAR(half_of_c(compare_runs(kBase, head, "base", "head", false)), std::hypot(0.01, 0.01),
              1e-9);
  const auto widened = [](Json run) {  // what was known within 1 % is known within 30 %
    for (Json& ratio : run["points"][0]["ratios"]) {
      const double median = ratio.at("median");
      ratio["lo"] = median * std::exp(-0.3);
      ratio["hi"] = median * std::exp(0.3);
    }
    return run;
  };
  for (const auto& [base, other] : {std::pair{widened(kBase), head}, {kBase, widened(head)}}) {
    const Json made = compare_runs(base, other, "base", "head", false);
    EXPECT_NEAR(half_of_c(made), std::hypot(0.01, 0.3), 1e-9);
    EXPECT_EQ(change_of(made, "c").at("verdict"), "undecided");
  }
}

TEST(Compare, OfTwoCellsIsOfTimesAndSaysSo) {
  const Json made = compare_runs(run_of({{"a", 100}, {"b", 200}}), run_of({{"a", 150}, {"b", 300}}),
                                 "base", "head", false);
  EXPECT_NEAR(change_of(made, "a").at("ratio").at("median"), 1.5, 1e-6);
  ASSERT_EQ(made.at("notes").size(), 1U);
  EXPECT_NE(made.at("notes")[0].get<std::string>().find("come from the state of the machine"),
            std::string::npos);
}

TEST(Compare, RefusesOtherHostsBindingsAndWorkloadsUnlessToldTo) {
  const std::pair<const char*, const char*> changed[] = {
      {"/context/environment/host/host_id", "the host is a in base and b in head"},
      {"/context/environment/build/compiler", "the compiler is gcc in base and b in head"},
      {"/context/pin", "the binding is auto in base and b in head"}};
  for (const auto& [pointer, sentence] : changed) {
    Json head = kBase;
    head[Json::json_pointer(pointer)] = "b";
    const Json made = compare_runs(kBase, head, "base", "head", false);
    EXPECT_EQ(made.at("verdict"), "not comparable");
    EXPECT_EQ(made.at("reason"), sentence);
    EXPECT_TRUE(made.at("changes").empty());
    const Json anyway = compare_runs(kBase, head, "base", "head", true);
    EXPECT_EQ(anyway.at("verdict"), "compared");
    EXPECT_EQ(anyway.at("changes").size(), 5U);
    EXPECT_FALSE(anyway.at("notes").empty());
  }
  Json head = kBase;
  head["points"][0]["workload"]["capacity"] = 64;
  EXPECT_EQ(compare_runs(kBase, head, "", "", false).at("verdict"), "not comparable");
  head["points"][0]["id"] = "1:1 8B";
  EXPECT_EQ(compare_runs(kBase, head, "", "", false).at("reason"),
            "the runs have no point in common");
}

TEST(Compare, NamesCellsThatAreNewGoneOrFailNow) {
  Json head = run_of({{"a", 100}, {"b", 200}, {"c", 300}, {"d", 400}, {"new", 1}});
  Json& failing = head["points"][0]["cells"][1];
  failing["verdict"] = "lost";
  failing["reason"] = "1 item";
  failing["ns_per_item"] = nullptr;
  const Json made = compare_runs(kBase, head, "base", "head", false);
  EXPECT_EQ(change_of(made, "new").at("verdict"), "new");
  EXPECT_EQ(change_of(made, "e").at("verdict"), "gone");
  EXPECT_EQ(change_of(made, "b").at("verdict"), "failed");
  EXPECT_EQ(change_of(made, "b").at("reason"), "delivered before, now lost 1 item");
}

Json with_failure() {
  Json results = kBase;
  Json& cell = results["points"][0]["cells"][1];
  cell["verdict"] = "lost";
  cell["reason"] = "item <3> of \"producer 0\", & more";
  cell["ns_per_item"] = cell["overall_ns_per_item"] = cell["items_per_second"] = nullptr;
  return results;
}

std::string exported(void (*write)(std::ostream&, const ExportInput&), const Json& results) {
  std::ostringstream out;
  write(out, {results, {}});
  return out.str();
}

TEST(Export, OfNumbersLeavesOutWhatFailed) {
  const Json bigger = Json::parse(exported(export_bigger_is_better, with_failure()));
  ASSERT_EQ(bigger.size(), 4U);
  for (const Json& entry : bigger) EXPECT_NE(entry.at("name"), "1:1 64B / b");
  EXPECT_EQ(bigger[0].at("unit"), "items/s");
  EXPECT_EQ(bigger[0].at("value"), 1e7);
  const Json bmf = Json::parse(exported(export_bmf, with_failure()));
  EXPECT_EQ(bmf.size(), 4U);
  const Json& latency = bmf.at("1:1 64B / a").at("latency");
  EXPECT_LT(latency.at("lower_value"), latency.at("value"));
  EXPECT_GT(latency.at("upper_value"), latency.at("value"));
  const Json& throughput = bmf.at("1:1 64B / a").at("throughput");
  EXPECT_LT(throughput.at("lower_value"), throughput.at("value"));
}

TEST(Export, AsJunitShowsWhatFailedAsAFailedTest) {
  const std::string xml = exported(export_junit, with_failure());
  EXPECT_NE(xml.find("tests=\"5\" failures=\"1\" skipped=\"0\""), std::string::npos) << xml;
  EXPECT_NE(xml.find("<failure type=\"lost\" message=\"item &lt;3&gt; of &quot;producer 0&quot;, "
                     "&amp; more\"/>"),
            std::string::npos)
      << xml;
}

Json gate_of(const std::string& verdict, bool regression) {
  return {{"schema", 2},
          {"kind", "gate"},
          {"verdict", regression ? "regression" : verdict},
          {"reason", ""},
          {"margin", 0.02},
          {"confidence", 0.95},
          {"threshold", 0.05},
          {"base", {{"name", "b"}}},
          {"head", {{"name", "h"}}},
          {"control", interval("median", 1.01, 0.02)},
          {"changes",
           {{{"point", "1:1 64B"},
             {"label", "q"},
             {"strategy", "q"},
             {"ratio", interval("median", 1.2, 0.02)},
             {"verdict", verdict},
             {"regression", regression},
             {"reason", ""}}}}};
}

TEST(Export, OfAComparisonShowsRegressionsAsFailedTests) {
  EXPECT_NE(
      exported(export_junit, gate_of("regression", true)).find("<failure type=\"regression\""),
      std::string::npos);
  EXPECT_NE(exported(export_junit, gate_of("undecided", false)).find("<skipped"),
            std::string::npos);
  EXPECT_EQ(exported(export_junit, gate_of("none", false)).find("<failure"), std::string::npos);
  EXPECT_NE(exported(export_junit, gate_of("failed", false)).find("<failure type=\"failed\""),
            std::string::npos)
      << "it delivered before and does not now";
}

TEST(Export, OfAComparisonAsMarkdownSaysItInOneSentence) {
  const std::string text = exported(export_markdown, gate_of("regression", true));
  EXPECT_NE(text.find("REGRESSION in 1 of 1 comparison"), std::string::npos) << text;
  EXPECT_NE(text.find("identical code differed by up to 1.0 % in this run"), std::string::npos)
      << text;
}

TEST(ComparisonSentence, SaysWhatAGateFound) {
  EXPECT_EQ(comparison_sentence(gate_of("none", false)),
            "no regression of 5 % or more in 1 comparison");
  EXPECT_EQ(comparison_sentence(gate_of("undecided", false)),
            "undecided in 1 of 1 comparison: a larger --budget or a quieter machine may decide");
}

TEST(Export, OfChangesAsCsvQuotesWhatNeedsIt) {
  Json gate = gate_of("failed", false);
  gate["changes"][0]["ratio"] = nullptr;
  gate["changes"][0]["reason"] = "lost: \"3\", 4";
  const std::string csv = exported(export_changes_csv, gate);
  EXPECT_NE(csv.find("1:1 64B,q,q,,,,failed,false,\"lost: \"\"3\"\", 4\"\r\n"), std::string::npos)
      << csv;
}

}  // namespace
}  // namespace handoff
