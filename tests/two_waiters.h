// Two that wait for what is set free in an order that wakes one of them in vain.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "bench/interface/eventcount.h"
#include "tests/strategy_test_support.h"

namespace handoff::testing {

/// Two threads call `wait`; `act` then sets free what both need, and wakes one of them too early.
/// The one that is served has to wake the other: that one finds out by itself only after a second,
/// and is counted then.
template <class Wait, class Act>
void expect_both_are_served(Wait wait, Act act) {
  std::atomic<std::uint64_t> missed{0};
  count_missed_wakeups_in(&missed);
  std::atomic<int> served{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      wait();
      ++served;
    });
  }
  usleep(10'000);  // both sleep
  act();
  EXPECT_TRUE(eventually([&] { return served == 2; }));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(missed.load(), 0U);
  count_missed_wakeups_in(nullptr);
}

/// For `act`: whoever was woken in vain sleeps again.
inline void let_it_sleep_again() { usleep(10'000); }

}  // namespace handoff::testing
