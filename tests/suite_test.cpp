#include "bench/suite/suite.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace handoff {
namespace {

std::string refused(std::string_view text) {
  try {
    parse_suite(text, "mine.toml");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

std::vector<std::string> pairs_on(const char* word, int cpus) {
  std::vector<std::string> texts;
  for (const AskedPair& pair : expand_pairs(std::vector{parse_pair("--pairs", word)}, cpus)) {
    texts.push_back(std::to_string(pair.producers) + ":" + std::to_string(pair.consumers));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Suites, QuickDefaultAndFullComeWithHandoff) {
  EXPECT_EQ(suite_names(), (Texts{"quick", "default", "full"}));
  EXPECT_TRUE(suite_text("other").empty());
  const double budgets[] = {25, 120, 900};
  for (std::size_t i = 0; i < 3; ++i) {
    const Suite suite = parse_suite(suite_text(suite_names()[i]), suite_names()[i]);
    EXPECT_EQ(suite.budget_s, budgets[i]);
    EXPECT_TRUE(suite.strategies.empty());
    ASSERT_FALSE(suite.groups.empty());
    const Workload first = expand_axes(suite.groups[0], 8).at(0);
    EXPECT_EQ(first, Workload{}) << "1:1 64 B comes first";
  }
}

TEST(Suites, FullCoversSizesCapacitiesAndBothTransfers) {
  std::vector<std::uint32_t> payloads, capacities;
  bool moved = false, copied = false;
  for (const Axes& group : parse_suite(suite_text("full"), "full").groups) {
    for (const Workload& workload : expand_axes(group, 4)) {
      payloads.push_back(workload.payload);
      capacities.push_back(workload.capacity);
      (workload.transfer == Transfer::kMove ? moved : copied) = true;
    }
  }
  for (const std::uint32_t payload : {8U, 64U, 256U, 1024U, 4096U, 65536U, 1U << 20U}) {
    EXPECT_NE(std::find(payloads.begin(), payloads.end(), payload), payloads.end()) << payload;
  }
  for (const std::uint32_t capacity : {1U, 64U, 1024U}) {
    EXPECT_NE(std::find(capacities.begin(), capacities.end(), capacity), capacities.end());
  }
  EXPECT_TRUE(moved && copied);
}

TEST(Pairs, FollowTheUsableCpus) {
  EXPECT_EQ(pairs_on("auto", 1), (Texts{"1:1", "4:4"}));
  EXPECT_EQ(pairs_on("auto", 2), (Texts{"1:1", "2:2", "2:1", "1:2", "4:4"}));
  EXPECT_EQ(pairs_on("auto", 6), (Texts{"1:1", "2:2", "2:1", "1:2", "4:4", "4:1", "1:4", "12:12"}));
  EXPECT_EQ(pairs_on("symmetric", 8), (Texts{"2:2", "4:4", "8:8"}));
  EXPECT_EQ(pairs_on("symmetric", 1), Texts{});
  EXPECT_EQ(pairs_on("many-to-one", 8), (Texts{"2:1", "4:1", "8:1"}));
  EXPECT_EQ(pairs_on("one-to-many", 4), (Texts{"1:2", "1:4"}));
  EXPECT_EQ(pairs_on("oversubscribed", 64), (Texts{"128:128"}));
  EXPECT_EQ(pairs_on("oversubscribed", 4096), (Texts{"1024:1024"}));
  EXPECT_EQ(pairs_on("3:5", 1), (Texts{"3:5"}));
}

TEST(Pairs, ComeWithTheMostTellingFirst) {
  EXPECT_EQ(pairs_on("symmetric", 128),
            (Texts{"2:2", "64:64", "8:8", "4:4", "16:16", "32:32", "128:128"}));
  EXPECT_EQ(pairs_on("many-to-one", 100), (Texts{"2:1", "32:1", "8:1", "4:1", "16:1", "64:1"}));
}

TEST(SuiteFile, TopLevelAxesAreDefaultsOfTheSections) {
  const Suite suite = parse_suite(
      "# mine\n"
      "budget = \"30s\"   # short\n"
      "payload = [64, \"4K\"]\n"
      "producers = 2\n"
      "strategies = [\"a=mutex_queue\", \"lockfree_queue\"]\n"
      "pin = \"0,1\"\n"
      "[one]\n"
      "pairs = [\"1:1\",\n   \"4:2\"]  # two lines\n"
      "[two]\n"
      "payload = 8\n"
      "transfer = [\"copy\", \"move\"]\n",
      "mine.toml");
  EXPECT_EQ(suite.budget_s, 30);
  EXPECT_EQ(suite.pin, "0,1");
  ASSERT_EQ(suite.strategies.size(), 2U);
  EXPECT_EQ(suite.strategies[0].label, "a");
  ASSERT_EQ(suite.groups.size(), 2U);
  EXPECT_EQ(expand_axes(suite.groups[0], 2).size(), 4U);
  const auto second = expand_axes(suite.groups[1], 2);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].producers, 2U);
  EXPECT_EQ(second[0].payload, 8U);
  EXPECT_EQ(second[1].transfer, Transfer::kMove);
}

TEST(SuiteFile, WithoutSectionsIsOneGroup) {
  const Suite suite = parse_suite("pairs = \"auto\"\ncapacity = 16\n", "mine.toml");
  ASSERT_EQ(suite.groups.size(), 1U);
  EXPECT_EQ(expand_axes(suite.groups[0], 2).size(), 5U);
  EXPECT_EQ(expand_axes(parse_suite("", "empty").groups.at(0), 2).size(), 1U);
}

TEST(SuiteFile, SectionsKeepTheirOrder) {
  const Suite suite = parse_suite("[z]\npayload = 8\n[a]\npayload = 16\n", "mine.toml");
  ASSERT_EQ(suite.groups.size(), 2U);
  EXPECT_EQ(suite.groups[0].payload[0], 8U);
}

TEST(SuiteFile, ReadsEverySetting) {
  const Suite suite = parse_suite(
      "slice = \"2ms\"\nincarnations = 16\nseed = 9\ntimeout = \"5s\"\nmemory = \"1G\"\n", "mine");
  EXPECT_EQ(suite.slice_s, 2e-3);
  EXPECT_EQ(suite.incarnations, 16);
  EXPECT_EQ(suite.seed, 9U);
  EXPECT_EQ(suite.timeout_s, 5);
  EXPECT_EQ(suite.memory_bytes, 1U << 30U);
}

TEST(SuiteFile, MistakesAreSentencesThatNameTheFile) {
  EXPECT_EQ(refused("paylod = 8\n"), "mine.toml: unknown key 'paylod'; did you mean 'payload'?");
  EXPECT_EQ(refused("[a]\npaylod = 8\n"),
            "mine.toml: unknown key 'paylod'; did you mean 'payload'?");
  EXPECT_EQ(refused("[a]\npayload = \"4X\"\n"),
            "mine.toml: a.payload '4X' is not a size; write bytes, or a number with K, M or G, "
            "such as 64 or 64K");
  EXPECT_EQ(refused("[a]\nbudget = \"2s\"\n"),
            "mine.toml: a.budget applies to the whole run; move it above the first [section]");
  EXPECT_EQ(refused("payload = 8\nseed = 1\npayload = 16\n"),
            "mine.toml: payload is given twice; delete one of them");
  EXPECT_EQ(refused("[a]\npairs = \"1:1\"\nproducers = 2\n"),
            "mine.toml: a.producers and pairs exclude each other; give either pairs, or producers "
            "with consumers");
  EXPECT_EQ(refused("payload\n"),
            "mine.toml, line 1: 'payload' is neither a [section] nor key = value");
  EXPECT_EQ(refused("\npayload = [8,\n64\n"),
            "mine.toml, line 2: the list that begins here is not closed by ]");
  EXPECT_EQ(refused("[Default]\npayload = 8\n"),
            "mine.toml, line 1: a section cannot be called default; give it another name");
  EXPECT_EQ(refused("pin = \"none\n"), "mine.toml, line 1: the quote \" is not closed");
  EXPECT_EQ(refused("seed = [1, 2]\n"), "mine.toml: seed takes one value, but 2 are given");
  EXPECT_EQ(refused("payload =\n"), "mine.toml: payload has no value; give one, or delete the key");
  EXPECT_EQ(refused("payload = []\n"),
            "mine.toml: payload has no value; give one, or delete the key");
}

TEST(Values, SizesAndDurationsAreWrittenAsPeopleReadThem) {
  EXPECT_EQ(size_text(8), "8B");
  EXPECT_EQ(size_text(1000), "1000B");
  EXPECT_EQ(size_text(65536), "64KiB");
  EXPECT_EQ(size_text(1 << 20), "1MiB");
  EXPECT_EQ(duration_text(1e-3), "1ms");
  EXPECT_EQ(duration_text(0.0325), "32.5ms");
  EXPECT_EQ(duration_text(120), "120s");
  EXPECT_EQ(duration_text(900), "15m");
  EXPECT_EQ(parse_size("x", "64kib", 8, 1 << 20), 65536U);
  EXPECT_EQ(parse_size("x", "64KB", 8, 1 << 20), 65536U);
  EXPECT_DOUBLE_EQ(parse_duration_s("x", "1.5m", 0, 1000), 90);
  EXPECT_DOUBLE_EQ(parse_duration_s("x", "100us", 100e-6, 60), 1e-4) << "the least is in range";
}

TEST(SuiteFile, GivesAGroupMoreIncarnationsThanTheRest) {
  const Suite suite =
      parse_suite("[first]\npairs = \"1:1\"\nincarnations = 16\n[rest]\npairs = \"2:2\"\n", "mine");
  ASSERT_EQ(suite.groups.size(), 2U);
  EXPECT_EQ(suite.groups[0].incarnations, 16);
  EXPECT_FALSE(suite.groups[1].incarnations.has_value());
  EXPECT_FALSE(suite.incarnations.has_value()) << "that would hold for the whole run";
  EXPECT_THROW(parse_suite("[first]\nincarnations = 0\n", "mine"), UsageError);
}

}  // namespace
}  // namespace handoff
