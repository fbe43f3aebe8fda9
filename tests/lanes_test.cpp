#include "bench/interface/lanes.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "bench/cell/lane_setup.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::make_lanes;

ItemId next_id(Producer& lane) {
  Value<8> value{};
  EXPECT_TRUE(lane.next(value));
  return item_code::unpack(item_code::decode(item_code::first_word(value.bytes.data())));
}

TEST(Lanes, GiveOutEachSequenceOnceUnderTheProducersOwnNumber) {
  LaneSetup lanes = make_lanes({.producers = 3, .payload = 8}, 1000);
  lanes.arm(6, 1000);
  std::set<std::uint32_t> sequences;
  Value<8> value{};
  for (bool more = true; more;) {
    more = false;
    for (Producer& lane : lanes.producers()) {
      if (!lane.next(value)) continue;
      more = true;
      const ItemId id =
          item_code::unpack(item_code::decode(item_code::first_word(value.bytes.data())));
      EXPECT_EQ(id.slice, 6U);
      EXPECT_EQ(id.producer, lane.index());
      EXPECT_EQ(lanes.id_of(id.sequence), id);
      EXPECT_TRUE(sequences.insert(id.sequence).second);
    }
  }
  EXPECT_EQ(sequences.size(), 1000U);
  EXPECT_EQ(*sequences.rbegin(), 999U);
}

TEST(Lanes, ShareFewItemsAmongAllProducers) {
  LaneSetup lanes = make_lanes({.producers = 5, .payload = 8}, 16);
  lanes.arm(1, 10);
  for (std::uint32_t i = 0; i < 5; ++i) {
    EXPECT_EQ(next_id(lanes.producers()[i]), (ItemId{1, i, i}));
  }
}

TEST(Lanes, ThatDelayDrawItemsOneByOne) {
  const Workload workload{.producers = 2, .payload = 8};
  LaneSetup lanes(SharedMemory::create(LaneSetup::bytes_needed(workload, 1000)), workload, 1000,
                  TickSource::kClock, 5);
  lanes.arm(1, 1000);
  for (std::uint32_t sequence = 0; sequence < 4; ++sequence) {
    EXPECT_EQ(next_id(lanes.producers()[sequence % 2]), (ItemId{1, sequence % 2, sequence}));
  }
}

TEST(Lanes, SayAgainThatNothingIsLeft) {
  LaneSetup lanes = make_lanes({.payload = 8}, 16);
  lanes.arm(1, 1);
  next_id(lanes.producers()[0]);
  Value<8> value{};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(lanes.producers()[0].next(value));
}

TEST(Lanes, RememberWhenTheFirstProducerFoundNothingLeft) {
  LaneSetup lanes = make_lanes({.producers = 2, .payload = 8}, 16);
  lanes.arm(1, 1);
  next_id(lanes.producers()[0]);
  const std::size_t before = lanes.read_marks().size();
  Value<8> value{};
  lanes.producers()[1].next(value);
  const std::vector<MarkReading> marks = lanes.read_marks();
  ASSERT_EQ(marks.size(), before + 1);
  lanes.producers()[0].next(value);
  EXPECT_EQ(lanes.read_marks().size(), marks.size());
  EXPECT_EQ(lanes.read_marks().back().ticks, marks.back().ticks);
}

TEST(Lanes, CountProgressOfDrawingAndOfAccepting) {
  LaneSetup lanes = make_lanes({.payload = 8}, 16);
  lanes.arm(1, 2);
  const std::uint64_t begin = lanes.progress();
  Value<8> value{};
  lanes.producers()[0].next(value);
  const std::uint64_t drew = lanes.progress();
  EXPECT_GT(drew, begin);
  lanes.consumers()[0].accept(value);
  EXPECT_GT(lanes.progress(), drew);
  EXPECT_EQ(lanes.accepted(), 1U);
}

TEST(Lanes, MarkTimeAndCountsInOrder) {
  for (const std::uint64_t items : {1U, 10U, 63U, 64U, 1000U, 4096U, 50'000U}) {
    LaneSetup lanes = make_lanes({.consumers = 2, .payload = 8}, items);
    lanes.arm(1, items);
    Value<8> value{};
    while (lanes.producers()[0].next(value)) lanes.consumers()[1].accept(value);  // one takes all
    const std::vector<MarkReading> marks = lanes.read_marks();
    EXPECT_LE(marks.size(), Board::kMarks + 1U);
    EXPECT_GE(marks.size(), std::min<std::size_t>(items, 8)) << items;
    EXPECT_EQ(marks.front().accepted, 0U);
    EXPECT_EQ(marks.back().accepted, items);
    for (std::size_t i = 0; i < marks.size(); ++i) {
      EXPECT_EQ(marks[i].made, marks[i].accepted);  // each was accepted before the next was drawn
      EXPECT_EQ(marks[i].accepted_by[0], 0U);
      EXPECT_EQ(marks[i].accepted_by[1], marks[i].accepted);
      if (i > 0) {
        EXPECT_GE(marks[i].ticks, marks[i - 1].ticks);
      }
    }
    EXPECT_EQ(lanes.most_under_way(), 0U);
  }
}

TEST(Lanes, DoNotCountAsMadeWhatOtherProducersHaveYetToMake) {
  LaneSetup lanes = make_lanes({.producers = 2, .payload = 8}, 4096);
  lanes.arm(1, 4096);             // chunks of 64, marks 256 apart
  next_id(lanes.producers()[0]);  // has 63 of its first chunk left
  for (int i = 0; i < 1024; ++i) next_id(lanes.producers()[1]);
  std::uint64_t most = 0;
  for (const MarkReading& mark : lanes.read_marks()) {
    EXPECT_EQ(mark.made, mark.surely_made);
    most = std::max(most, mark.made);
  }
  EXPECT_EQ(most, 1024U - 63);  // at the mark of sequence 1024, which is the next one
  EXPECT_EQ(lanes.most_under_way(), most);
}

TEST(Lanes, HaveABufferEachForThePayloadAndForTheValueThatHoldsIt) {
  for (const std::uint32_t payload : {8U, 64U, 100U, 256U, 257U, 4096U}) {
    LaneSetup lanes = make_lanes({.producers = 3, .consumers = 2, .payload = payload}, 16);
    std::vector<std::byte*> at;
    for (const Producer& lane : lanes.producers()) at.push_back(lane.buffer());
    for (const Consumer& lane : lanes.consumers()) at.push_back(lane.buffer());
    for (std::size_t i = 0; i < at.size(); ++i) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(at[i]) % 128, 0U);
      if (i > 0) {
        EXPECT_GE(at[i] - at[i - 1], std::max<std::ptrdiff_t>(payload, kLargestValue));
      }
    }
  }
}

