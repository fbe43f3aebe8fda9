// What the broken strategies would be if they were not broken: a bounded queue under one mutex, and
// a loop that has another thread accept each item.
//
// They misbehave in slice 3 and later, at the item with sequence kVictim: two good slices show that
// the proof is made anew each time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "bench/strategy.h"
#include "tests/broken/partner.h"

namespace handoff::broken {

inline constexpr std::uint32_t kFirstBadSlice = 3;
inline constexpr std::uint32_t kVictim = 100;  // sequence
inline constexpr std::uint32_t kHandedBefore =
    20;  // where a loop goes wrong that hands over slowly
inline constexpr std::uint32_t kOtherVictim = 200;  // where two items are wronged

template <class Message>
ItemId id_of(const Message& message) {
  return item_code::unpack(item_code::decode(item_code::first_word(message.bytes.data())));
}

template <class Message>
bool is_victim(const Message& message, std::uint32_t sequence = kVictim) {
  const ItemId id = id_of(message);
  return id.slice >= kFirstBadSlice && id.sequence == sequence;
}

template <class Message>
class HonestChannel {
 public:
  explicit HonestChannel(const Setting& setting) : HonestChannel(setting.workload.capacity, 1) {}
  /// Holds `most` messages; once it is empty, it gives out none before it holds `batch`.
  HonestChannel(std::size_t most, std::size_t batch) : most_(most), batch_(batch) {}

  void push(const Message& message) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.size() < most_; });
    queue_.push_back(message);
    if (queue_.size() >= batch_) giving_ = true;
    changed_.notify_all();
  }
  bool pop(Message& message) {
    std::unique_lock lock(mutex_);
    if (queue_.empty()) giving_ = false;
    changed_.wait(lock, [&] { return (giving_ && !queue_.empty()) || closed_; });
    if (queue_.empty()) return false;
    message = queue_.front();
    queue_.pop_front();
    changed_.notify_all();
    return true;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  void reopen() { closed_ = giving_ = false; }

 private:
  const std::size_t most_, batch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> queue_;
  bool closed_ = false, giving_ = false;
};

/// The broken channels look into their messages; a Parcel shows nothing.
inline std::string by_value_only(const Workload& workload) {
  if (travels_by_value(workload)) return {};
  return "broken channels carry payloads by value only: up to 256 bytes, transfer copy";
}

/// Descriptor::make for a broken channel.
template <template <class> class C>
std::unique_ptr<Strategy> make_broken(const Setting& setting) {
  return with_message(setting.workload,
                      [&]<class M>(std::type_identity<M>) -> std::unique_ptr<Strategy> {
                        if constexpr (std::same_as<M, Parcel>) {
                          return nullptr;  // see by_value_only
                        } else {
                          return std::make_unique<ThreadsAround<C, M>>(setting);
                        }
                      });
}

/// Draws in the calling thread and has another accept each item; calls `at_victim()` in place of
/// handing over the next item of a slice that goes wrong, and stops when that is false.
template <class AtVictim>
void hand_over(const Run& slice, std::uint32_t slice_number, AtVictim at_victim) {
  std::uint32_t handed = 0;
  Partner partner;
  for (Producer& producer : slice.producers) {
    while (producer.next(producer.buffer())) {
      if (handed == kHandedBefore && slice_number >= kFirstBadSlice && !at_victim()) return;
      Consumer& consumer = slice.consumers[handed++ % slice.consumers.size()];
      partner.have_done([&] {
        std::memcpy(consumer.buffer(), producer.buffer(), slice.workload.payload);
        consumer.accept(consumer.buffer());
      });
    }
  }
}

}  // namespace handoff::broken
