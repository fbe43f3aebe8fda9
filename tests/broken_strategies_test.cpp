// Each broken strategy (tests/broken/) gets its exact verdict, with the ids named.
#include <gtest/gtest.h>

#include <string>

#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::expect_outcome;
using testing::kTimeout;
using testing::outcome_of;

constexpr const char* kVictimName = R"(\(slice 3 producer 0 sequence 100\))";

TEST(BrokenStrategy, ThatLosesAnItemIsLost) {
  expect_outcome(outcome_of("broken_loses_one"), CellVerdict::kLost,
                 std::string("slice 3: lost 1 ") + kVictimName);
}

TEST(BrokenStrategy, ThatDoublesAnItemIsDuplicated) {
  expect_outcome(outcome_of("broken_doubles_one"), CellVerdict::kDuplicated,
                 std::string("slice 3: duplicated 1 ") + kVictimName + "");
}

TEST(BrokenStrategy, ThatSwapsTwoItemsOfAProducerIsReordered) {
  expect_outcome(outcome_of("broken_swaps_two"), CellVerdict::kReordered,
                 std::string("slice 3: overtaken 1 ") + kVictimName);
}

TEST(BrokenStrategy, ThatLosesOneItemAndDoublesAnotherIsLostAndNamesBoth) {
  expect_outcome(outcome_of("broken_loses_one_doubles_another"), CellVerdict::kLost,
                 std::string("slice 3: lost 1 ") + kVictimName +
                     R"(; duplicated 1 \(slice 3 producer 0 sequence 200\))");
}

TEST(BrokenStrategy, ThatAltersAByteIsCorrupted) {
  expect_outcome(outcome_of("broken_alters_one_byte"), CellVerdict::kCorrupted,
                 std::string("slice 3: altered 1 ") + kVictimName + "; lost 1 " + kVictimName);
}

TEST(BrokenStrategy, ThatAltersAByteOfTheIdIsCorrupted) {
  expect_outcome(
      outcome_of("broken_alters_one_byte", {.payload = 8}), CellVerdict::kCorrupted,
      std::string("slice 3: unreadable 1 \\(first word 0x[0-9a-f]{16}\\); lost 1 ") + kVictimName);
}

TEST(BrokenStrategy, ThatDeliversAnItemOfTheSliceBeforeIsStale) {
  expect_outcome(outcome_of("broken_delivers_stale"), CellVerdict::kStale,
                 R"(slice 3: of an earlier slice 1 \(slice 2 producer 0 sequence 100\))");
}

