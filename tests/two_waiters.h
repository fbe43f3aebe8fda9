// Two that wait for what is set free in an order that wakes one of them in vain.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "bench/interface/eventcount.h"
#include "tests/strategy_test_support.h"

namespace handoff::testing {

/// Two threads call `wait`; `act` then sets free what both need, and wakes one of them too early.
/// The one that is served has to wake the other, which here would sleep for ever.
template <class Wait, class Act>
void expect_both_are_served(Wait wait, Act act) {
  const std::uint64_t usual = std::exchange(detail::look_again_after_ns, 3'600'000'000'000);
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
  ASSERT_TRUE(eventually([&] { return served == 2; }));
  for (std::thread& thread : threads) thread.join();
  detail::look_again_after_ns = usual;
}

/// For `act`: whoever was woken in vain sleeps again.
inline void let_it_sleep_again() { usleep(10'000); }

}  // namespace handoff::testing
