#include "bench/interface/slots.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

/// All slots of a set by number.
std::vector<std::uint32_t> slots_in(SlotSet set) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t bit = 0; bit < 64; ++bit) {
    if ((set.bits >> bit & 1) != 0) all.push_back(set.word * 64 + bit);
  }
  return all;
}

TEST(Slots, HoldTheCapacityAndWhatEachThreadMayHold) {
  for (const std::uint32_t capacity : {1U, 2U, 61U, 62U, 63U, 64U, 1024U}) {
    const Workload workload{.producers = 2, .consumers = 3, .payload = 300, .capacity = capacity};
    Slots slots(workload);
    EXPECT_EQ(slots.batch(), std::clamp(capacity / 24, 1U, 32U));
    const std::uint32_t all = capacity + 5 * (1 + slots.batch());
    std::set<std::uint32_t> taken;
    while (taken.size() < all) {
      const std::vector<std::uint32_t> some = slots_in(slots.take(0));
      ASSERT_FALSE(some.empty());
      ASSERT_LE(some.size(), slots.batch());
      for (const std::uint32_t slot : some) EXPECT_TRUE(taken.insert(slot).second);
    }
    EXPECT_EQ(*taken.rbegin(), all - 1);
  }
}

TEST(Slots, DoNotOverlap) {
  for (const std::uint32_t payload : {8U, 64U, 65U, 4096U, 65536U}) {
    Slots slots({.payload = payload, .capacity = 3});
    std::vector<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < 7; ++i) {
      taken.push_back(slots_in(slots.take(0)).at(0));
      std::memset(slots.at(taken.back()), static_cast<int>(i), payload);
    }
    for (std::uint32_t i = 0; i < 7; ++i) {
      const std::byte* at = slots.at(taken[i]);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(at) % 64, 0U);
      for (std::uint32_t k = 0; k < payload; ++k) ASSERT_EQ(at[k], static_cast<std::byte>(i));
    }
  }
}

TEST(Slots, FindTheOnlyFreeOneWhereverItIs) {
  const Workload workload{.payload = 8, .capacity = 300};
  Slots slots(workload);
  for (std::uint32_t taken = 0; taken < Slots::count(workload);) {
    taken += static_cast<std::uint32_t>(slots_in(slots.take(0)).size());
  }
  for (std::uint32_t free = 0; free < Slots::count(workload); ++free) {
    slots.give({free / 64, 1ULL << (free % 64)});
    EXPECT_EQ(slots_in(slots.take((free * 37) % 5)), std::vector{free});
  }
}

TEST(Slots, GiveEachProducerAWordOfItsOwnToBeginAt) {
  Slots slots({.producers = 8, .payload = 8, .capacity = 1024});
  std::set<std::uint32_t> words;
  for (std::uint32_t producer = 0; producer < 8; ++producer) {
    words.insert(slots.take(slots.first_word(producer)).word);
  }
  EXPECT_EQ(words.size(), 8U);
}

TEST(SlotTaker, TakesABatchAtATimeAndGivesTheRestBack) {
  const Workload workload{.payload = 8, .capacity = 256};
  Slots slots(workload);  // batches of 32
  std::set<std::uint32_t> taken;
  {
    SlotTaker taker(slots, 0);
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(taken.insert(taker.take()).second);
    const std::uint32_t unused = taker.take();
    taker.put_back(unused);
    EXPECT_EQ(taker.take(), unused);
    taker.put_back(unused);
  }
  std::size_t left = 0;
  while (left < Slots::count(workload) - 40) {
    for (const std::uint32_t slot : slots_in(slots.take(0))) {
      EXPECT_FALSE(taken.contains(slot));
      ++left;
    }
  }
}

TEST(SlotGiver, GivesBackABatchAtOnceOrWhenItEnds) {
  const Workload workload{.payload = 8, .capacity = 256};
  Slots slots(workload);
  for (std::uint32_t taken = 0; taken < Slots::count(workload);) {
    taken += static_cast<std::uint32_t>(slots_in(slots.take(0)).size());
  }
  SlotGiver giver(slots);
  for (std::uint32_t slot = 64; slot < 64 + 32; ++slot) giver.give(slot);
  EXPECT_EQ(slots_in(slots.take(0)).size(), 32U);
  giver.give(5);
  giver.give(70);  // of another word: the first is given back
  EXPECT_EQ(slots_in(slots.take(0)), std::vector{5U});
  giver.settle();
  EXPECT_EQ(slots_in(slots.take(0)), std::vector{70U});
}

TEST(Slots, AreNeverHandedOutTwiceAtOnce) {
  constexpr std::uint32_t kThreads = 8;
  const int rounds = testing::kSanitized ? 3000 : 40'000;
  for (const std::uint32_t capacity : {1U, 60U, 2000U}) {
    const Workload workload{
        .producers = kThreads, .consumers = 1, .payload = 8, .capacity = capacity};
    Slots slots(workload);
    std::vector<std::atomic<int>> holders(Slots::count(workload));
    std::atomic<int> clashes{0};
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        SlotTaker taker(slots, t);
        SlotGiver giver(slots);
        for (int i = 0; i < rounds; ++i) {
          const std::uint32_t slot = taker.take();
          // Relaxed: what orders the writes is the pool alone.
          if (holders.at(slot).fetch_add(1, std::memory_order_relaxed) != 0) ++clashes;
          // A race to the sanitizer if shared; memset() would be expanded behind its back.
          *reinterpret_cast<std::uint64_t*>(slots.at(slot)) = t;
          if (holders.at(slot).fetch_sub(1, std::memory_order_relaxed) != 1) ++clashes;
          i % 5 == 0 ? taker.put_back(slot) : giver.give(slot);
          if (i % 100 == 0) giver.settle();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(clashes.load(), 0);
  }
}

TEST(Slots, AreSharedWithForkedProcesses) {
  Slots slots({.payload = 8, .capacity = 1});
  const std::uint32_t mine = slots_in(slots.take(0)).at(0);
  const pid_t child = fork();
  if (child == 0) {
    const std::uint32_t theirs = slots_in(slots.take(0)).at(0);
    std::memset(slots.at(theirs), 0x77, 8);
    _exit(theirs == mine ? 255 : static_cast<int>(theirs));
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const int theirs = WEXITSTATUS(status);
  ASSERT_NE(theirs, 255);
  EXPECT_EQ(slots.at(static_cast<std::uint32_t>(theirs))[7], std::byte{0x77});
  EXPECT_NE(slots_in(slots.take(0)).at(0), static_cast<std::uint32_t>(theirs));
}

}  // namespace
}  // namespace handoff
