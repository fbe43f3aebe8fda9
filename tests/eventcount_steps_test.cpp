// Races of a waiter, run at every single instruction of it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <new>
#include <utility>

#include "bench/interface/eventcount.h"
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/shared_memory.h"
#include "bench/interface/spsc_ring.h"
#include "bench/interface/waiting_channel.h"
#include "tests/stepped_process.h"

namespace handoff {
namespace {

using testing::SteppedProcess;

constexpr int kMostInstructions = 2000;

struct Waited {
  SharedEventCount count;
  std::atomic<bool> ready{false}, notified{false};
  std::atomic<std::uint64_t> missed_wakeups{0};
};

/// Somebody is notified of an item while the waiter stands after its n-th instruction, and another
/// consumer takes that item away. The waiter goes to sleep; the next item has to wake it.
void expect_wakeup_wherever_the_waiter_stands(void (SharedEventCount::*notify)()) {
  if (testing::kSanitized) GTEST_SKIP() << "instrumented code has too many instructions";
  int stood = 0;
  for (bool asleep = false; !asleep && stood < kMostInstructions; ++stood) {
    const SharedMemory memory = SharedMemory::create(sizeof(Waited));
    auto& waited = *new (memory.data()) Waited;
    SteppedProcess waiter([&] {
      count_missed_wakeups_in(&waited.missed_wakeups);
      waited.count.await([&] { return waited.ready.load(std::memory_order_acquire); });
      return 0;
    });
    if (!waiter.traced()) GTEST_SKIP() << "ptrace is not allowed here";
    asleep = !waiter.step(stood);
    if (asleep) break;
    (waited.count.*notify)();
    waiter.let_go();
    ASSERT_TRUE(waiter.falls_asleep());
    waited.ready.store(true, std::memory_order_release);
    waited.count.notify_one();
    ASSERT_TRUE(waiter.ends_soon()) << "sleeps for ever, notified after instruction " << stood;
    ASSERT_EQ(waited.missed_wakeups.load(), 0U) << "notified after instruction " << stood;
  }
  EXPECT_GT(stood, 10);
  EXPECT_LT(stood, kMostInstructions);
}

TEST(EventCount, NotifyOneIsNotLostWhereverTheWaiterStands) {
  expect_wakeup_wherever_the_waiter_stands(&SharedEventCount::notify_one);
}

TEST(EventCount, AWakeupAfterNotifyAllIsNotLostWhereverTheWaiterStood) {
  expect_wakeup_wherever_the_waiter_stands(&SharedEventCount::notify_all);
}

/// One waiter stands after its n-th instruction when its condition comes true and somebody is
/// claimed; then another waiter counts in and sleeps. The first one leaves, and must not take the
/// other's count with it: the next notification has to wake that one.
TEST(EventCount, AWaiterThatLeavesDoesNotTakeAnothersCountWithIt) {
  if (testing::kSanitized) GTEST_SKIP() << "instrumented code has too many instructions";
  struct Two {
    SharedEventCount count;
    std::atomic<bool> first{false}, second{false};
    std::atomic<std::uint64_t> missed_wakeups{0};
    int await(const std::atomic<bool>& flag) {
      count_missed_wakeups_in(&missed_wakeups);
      count.await([&] { return flag.load(std::memory_order_acquire); });
      return 0;
    }
  };
  int stood = 0;
  for (; stood < kMostInstructions; ++stood) {
    const SharedMemory memory = SharedMemory::create(sizeof(Two));
    auto& two = *new (memory.data()) Two;
    SteppedProcess first([&] { return two.await(two.first); });
    if (!first.traced()) GTEST_SKIP() << "ptrace is not allowed here";
    if (!first.step(stood)) break;
    two.first.store(true, std::memory_order_release);
    two.count.notify_one();
    SteppedProcess second([&] { return two.await(two.second); });
    second.let_go();
    ASSERT_TRUE(second.falls_asleep());
    first.let_go();
    ASSERT_TRUE(first.ends_soon());
    two.second.store(true, std::memory_order_release);
    two.count.notify_one();
    ASSERT_TRUE(second.ends_soon()) << "after instruction " << stood;
    ASSERT_EQ(two.missed_wakeups.load(), 0U) << "after instruction " << stood;
  }
  EXPECT_GT(stood, 10);
  EXPECT_LT(stood, kMostInstructions);
}

/// Two notifiers for two items: the first one stops for good after its n-th instruction, be it
/// between claiming the sleeper and waking it. The second one has to wake it.
TEST(EventCount, ASleeperWhoseClaimerHasStoppedIsWokenByTheNextNotifier) {
  if (testing::kSanitized) GTEST_SKIP() << "instrumented code has too many instructions";
  const std::uint64_t usual = std::exchange(detail::look_again_after_ns, 3'600'000'000'000);
  int stood = 0;
  for (bool whole = false; !whole && stood < kMostInstructions; ++stood) {
    const SharedMemory memory = SharedMemory::create(sizeof(Waited));
    auto& waited = *new (memory.data()) Waited;
    SteppedProcess sleeper([&] {
      waited.count.await([&] { return waited.ready.load(std::memory_order_acquire); });
      return 0;
    });
    if (!sleeper.traced()) break;
    sleeper.let_go();
    ASSERT_TRUE(sleeper.falls_asleep());
    waited.ready.store(true, std::memory_order_release);
    SteppedProcess claimer([&] {
      waited.count.notify_one();
      waited.notified.store(true);
      return 0;
    });
    claimer.step(stood);
    whole = waited.notified.load();
    waited.count.notify_one();
    ASSERT_TRUE(sleeper.ends_soon()) << "the claimer stands after instruction " << stood;
  }
  detail::look_again_after_ns = usual;
  EXPECT_GT(stood, 10);
  EXPECT_LT(stood, kMostInstructions);
}

/// An item comes, and right behind it the end, while a consumer that found nothing stands after its
/// n-th instruction: it has to take the item. `consume` returns 1 with an item, 0 at the end.
template <class Place, class Consume, class PutAndClose>
void expect_the_last_item_wherever_the_consumer_stands(Consume consume, PutAndClose put_and_close) {
  if (testing::kSanitized) GTEST_SKIP() << "instrumented code has too many instructions";
  int stood = 0;
  for (bool asleep = false; !asleep && stood < kMostInstructions; ++stood) {
    const SharedMemory memory = SharedMemory::create(sizeof(Place));
    auto& place = *new (memory.data()) Place;
    SteppedProcess consumer([&] { return consume(place); });
    if (!consumer.traced()) GTEST_SKIP() << "ptrace is not allowed here";
    asleep = !consumer.step(stood);
    if (asleep) break;
    put_and_close(place);
    consumer.let_go();
    ASSERT_TRUE(consumer.ends_soon()) << "after instruction " << stood;
    ASSERT_EQ(consumer.returned(), 1) << "the last item is lost after instruction " << stood;
    place.~Place();
  }
  EXPECT_GT(stood, 10);
  EXPECT_LT(stood, kMostInstructions);
}

template <class Ring>
struct One {
  Ring ring{2, 8, Waiting{}};
};

template <class Ring>
void expect_ring_gives_the_last_item() {
  expect_the_last_item_wherever_the_consumer_stands<One<Ring>>(
      [](One<Ring>& place) { return place.ring.take() == nullptr ? 0 : 1; },
      [](One<Ring>& place) {
        place.ring.commit(*place.ring.reserve());
        place.ring.close();
      });
}

TEST(MpmcRing, GivesTheLastItemWhereverTheConsumerStandsWhenItIsClosed) {
  expect_ring_gives_the_last_item<MpmcRing<BetweenProcesses>>();
}

TEST(SpscRing, GivesTheLastItemWhereverTheConsumerStandsWhenItIsClosed) {
  expect_ring_gives_the_last_item<SpscRing<BetweenProcesses>>();
}

/// One item, without any waiting.
class Pocket {
 public:
  explicit Pocket(std::uint32_t /*capacity*/) {}
  bool try_push(const int& /*item*/) { return !full_.exchange(true, std::memory_order_acq_rel); }
  bool try_pop(int& /*item*/) { return full_.exchange(false, std::memory_order_acq_rel); }

 private:
  std::atomic<bool> full_{false};
};

struct OneChannel {
  WaitingChannel<int, Pocket, BetweenProcesses> channel{Setting{.workload = {}}};
};

TEST(WaitingChannel, GivesTheLastItemWhereverTheConsumerStandsWhenItIsClosed) {
  expect_the_last_item_wherever_the_consumer_stands<OneChannel>(
      [](OneChannel& place) {
        int item = 0;
        return place.channel.pop(item) ? 1 : 0;
      },
      [](OneChannel& place) {
        place.channel.push(1);
        place.channel.close();
      });
}

}  // namespace
}  // namespace handoff
