#include "bench/interface/credits.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::eventually;
using testing::kBlocking;
using testing::kSanitized;
using testing::kSpinning;

TEST(Credits, ComeInBatchesThatLeaveSomeForOthers) {
  EXPECT_EQ(Credits(1, 1, kSpinning).batch(), 1U);
  EXPECT_EQ(Credits(7, 5, kSpinning).batch(), 1U);
  EXPECT_EQ(Credits(64, 4, kSpinning).batch(), 4U);
  EXPECT_EQ(Credits(1 << 20, 1, kSpinning).batch(), 32U);
}

TEST(Credits, AreTakenAtMostABatchAtATimeAndAtMostAllOfThem) {
  Credits credits(18, 1, kSpinning);
  ASSERT_EQ(credits.batch(), 4U);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(credits.take(), 4U);
  EXPECT_EQ(credits.take(), 2U);
}

TEST(Credits, ThatASpenderHasLeftAreGivenBack) {
  Credits credits(16, 1, kSpinning);
  {
    CreditSpender spender(credits);
    EXPECT_TRUE(spender.pay());
    EXPECT_FALSE(spender.pay());
  }
  std::uint32_t left = 0;
  while (left < 14) left += credits.take();
  EXPECT_EQ(left, 14U) << "2 of 16 are spent";
}

TEST(Credits, AreReturnedInBatchesOrWhenSettled) {
  Credits credits(8, 1, kSpinning);
  ASSERT_EQ(credits.batch(), 2U);
  for (int i = 0; i < 4; ++i) credits.take();
  CreditReturner returner(credits);
  returner.item_taken();
  returner.item_taken();
  EXPECT_EQ(credits.take(), 2U);
  returner.item_taken();
  returner.settle();
  returner.settle();
  EXPECT_EQ(credits.take(), 1U);
}

TEST(Credits, GivenAtOnceWakeEveryoneTheyAreEnoughFor) {
  constexpr std::uint32_t kWaiters = 5;
  for (int round = 0; round < (kSanitized ? 20 : 200); ++round) {
    Credits credits(kWaiters, kWaiters, round % 2 == 0 ? kBlocking : kSpinning);
    for (std::uint32_t i = 0; i < kWaiters; ++i) credits.take();
    std::atomic<std::uint32_t> served{0};
    std::vector<std::thread> waiters;
    for (std::uint32_t i = 0; i < kWaiters; ++i) {
      waiters.emplace_back([&] {
        credits.take();
        served.fetch_add(1);
      });
    }
    if (round % 4 < 2) usleep(1000);  // all asleep, or not all there yet
    credits.give(kWaiters);
    ASSERT_TRUE(eventually([&] { return served == kWaiters; })) << "round " << round;
    for (std::thread& waiter : waiters) waiter.join();
  }
}

/// Producers and consumers around a count of items under way.
void expect_bound(std::uint32_t capacity, std::uint32_t producers, std::uint32_t consumers,
                  const Waiting& waiting) {
  const std::uint64_t each = kSanitized ? 500 : 5000;
  Credits credits(capacity, std::max(producers, consumers), waiting);
  alignas(128) std::atomic<std::uint32_t> under_way{0}, most{0};
  alignas(128) std::atomic<std::uint64_t> left{each * producers};
  EventCount handed_in(waiting);
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&] {
      CreditSpender spender(credits);
      for (std::uint64_t i = 0; i < each; ++i) {
        spender.pay();
        const std::uint32_t now = under_way.fetch_add(1) + 1;
        for (std::uint32_t seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        handed_in.notify_one();
      }
    });
  }
  for (std::uint32_t c = 0; c < consumers; ++c) {
    threads.emplace_back([&] {
      CreditReturner returner(credits);
      const auto take = [&] {
        for (std::uint32_t now = under_way; now != 0;) {
          if (under_way.compare_exchange_weak(now, now - 1)) return true;
        }
        return false;
      };
      while (left != 0) {
        if (!take()) {
          returner.settle();
          bool taken = false;
          handed_in.await([&] { return left == 0 || (taken = take()); });
          if (!taken) break;
        }
        if (left.fetch_sub(1) == 1) handed_in.notify_all();
        returner.item_taken();
      }
      returner.settle();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, capacity);
  std::uint32_t whole = 0;
  while (whole < capacity) whole += credits.take();
  EXPECT_EQ(whole, capacity) << "all credits are back";
}

TEST(Credits, BoundWhatIsUnderWayAndNeverStick) {
  for (const std::uint32_t capacity : {1U, 2U, 3U, 40U, 1024U}) {
    for (const Waiting& waiting : {kBlocking, kSpinning}) {
      expect_bound(capacity, 1, 1, waiting);
      expect_bound(capacity, 5, 3, waiting);
      expect_bound(capacity, 2, 8, waiting);
      expect_bound(capacity, 16, 16, waiting);
    }
  }
}

}  // namespace
}  // namespace handoff
