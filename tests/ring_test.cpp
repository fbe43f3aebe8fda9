#include "bench/interface/ring.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/strategy_test_support.h"
#include "tests/two_waiters.h"

namespace handoff {
namespace {

using testing::expect_both_are_served;
using testing::kSpins;

constexpr std::uint32_t kCapacities[] = {1, 2, 3, 5, 7, 8, 100};

template <bool kAlone>
void put(Ring& ring, std::uint64_t value) {
  Ring::Slot* slot = ring.reserve<kAlone>(kSpins);
  ASSERT_NE(slot, nullptr);
  std::memcpy(ring.bytes(*slot), &value, sizeof value);
  ring.commit<kAlone>(*slot);
}

std::uint64_t value_in(const Ring& ring, Ring::Slot& slot) {
  std::uint64_t value = 0;
  std::memcpy(&value, ring.bytes(slot), sizeof value);
  return value;
}

/// The next value, or -1 at the end.
template <bool kAlone>
std::int64_t get(Ring& ring) {
  Ring::Slot* slot = ring.take<kAlone>(kSpins);
  if (slot == nullptr) return -1;
  const std::uint64_t value = value_in(ring, *slot);
  ring.release(*slot);
  return static_cast<std::int64_t>(value);
}

template <bool kAlone>
void expect_order_over_many_rounds() {
  for (const std::uint32_t capacity : kCapacities) {
    Ring ring(capacity, 8);
    std::uint64_t in = 0, out = 0;
    for (std::uint32_t batch = 1; in < 20 * capacity; batch = batch % capacity + 1) {
      for (std::uint32_t i = 0; i < batch; ++i) put<kAlone>(ring, in++);
      for (std::uint32_t i = 0; i < batch; ++i) {
        ASSERT_EQ(get<kAlone>(ring), static_cast<std::int64_t>(out++)) << capacity;
      }
    }
  }
}

TEST(Ring, KeepsTheOrderOverManyRounds) {
  expect_order_over_many_rounds<true>();
  expect_order_over_many_rounds<false>();
}

template <bool kAlone>
void expect_ring_bound() {
  for (const std::uint32_t capacity : kCapacities) {
    Ring ring(capacity, 8);
    for (std::uint32_t start = 0; start < 3; ++start) {  // wherever the ring stands
      for (std::uint32_t i = 0; i < capacity; ++i) put<kAlone>(ring, i);
      std::atomic<bool> reserved{false};
      std::thread producer([&] {
        put<kAlone>(ring, capacity);
        reserved = true;
      });
      Ring::Slot* taken = ring.take<kAlone>(kSpins);
      ASSERT_NE(taken, nullptr);
      usleep(5000);
      EXPECT_FALSE(reserved) << "what is taken is under way until it is released";
      ring.release(*taken);
      producer.join();
      for (std::uint32_t i = 1; i <= capacity; ++i) {
        EXPECT_EQ(get<kAlone>(ring), static_cast<std::int64_t>(i));
      }
    }
  }
}

TEST(Ring, HoldsItsCapacityAndNotOneMore) {
  expect_ring_bound<true>();
  expect_ring_bound<false>();
}

TEST(Ring, HasLineAlignedSlotsThatDoNotOverlap) {
  for (const std::size_t room : {8U, 32U, 33U, 64U, 100U, 4096U, 65536U}) {
    Ring ring(3, room);
    Ring::Slot* slots[3];
    for (int i = 0; i < 3; ++i) {
      slots[i] = ring.reserve<false>(kSpins);
      const auto at = reinterpret_cast<std::uintptr_t>(ring.bytes(*slots[i]));
      EXPECT_EQ(at % (room > 32 ? 64 : 32), 0U) << room;
      std::memset(ring.bytes(*slots[i]), i + 1, room);
    }
    for (Ring::Slot* slot : slots) ring.commit<false>(*slot);
    for (int i = 0; i < 3; ++i) {
      Ring::Slot* slot = ring.take<false>(kSpins);
      ASSERT_EQ(slot, slots[i]);
      for (std::size_t k = 0; k < room; ++k) {
        ASSERT_EQ(ring.bytes(*slot)[k], static_cast<std::byte>(i + 1));
      }
      ring.release(*slot);
    }
  }
}

template <bool kAlone>
void expect_withdrawal() {
  Ring ring(2, 8);
  for (std::uint64_t round = 0; round < 10; ++round) {
    Ring::Slot* slot = ring.reserve<kAlone>(kSpins);
    ASSERT_NE(slot, nullptr);
    ring.withdraw<kAlone>(*slot);
    put<kAlone>(ring, round);
    EXPECT_EQ(get<kAlone>(ring), static_cast<std::int64_t>(round));
  }
}

TEST(Ring, DoesNotDeliverWhatWasWithdrawn) {
  expect_withdrawal<true>();
  expect_withdrawal<false>();
}

TEST(Ring, GivesWhatItHoldsAfterItIsClosedAndCanBeReopened) {
  Ring ring(4, 8);
  for (std::uint64_t round = 0; round < 10; ++round) {
    put<true>(ring, round);
    ring.close();
    EXPECT_EQ(get<true>(ring), static_cast<std::int64_t>(round));
    EXPECT_EQ(get<true>(ring), -1);
    EXPECT_EQ(get<false>(ring), -1);
    ring.reopen();
  }
}

TEST(Ring, LetsEveryWaitingConsumerGoWhenItIsClosed) {
  Ring ring(4, 8);
  std::vector<std::thread> consumers;
  for (int i = 0; i < 8; ++i) consumers.emplace_back([&] { EXPECT_EQ(get<false>(ring), -1); });
  usleep(20'000);
  ring.close();
  for (std::thread& consumer : consumers) consumer.join();
}

TEST(Ring, ServesBothWaitingConsumersWhenTheLaterItemIsCommittedFirst) {
  for (int round = 0; round < 5; ++round) {
    Ring ring(2, 8);
    expect_both_are_served([&] { get<false>(ring); },
                           [&] {
                             Ring::Slot* first = ring.reserve<false>(0);
                             Ring::Slot* second = ring.reserve<false>(0);
                             ring.commit<false>(*second);
                             testing::let_it_sleep_again();
                             ring.commit<false>(*first);
                           });
  }
}

TEST(Ring, ServesBothWaitingProducersWhenTheLaterSlotIsReleasedFirst) {
  for (int round = 0; round < 5; ++round) {
    Ring ring(2, 8);
    put<false>(ring, 0);
    put<false>(ring, 1);
    expect_both_are_served([&] { put<false>(ring, 2); },
                           [&] {
                             Ring::Slot* first = ring.take<false>(0);
                             Ring::Slot* second = ring.take<false>(0);
                             ring.release(*second);
                             testing::let_it_sleep_again();
                             ring.release(*first);
                           });
  }
}

TEST(Ring, LetsEverybodyGoWhenItIsBrokenOffAndStaysBroken) {
  Ring full(1, 8), empty(1, 8);
  put<false>(full, 0);
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] { EXPECT_EQ(full.reserve<false>(kSpins), nullptr); });
    waiting.emplace_back([&] { EXPECT_EQ(empty.take<false>(kSpins), nullptr); });
  }
  usleep(20'000);
  full.break_off();
  empty.break_off();
  for (std::thread& thread : waiting) thread.join();
  full.close();
  full.reopen();
  EXPECT_EQ(full.reserve<false>(kSpins), nullptr);
}

/// Each producer hands in its numbers, others' come in between; each consumer sees them ascend.
void exchange(std::uint32_t producers, std::uint32_t consumers, std::uint32_t capacity,
              std::uint64_t items) {
  Ring ring(capacity, 8);
  std::atomic<std::uint32_t> producing{producers};
  std::vector<std::vector<int>> seen(consumers, std::vector<int>(producers * items));
  std::vector<std::thread> threads;
  for (std::uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      for (std::uint64_t i = 0; i < items; ++i) put<false>(ring, p * items + i);
      if (--producing == 0) ring.close();
    });
  }
  for (std::uint32_t c = 0; c < consumers; ++c) {
    threads.emplace_back([&, c] {
      std::vector<std::int64_t> last(producers, -1);
      for (std::int64_t value; (value = get<false>(ring)) >= 0;) {
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

TEST(Ring, DeliversEachItemOnceAndInOrderToManyAtOnce) {
  const std::uint64_t items = testing::kSanitized ? 300 : 3000;
  for (const std::uint32_t capacity : kCapacities) {
    exchange(3, 3, capacity, items);
    exchange(1, 4, capacity, items);
    exchange(4, 1, capacity, items);
  }
  exchange(32, 32, 2, items / 10);
}

TEST(Ring, WorksBetweenProcesses) {
  constexpr std::uint64_t kCarried = 20'000;
  for (const std::uint32_t capacity : {1U, 3U, 64U}) {
    Ring ring(capacity, 64);
    const pid_t child = fork();
    if (child == 0) {
      for (std::uint64_t i = 0; i < kCarried; ++i) {
        if (get<true>(ring) == static_cast<std::int64_t>(i)) continue;
        ring.break_off();
        _exit(1);
      }
      _exit(get<true>(ring) == -1 ? 0 : 2);
    }
    for (std::uint64_t i = 0; i < kCarried && !::testing::Test::HasFatalFailure(); ++i) {
      put<true>(ring, i);
    }
    ring.close();
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace handoff
