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

TEST(Slots, HoldCapacityAndOneInEveryHand) {
  for (const std::uint32_t capacity : {1U, 2U, 61U, 62U, 63U, 64U, 1024U}) {
    const Workload workload{.payload = 300, .capacity = capacity};
    Slots slots(workload);
    std::set<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < capacity + 2; ++i) {
      EXPECT_TRUE(taken.insert(slots.take(i % 1024)).second);
    }
    EXPECT_EQ(*taken.rbegin(), capacity + 1);
  }
}

TEST(Slots, DoNotOverlap) {
  for (const std::uint32_t payload : {8U, 64U, 65U, 4096U, 65536U}) {
    Slots slots({.payload = payload, .capacity = 3});
    std::vector<std::uint32_t> taken;
    for (std::uint32_t i = 0; i < 5; ++i) {
      taken.push_back(slots.take(0));
      std::memset(slots.at(taken.back()), static_cast<int>(i), payload);
    }
    for (std::uint32_t i = 0; i < 5; ++i) {
      const std::byte* at = slots.at(taken[i]);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(at) % 64, 0U);
      for (std::uint32_t k = 0; k < payload; ++k) ASSERT_EQ(at[k], static_cast<std::byte>(i));
    }
  }
}

TEST(Slots, FindTheOnlyFreeOneWhereverItIs) {
  constexpr std::uint32_t kCapacity = 300;
  Slots slots({.payload = 8, .capacity = kCapacity});
  for (std::uint32_t i = 0; i < kCapacity + 2; ++i) slots.take(0);
  for (std::uint32_t free = 0; free < kCapacity + 2; ++free) {
    slots.give(free);
    EXPECT_EQ(slots.take((free * 37) % 1024), free);
  }
}

TEST(Slots, AreNeverHandedOutTwiceAtOnce) {
  constexpr std::uint32_t kThreads = 8;
  const int rounds = testing::kSanitized ? 3000 : 40'000;
  for (const std::uint32_t capacity : {1U, 60U, 200U}) {
    // All but two slots are taken away at first: threads fight for few.
    const Workload workload{
        .producers = kThreads, .consumers = 1, .payload = 8, .capacity = capacity};
    Slots slots(workload);
    std::vector<std::atomic<int>> holders(capacity + kThreads + 1);
    std::atomic<int> clashes{0};
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(t);
        for (int i = 0; i < rounds; ++i) {
          const std::uint32_t slot = slots.take(random() % 1024);
          if (holders.at(slot).fetch_add(1) != 0) ++clashes;
          std::memset(slots.at(slot), static_cast<int>(t), 8);  // a race to the sanitizer if shared
          if (holders.at(slot).fetch_sub(1) != 1) ++clashes;
          slots.give(slot);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(clashes.load(), 0);
  }
}

TEST(Slots, AreSharedWithForkedProcesses) {
  Slots slots({.payload = 8, .capacity = 1});  // three slots
  const std::uint32_t mine = slots.take(0);
  const pid_t child = fork();
  if (child == 0) {
    const std::uint32_t theirs = slots.take(0);
    std::memset(slots.at(theirs), 0x77, 8);
    _exit(theirs == mine ? 255 : static_cast<int>(theirs));
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const int theirs = WEXITSTATUS(status);
  ASSERT_NE(theirs, 255);
  EXPECT_EQ(slots.at(static_cast<std::uint32_t>(theirs))[7], std::byte{0x77});
  EXPECT_NE(slots.take(0), static_cast<std::uint32_t>(theirs));
}

}  // namespace
}  // namespace handoff