TEST(Lanes, KnowTheThreadThatUsesThemAlsoInAForkedProcess) {
  const std::uint32_t mine = this_thread_number();
  EXPECT_EQ(this_thread_number(), mine);
  std::uint32_t others = 0;
  std::thread([&] { others = this_thread_number(); }).join();
  EXPECT_NE(others, mine);
  const pid_t child = fork();
  if (child == 0) _exit(this_thread_number() == static_cast<std::uint32_t>(getpid()) ? 0 : 1);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Lanes, MapEverySequenceToAnotherBit) {
  std::set<std::uint64_t> sequences;
  for (std::uint64_t word = 0; word < 24; ++word) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      const std::uint64_t sequence = LaneSetup::sequence_of(word, bit);
      EXPECT_EQ(((sequence >> 9) << 3) | (sequence & 7), word);
      EXPECT_EQ((sequence >> 3) & 63, bit);
      EXPECT_TRUE(sequences.insert(sequence).second);
    }
  }
  EXPECT_EQ(*sequences.rbegin(), 24 * 64 - 1U);
}

TEST(Lanes, AreSeenAlikeByWhoAttachesToTheirMemory) {
  const Workload workload{.producers = 2, .consumers = 2, .payload = 8};
  LaneSetup lanes = make_lanes(workload, 100);
  LaneSetup watcher = LaneSetup::attach(SharedMemory::map(dup(lanes.memory_fd())), workload, 100);
  lanes.arm(1, 100);
  Value<8> value{};
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(lanes.producers()[0].next(value));
    lanes.consumers()[i % 2].accept(value);
  }
  EXPECT_EQ(watcher.accepted(), 10U);
  EXPECT_EQ(watcher.progress(), lanes.progress());
  watcher.cut();
  EXPECT_TRUE(lanes.was_cut());
  EXPECT_FALSE(lanes.producers()[1].next(value));
}

TEST(Lanes, MayBeUsedByAForkedProcess) {
  LaneSetup lanes = make_lanes({.payload = 64}, 1000);
  lanes.arm(1, 1000);
  const pid_t worker = fork();
  if (worker == 0) {
    for (Value<64> value{}; lanes.producers()[0].next(value);) lanes.consumers()[0].accept(value);
    _exit(0);
  }
  ASSERT_GT(worker, 0);
  waitpid(worker, nullptr, 0);
  EXPECT_EQ(lanes.accepted(), 1000U);
  EXPECT_TRUE(prove(lanes, testing::kByHand).good());
}

TEST(Lanes, AreDrawnByManyThreadsAtOnceWithoutGapOrOverlap) {
  const std::uint64_t items = testing::kSanitized ? 20'000 : 200'000;
  constexpr std::uint32_t kThreads = 8;
  LaneSetup lanes = make_lanes({.producers = kThreads, .consumers = kThreads, .payload = 8}, items);
  for (std::uint32_t slice = 1; slice < 4; ++slice) {
    lanes.arm(slice, items);
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&lanes, i] {
        for (Value<8> value{}; lanes.producers()[i].next(value);) {
          lanes.consumers()[i].accept(value);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const CellOutcome outcome = prove(lanes, testing::kByHand);
    EXPECT_TRUE(outcome.good()) << outcome.reason;
    EXPECT_EQ(lanes.issued(), items);
  }
}

TEST(Lanes, CutWhileTheyAreDrawnLoseNothing) {
  constexpr std::uint64_t kItems = 1ULL << 24;  // far more than are drawn before the cut
  LaneSetup lanes = make_lanes({.producers = 4, .consumers = 4, .payload = 8}, kItems);
  for (std::uint32_t slice = 1; slice < 6; ++slice) {
    lanes.arm(slice, kItems);
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < 4; ++i) {
      threads.emplace_back([&lanes, i] {
        for (Value<8> value{}; lanes.producers()[i].next(value);) {
          lanes.consumers()[i].accept(value);
        }
      });
    }
    while (lanes.accepted() < 1000) std::this_thread::yield();
    lanes.cut();
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(lanes.was_cut());
    EXPECT_LE(lanes.issued(), kItems);
    const CellOutcome outcome = prove(lanes, testing::kByHand);
    EXPECT_TRUE(outcome.good()) << outcome.reason;
  }
}

}  // namespace
}  // namespace handoff
