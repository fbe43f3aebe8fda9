// Queues that cannot be closed, and whose poison does not end each consumer after the last item.
#include <utility>

#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

/// An honest queue that is never closed.
template <class Message>
class EndedByPoison {
 public:
  explicit EndedByPoison(const Setting& setting) : queue_(setting) {}

  void push(const Message& message) { queue_.push(message); }
  void pop(Message& message) { queue_.pop(message); }
  static Message poison() { return no_item<Message>(); }

 private:
  HonestChannel<Message> queue_;
};

/// Of the poison of a slice that goes wrong, the first is not handed in: one consumer waits for
/// ever.
template <class Message>
class PushesTooLittlePoison : public EndedByPoison<Message> {
 public:
  using EndedByPoison<Message>::EndedByPoison;
  void push(const Message& message) {
    const bool poison = same_item(message, this->poison());
    if (!poison) bad_ = id_of(message).slice >= kFirstBadSlice;  // one producer
    if (!poison || !std::exchange(bad_, false)) EndedByPoison<Message>::push(message);
  }

 private:
  bool bad_ = false;
};

/// What is popped as poison is not what was named as such: the consumer takes it for an item.
template <class Message>
class PopsPoisonAsAnItem : public EndedByPoison<Message> {
 public:
  using EndedByPoison<Message>::EndedByPoison;
  void pop(Message& message) {
    EndedByPoison<Message>::pop(message);
    if (!same_item(message, this->poison())) {
      bad_ = id_of(message).slice >= kFirstBadSlice;
    } else if (std::exchange(bad_, false)) {
      message.bytes[0] ^= std::byte{1};
      EndedByPoison<Message>::push(this->poison());  // it does end
    }
  }

 private:
  bool bad_ = false;
};

/// The poison is an item: the one with sequence kVictim of slice kFirstBadSlice.
template <class Message>
class NamesAnItemAsPoison : public EndedByPoison<Message> {
 public:
  using EndedByPoison<Message>::EndedByPoison;
  static Message poison() {
    Message victim{};
    const std::uint64_t word =
        item_code::encode(item_code::pack({.slice = kFirstBadSlice, .sequence = kVictim}));
    std::memcpy(victim.bytes.data(), &word, sizeof word);
    return victim;
  }
};

template <template <class> class C>
constexpr Descriptor describe(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .source = "tests/broken/poison.cpp",
          .traits = {.fifo = true,
                     .bounded = true,
                     .blocking = true,
                     .allocates = true,
                     .waits_itself = true},
          .unsupported = by_value_only,
          .make = make_broken<C>};
}

const Descriptor kBroken[] = {
    describe<PushesTooLittlePoison>("broken_pushes_too_little_poison",
                                    "broken: one consumer gets no poison"),
    describe<PopsPoisonAsAnItem>("broken_pops_poison_as_an_item",
                                 "broken: a consumer does not know the poison"),
    describe<NamesAnItemAsPoison>("broken_names_an_item_as_poison",
                                  "broken: one item is taken for poison"),
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& broken : kBroken) add_strategy(&broken, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
