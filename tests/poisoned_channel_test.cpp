// Channels that cannot be closed: each consumer is ended by one poison, which is no item.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::InProcess;
using testing::kSanitized;
using testing::text;

/// What the channel of the cell under test saw.
struct Seen {
  std::size_t most = 0;  // messages in it at once
  std::size_t poison_in = 0, poison_out = 0;
  std::size_t left = 0;  // in it now
};
Seen observed;

/// A blocking queue as libraries have it.
template <class Message>
class LibraryQueue {
 public:
  explicit LibraryQueue(const Setting& setting) : capacity_(setting.workload.capacity) {
    observed = {};
  }

  void push(const Message& message) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [&] { return queue_.size() < capacity_; });
    queue_.push_back(message);
    observed.most = std::max(observed.most, queue_.size());
    observed.poison_in += same_item(message, poison());
    observed.left = queue_.size();
    not_empty_.notify_one();
  }
  void pop(Message& message) {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return !queue_.empty(); });
    message = queue_.front();
    queue_.pop_front();
    observed.poison_out += same_item(message, poison());
    observed.left = queue_.size();
    not_full_.notify_one();
  }
  static Message poison() { return no_item<Message>(); }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;  // owns the rest, and `observed`
  std::condition_variable not_full_, not_empty_;
  std::deque<Message> queue_;
};

const Descriptor kLibraryQueue{
    .name = "library_queue",
    .traits = {.fifo = true, .bounded = true, .blocking = true, .waits_itself = true},
    .make = make_threads_around<LibraryQueue>,
};

TEST(PoisonedChannel, DeliversAndGivesEachConsumerOnePoisonASlice) {
  for (const std::uint32_t producers : {1U, 2U, 5U}) {
    for (const std::uint32_t consumers : {1U, 2U, 5U}) {
      for (const std::uint32_t capacity : {1U, 2U, 3U, 64U}) {
        for (const std::uint32_t payload : {8U, 100U, 300U}) {
          for (const Transfer transfer : {Transfer::kCopy, Transfer::kMove}) {
            const Workload workload{producers, consumers, payload, capacity, transfer};
            InProcess cell(kLibraryQueue, workload, 1000);
            std::size_t slices = 0;
            for (const std::uint64_t items : {1U, 200U, 3U, 77U}) {
              const CellOutcome outcome = cell.slice(items);
              ASSERT_TRUE(outcome.good()) << text(workload) << ": " << outcome.reason;
              ASSERT_EQ(cell.lanes().accepted(), items) << "poison is not counted";
              ++slices;
              ASSERT_EQ(observed.poison_in, slices * consumers);
              ASSERT_EQ(observed.poison_out, slices * consumers);
              ASSERT_EQ(observed.left, 0U);
            }
            ASSERT_LE(observed.most, capacity) << "poison waits for room like an item";
          }
        }
      }
    }
  }
}

TEST(PoisonedChannel, WakesConsumersThatSleepInTheQueueWhenASliceIsCut) {
  constexpr std::uint64_t kMany = 1ULL << 22;  // far more than can be delivered before
  const Workload workload{.producers = 2, .consumers = 8, .payload = 8, .capacity = 2};
  InProcess cell(kLibraryQueue, workload, kMany);
  for (int slice = 0; slice < (kSanitized ? 2 : 5); ++slice) {
    cell.arm(kMany);
    std::thread cutter([&] {
      while (cell.lanes().accepted() < 100) std::this_thread::yield();
      cell.lanes().cut();
    });
    const CellOutcome outcome = cell.run_armed();
    cutter.join();
    ASSERT_TRUE(outcome.good()) << outcome.reason;
    EXPECT_EQ(observed.left, 0U);
  }
}

TEST(PoisonedChannel, HasPoisonThatNoItemOfAnySliceEquals) {
  const Value<8> poison = no_item<Value<8>>();
  EXPECT_GE(item_code::decode(item_code::first_word(poison.bytes.data())),
            1ULL << item_code::kIdBits);
  EXPECT_TRUE(same_item(no_item<Value<256>>(), no_item<Value<256>>()));
  EXPECT_FALSE(same_item(no_item<Value<64>>(), Value<64>{}));
  EXPECT_GT(no_item<Parcel>().slot, 2 * kMaxCapacity);
}

static_assert(PoisonedChannel<LibraryQueue<Parcel>, Parcel>);
static_assert(!CopyingChannel<LibraryQueue<Parcel>, Parcel>);

}  // namespace
}  // namespace handoff
