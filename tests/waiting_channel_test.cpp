// Blocking around queues that have none, also those that hand out in order what came out of order.
#include "bench/interface/waiting_channel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "tests/two_waiters.h"

namespace handoff {
namespace {

/// Room for two. While the first place is held, nothing passes, whatever is in the others: its item
/// is still being written, or read.
class HeldQueue {
 public:
  explicit HeldQueue(std::uint32_t /*capacity*/) {}
  bool try_push(const int& /*item*/) {
    const std::lock_guard lock(mutex_);
    if (pushes_held || items_ == 2) return false;
    ++items_;
    return true;
  }
  bool try_pop(int& /*item*/) {
    const std::lock_guard lock(mutex_);
    if (pops_held || items_ == 0) return false;
    --items_;
    return true;
  }

  static inline std::atomic<bool> pushes_held = false, pops_held = false;

 private:
  std::mutex mutex_;
  int items_ = 0;
};

using HeldChannel = WaitingChannel<int, HeldQueue>;

TEST(WaitingChannel, ServesBothWaitingConsumersWhenTheFirstItemIsCompleteLast) {
  for (int round = 0; round < 5; ++round) {
    HeldChannel channel(Setting{.workload = {}});
    testing::expect_both_are_served(
        [&] {
          int item = 0;
          EXPECT_TRUE(channel.pop(item));
        },
        [&] {
          HeldQueue::pops_held = true;
          channel.push(2);
          testing::let_it_sleep_again();
          HeldQueue::pops_held = false;
          channel.push(1);
        });
  }
}

TEST(WaitingChannel, ServesBothWaitingProducersWhenTheFirstPlaceIsFreeLast) {
  for (int round = 0; round < 5; ++round) {
    HeldChannel channel(Setting{.workload = {}});
    channel.push(1);
    channel.push(2);
    testing::expect_both_are_served([&] { channel.push(3); },
                                    [&] {
                                      int item = 0;
                                      HeldQueue::pushes_held = true;
                                      channel.pop(item);
                                      testing::let_it_sleep_again();
                                      HeldQueue::pushes_held = false;
                                      channel.pop(item);
                                    });
  }
}

}  // namespace
}  // namespace handoff
