#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "bench/interface/doorbell.h"
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/spsc_ring.h"
#include "tests/strategy_test_support.h"
#include "tests/two_waiters.h"

namespace handoff {
namespace {

using testing::expect_both_are_served;
using testing::kSpinning;

constexpr std::uint32_t kCapacities[] = {1, 2, 3, 5, 7, 8, 100};

template <class Ring>
class EveryRing : public ::testing::Test {};
using Rings = ::testing::Types<MpmcRing<BetweenThreads>, MpmcRing<BetweenProcesses>,
                               MpscRing<BetweenThreads>, MpscRing<BetweenThreads, Doorbell>,
                               SpscRing<BetweenThreads>, SpscRing<BetweenProcesses>>;
struct RingNames {
  template <class Ring>
  static std::string GetName(int) {  // NOLINT: a name that Google Test asks for
    if (std::same_as<Ring, MpscRing<BetweenThreads>>) return "MpscBetweenThreads";
    if (std::same_as<Ring, MpscRing<BetweenThreads, Doorbell>>) return "MpscOfALoop";
    const bool spsc = std::same_as<Ring, SpscRing<BetweenThreads>> ||
                      std::same_as<Ring, SpscRing<BetweenProcesses>>;
    const bool threads = std::same_as<Ring, SpscRing<BetweenThreads>> ||
                         std::same_as<Ring, MpmcRing<BetweenThreads>>;
    return std::string(spsc ? "Spsc" : "Mpmc") + (threads ? "BetweenThreads" : "BetweenProcesses");
  }
};
TYPED_TEST_SUITE(EveryRing, Rings, RingNames);

template <class Ring>
class RingForMany : public ::testing::Test {};
using RingsForMany = ::testing::Types<MpmcRing<BetweenThreads>, MpmcRing<BetweenProcesses>>;
TYPED_TEST_SUITE(RingForMany, RingsForMany, RingNames);

template <class Ring>
class RingForOneConsumer : public ::testing::Test {};
using RingsForOneConsumer =
    ::testing::Types<MpscRing<BetweenThreads>, MpscRing<BetweenThreads, Doorbell>>;
TYPED_TEST_SUITE(RingForOneConsumer, RingsForOneConsumer, RingNames);

template <class Ring>
class RingBetweenProcesses : public ::testing::Test {};
using RingsBetweenProcesses =
    ::testing::Types<MpmcRing<BetweenProcesses>, SpscRing<BetweenProcesses>>;
TYPED_TEST_SUITE(RingBetweenProcesses, RingsBetweenProcesses, RingNames);

template <class Ring>
void put(Ring& ring, std::uint64_t value) {
  auto* slot = ring.reserve();
  ASSERT_NE(slot, nullptr);
  std::memcpy(ring.bytes(*slot), &value, sizeof value);
  ring.commit(*slot);
}

/// The next value, or -1 at the end.
template <class Ring>
std::int64_t get(Ring& ring) {
  auto* slot = ring.take();
  if (slot == nullptr) return -1;
  std::uint64_t value = 0;
  std::memcpy(&value, ring.bytes(*slot), sizeof value);
  ring.release(*slot);
  return static_cast<std::int64_t>(value);
}

TYPED_TEST(EveryRing, KeepsTheOrderOverManyRounds) {
  for (const std::uint32_t capacity : kCapacities) {
    TypeParam ring(capacity, 8, kSpinning);
    std::uint64_t in = 0, out = 0;
    for (std::uint32_t batch = 1; in < 20 * capacity; batch = batch % capacity + 1) {
      for (std::uint32_t i = 0; i < batch; ++i) put(ring, in++);
      for (std::uint32_t i = 0; i < batch; ++i) {
        ASSERT_EQ(get(ring), static_cast<std::int64_t>(out++)) << capacity;
      }
    }
  }
}

TYPED_TEST(EveryRing, HoldsItsCapacityAndNotOneMore) {
  for (const std::uint32_t capacity : kCapacities) {
    TypeParam ring(capacity, 8, kSpinning);
    for (std::uint32_t start = 0; start < 3; ++start) {  // wherever the ring stands
      for (std::uint32_t i = 0; i < capacity; ++i) put(ring, i);
      std::atomic<bool> reserved{false};
      std::thread producer([&] {
        put(ring, capacity);
        reserved = true;
      });
      auto* taken = ring.take();
      ASSERT_NE(taken, nullptr);
      usleep(5000);
      EXPECT_FALSE(reserved) << "what is taken is under way until it is released";
      ring.release(*taken);
      producer.join();
      for (std::uint32_t i = 1; i <= capacity; ++i) {
        EXPECT_EQ(get(ring), static_cast<std::int64_t>(i));
      }
    }
  }
}

TYPED_TEST(EveryRing, HasSlotsThatDoNotOverlapAndLieAsLargeOnesNeed) {
  for (const std::size_t room : {8U, 32U, 33U, 64U, 100U, 4096U, 65536U}) {
    TypeParam ring(3, room, kSpinning);
    std::byte* places[3];
    for (int i = 0; i < 3; ++i) {
      auto* slot = ring.reserve();
      places[i] = ring.bytes(*slot);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(places[i]) % (room > 32 ? 64 : room), 0U) << room;
      std::memset(places[i], i + 1, room);
      ring.commit(*slot);
    }
    for (int i = 0; i < 3; ++i) {
      auto* slot = ring.take();
      ASSERT_EQ(ring.bytes(*slot), places[i]);
      for (std::size_t k = 0; k < room; ++k) {
        ASSERT_EQ(places[i][k], static_cast<std::byte>(i + 1)) << room;
      }
      ring.release(*slot);
    }
  }
}

TYPED_TEST(EveryRing, DoesNotDeliverWhatWasWithdrawn) {
  TypeParam ring(2, 8, kSpinning);
  for (std::uint64_t round = 0; round < 10; ++round) {
    auto* slot = ring.reserve();
    ASSERT_NE(slot, nullptr);
    ring.withdraw(*slot);
    put(ring, round);
    EXPECT_EQ(get(ring), static_cast<std::int64_t>(round));
  }
}

TYPED_TEST(EveryRing, GivesWhatItHoldsAfterItIsClosedAndCanBeReopened) {
  TypeParam ring(4, 8, kSpinning);
  for (std::uint64_t round = 0; round < 10; ++round) {
    put(ring, round);
    ring.close();
    EXPECT_EQ(get(ring), static_cast<std::int64_t>(round));
    EXPECT_EQ(get(ring), -1);
    EXPECT_EQ(get(ring), -1);
    ring.reopen();
  }
}

TYPED_TEST(RingForMany, LetsEveryWaitingConsumerGoWhenItIsClosed) {
  TypeParam ring(4, 8, kSpinning);
  std::vector<std::thread> consumers;
  for (int i = 0; i < 8; ++i) consumers.emplace_back([&] { EXPECT_EQ(get(ring), -1); });
  usleep(20'000);
  ring.close();
  for (std::thread& consumer : consumers) consumer.join();
}

TYPED_TEST(RingForMany, ServesBothWaitingConsumersWhenTheLaterItemIsCommittedFirst) {
  for (int round = 0; round < 5; ++round) {
    TypeParam ring(2, 8, testing::kBlocking);
    expect_both_are_served([&] { get(ring); },
                           [&] {
                             auto* first = ring.reserve();
                             auto* second = ring.reserve();
                             ring.commit(*second);
                             testing::let_it_sleep_again();
                             ring.commit(*first);
                           });
  }
}

TYPED_TEST(RingForMany, ServesBothWaitingProducersWhenTheLaterSlotIsReleasedFirst) {
  for (int round = 0; round < 5; ++round) {
    TypeParam ring(2, 8, testing::kBlocking);
    put(ring, 0);
    put(ring, 1);
    expect_both_are_served([&] { put(ring, 2); },
                           [&] {
                             auto* first = ring.take();
                             auto* second = ring.take();
                             ring.release(*second);
                             testing::let_it_sleep_again();
                             ring.release(*first);
                           });
  }
}

TYPED_TEST(RingForMany, LetsEverybodyGoWhenItIsBrokenOffAndStaysBroken) {
  TypeParam full(1, 8, kSpinning), empty(1, 8, kSpinning);
  put(full, 0);
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] { EXPECT_EQ(full.reserve(), nullptr); });
    waiting.emplace_back([&] { EXPECT_EQ(empty.take(), nullptr); });
  }
  usleep(20'000);
  full.break_off();
  empty.break_off();
  for (std::thread& thread : waiting) thread.join();
  full.close();
  full.reopen();
  EXPECT_EQ(full.reserve(), nullptr);
}