/// The outcome of the first slice: these cheat from the beginning.
CellOutcome cheat(const char* strategy, const Workload& workload) {
  CellProcess cell(testing::open_request(strategy, workload), kTimeout);
  const CellOutcome opened = cell.opened();
  return opened.good() ? cell.slice(1, 20'000, testing::kNeverCut).outcome : opened;
}

TEST(BrokenStrategy, ThatAcceptsInTheProducersThreadHasHandedNothingOver) {
  for (const std::uint32_t payload : {8U, 64U, 1000U}) {
    expect_outcome(
        cheat("broken_accepts_inline", {.payload = payload}), CellVerdict::kNotHandedOver,
        R"(slice 1: accepted by the thread that drew it [0-9]+ \(slice 1 producer 0 .*)");
  }
}

TEST(BrokenStrategy, ThatKeepsMoreThanTheCapacityIsOverfull) {
  for (const std::uint32_t threads : {1U, 3U}) {
    for (const std::uint32_t capacity : {16U, 200U}) {
      const Workload workload{.producers = threads, .consumers = threads, .capacity = capacity};
      expect_outcome(cheat("broken_keeps_ten_times_as_many", workload), CellVerdict::kOverfull,
                     "slice 1: [0-9]+ items under way at once, at most " +
                         std::to_string(capacity + 2 * threads) + " by the capacity of " +
                         std::to_string(capacity) + " and " + std::to_string(2 * threads) +
                         " threads");
    }
  }
}

TEST(BrokenStrategy, ThatReadsAndWritesInPlaceUnderCopyIsAWrongTransfer) {
  for (const std::uint32_t payload : {8U, 64U, 1000U}) {
    const Workload workload{.payload = payload, .transfer = Transfer::kCopy};
    expect_outcome(cheat("broken_copies_nothing", workload), CellVerdict::kWrongTransfer,
                   "slice 1: not accepted in the consumer's own buffer 20000 .*; "
                   "20000 not made in the producer's own buffer");
  }
}

TEST(BrokenStrategy, ThatCrashesIsCrashedByItsSignal) {
  expect_outcome(outcome_of("broken_crashes"), CellVerdict::kCrashed,
                 R"(killed by SIGSEGV \(Segmentation fault\) in the middle of a slice: )"
                 "20 items accepted by then");
}

TEST(BrokenStrategy, ThatHangsIsHung) {
  expect_outcome(outcome_of("broken_hangs", {.payload = 64}, 5), CellVerdict::kHung,
                 "no progress for 5 s in the middle of a slice: 20 items accepted by then");
}

TEST(BrokenStrategy, ThatExitsIsCrashedWithItsStatus) {
  expect_outcome(outcome_of("broken_exits"), CellVerdict::kCrashed,
                 "exited with status 0 in the middle of a slice: 20 items accepted by then");
}

TEST(BrokenStrategy, ThatAbandonsAProcessIsLeaked) {
  expect_outcome(outcome_of("broken_abandons_grandchild", {.payload = 64}, kTimeout, 3),
                 CellVerdict::kLeaked, R"(left processes behind: [0-9]+ \(handoff-cell\))");
}

TEST(BrokenStrategy, ThatStopsDrawingIsLost) {
  expect_outcome(outcome_of("broken_stops_early"), CellVerdict::kLost,
                 R"(slice 3: lost 44 \(slice 3 producer 0 sequence 2[0-9], .*, …\); )"
                 "stopped after drawing 64 of 1000 items");
}

TEST(BrokenStrategy, ThatThrowsIsCrashedWithItsWords) {
  expect_outcome(outcome_of("broken_throws"), CellVerdict::kCrashed, "the queue is out of order");
}

TEST(BrokenStrategy, ThatCannotBeConstructedIsCrashedWithItsWords) {
  expect_outcome(outcome_of("broken_constructor_throws"), CellVerdict::kCrashed,
                 "the strategy could not be constructed: the queue cannot be built");
}

TEST(BrokenStrategy, ThatPushesTooLittlePoisonIsHung) {
  expect_outcome(outcome_of("broken_pushes_too_little_poison", {.payload = 64}, 5),
                 CellVerdict::kHung,
                 "no progress for 5 s in the middle of a slice: 1000 items accepted by then");
}

TEST(BrokenStrategy, ThatPopsPoisonAsAnItemIsCorrupted) {
  for (const std::uint32_t payload : {8U, 64U}) {
    expect_outcome(outcome_of("broken_pops_poison_as_an_item", {.payload = payload}),
                   CellVerdict::kCorrupted,
                   R"(slice 3: unreadable 1 \(first word 0x[0-9a-f]{16}\))");
  }
}

TEST(BrokenStrategy, ThatNamesAnItemAsPoisonIsLost) {
  expect_outcome(outcome_of("broken_names_an_item_as_poison"), CellVerdict::kLost,
                 R"(slice 3: lost 900 \(slice 3 producer 0 sequence 100, .*, …\))");
}

TEST(BrokenStrategy, GetsTheSameVerdictWithSeveralProducersAndConsumers) {
  const Workload workload{.producers = 3, .consumers = 2, .payload = 100, .capacity = 7};
  const struct {
    const char* strategy;
    CellVerdict verdict;
    const char* reason;
  } broken[] = {
      {"broken_loses_one", CellVerdict::kLost,
       R"(slice 3: lost 1 \(slice 3 producer [012] sequence 100\))"},
      {"broken_doubles_one", CellVerdict::kDuplicated,
       R"(slice 3: duplicated 1 \(slice 3 producer [012] sequence 100\).*)"},
      {"broken_delivers_stale", CellVerdict::kStale,
       R"(slice 3: of an earlier slice 1 \(slice 2 producer [012] sequence 100\))"},
      {"broken_alters_one_byte", CellVerdict::kCorrupted,
       R"(slice 3: altered 1 \(slice 3 producer [012] sequence 100\); lost 1 .*)"},
  };
  for (const auto& [strategy, verdict, reason] : broken) {
    expect_outcome(outcome_of(strategy, workload), verdict, reason);
  }
}

TEST(BrokenStrategy, ThatLosesLateInItsLifeIsLostThereAndNotBefore) {
  CellProcess cell(testing::open_request("broken_loses_late", {.payload = 8}, 1 << 20), kTimeout);
  ASSERT_TRUE(cell.opened().good());
  EXPECT_TRUE(cell.slice(1, 1'000'000, testing::kNeverCut).outcome.good());
  expect_outcome(cell.slice(2, 1000, testing::kNeverCut).outcome, CellVerdict::kLost,
                 R"(slice 2: lost 1 \(slice 2 producer 0 sequence 2\))");
}

TEST(BrokenStrategy, ThatLosesAtCapacityOneIsLostThereAndNowhereElse) {
  expect_outcome(cheat("broken_loses_at_capacity_1", {.capacity = 1}), CellVerdict::kLost,
                 "slice 1: lost 400 .*");
  EXPECT_TRUE(cheat("broken_loses_at_capacity_1", {.capacity = 2}).good());
}

TEST(BrokenStrategy, EachHasATest) {
  std::size_t broken = 0;
  for (const Descriptor* descriptor : strategies())
    broken += descriptor->name.starts_with("broken_");
  EXPECT_EQ(broken, 22U) << "one of them only tells where its memory lies (layout_test.cpp)";
}

}  // namespace
}  // namespace handoff