/// Each producer hands in its numbers, others' come in between; each consumer sees them ascend.
template <class Ring>
void exchange(std::uint32_t producers, std::uint32_t consumers, std::uint32_t capacity,
              std::uint64_t items) {
  Ring ring(capacity, 8, kSpinning);
  std::atomic<std::uint32_t> producing{producers};
  std::vector<std::vector<int>> seen(consumers, std::vector<int>(producers * items));
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (std::uint64_t i = 0; i < items; ++i) put(ring, p * items + i);
      if (--producing == 0) ring.close();
    });
  }
  for (std::uint32_t c = 0; c < consumers; ++c) {
    threads.emplace_back([&, c] {
      std::vector<std::int64_t> last(producers, -1);
      for (std::int64_t value; (value = get(ring)) >= 0;) {
        const auto producer = static_cast<std::size_t>(value) / items;
        EXPECT_GT(value, last[producer]);
        last[producer] = value;
        ++seen[c][static_cast<std::size_t>(value)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::uint64_t i = 0; i < producers * items; ++i) {
    int times = 0;
    for (const std::vector<int>& by_one : seen) times += by_one[i];
    ASSERT_EQ(times, 1) << "item " << i;
  }
}

TYPED_TEST(RingForMany, DeliversEachItemOnceAndInOrderToManyAtOnce) {
  const std::uint64_t items = testing::kSanitized ? 300 : 3000;
  for (const std::uint32_t capacity : kCapacities) {
    exchange<TypeParam>(3, 3, capacity, items);
    exchange<TypeParam>(1, 4, capacity, items);
    exchange<TypeParam>(4, 1, capacity, items);
  }
  exchange<TypeParam>(32, 32, 2, items / 10);
}

TYPED_TEST(RingForOneConsumer, DeliversEachItemOnceAndInOrderFromManyAtOnce) {
  const std::uint64_t items = testing::kSanitized ? 300 : 3000;
  for (const std::uint32_t capacity : kCapacities) exchange<TypeParam>(4, 1, capacity, items);
  exchange<TypeParam>(32, 1, 2, items / 10);
}

TYPED_TEST(EveryRing, DeliversEachItemOnceAndInOrderToAnotherThread) {
  const std::uint64_t items = testing::kSanitized ? 2000 : 20'000;
  for (const std::uint32_t capacity : kCapacities) exchange<TypeParam>(1, 1, capacity, items);
}

TYPED_TEST(RingBetweenProcesses, DeliversEachItemOnceAndInOrderToAChild) {
  constexpr std::uint64_t kCarried = 20'000;
  for (const std::uint32_t capacity : {1U, 3U, 64U}) {
    TypeParam ring(capacity, 64, kSpinning);
    const pid_t child = fork();
    if (child == 0) {
      for (std::uint64_t i = 0; i < kCarried; ++i) {
        if (get(ring) == static_cast<std::int64_t>(i)) continue;
        ring.break_off();
        _exit(1);
      }
      _exit(get(ring) == -1 ? 0 : 2);
    }
    for (std::uint64_t i = 0; i < kCarried && !::testing::Test::HasFatalFailure(); ++i) {
      put(ring, i);
    }
    ring.close();
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace handoff
