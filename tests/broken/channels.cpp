// Channels that break the promise of delivery, each in one way, once a slice.
#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

template <class Message>
class LosesOne : public HonestChannel<Message> {
 public:
  using HonestChannel<Message>::HonestChannel;
  void push(const Message& message) {
    if (!is_victim(message)) HonestChannel<Message>::push(message);
  }
};

template <class Message>
class DoublesOne : public HonestChannel<Message> {
 public:
  using HonestChannel<Message>::HonestChannel;
  void push(const Message& message) {
    HonestChannel<Message>::push(message);
    if (is_victim(message)) HonestChannel<Message>::push(message);
  }
};

template <class Message>
class LosesOneDoublesAnother : public HonestChannel<Message> {
 public:
  using HonestChannel<Message>::HonestChannel;
  void push(const Message& message) {
    if (is_victim(message)) return;
    HonestChannel<Message>::push(message);
    if (is_victim(message, kOtherVictim)) HonestChannel<Message>::push(message);
  }
};

/// The victim waits for its neighbour: kVictim and the next sequence lie in one chunk, so that the
/// same producer pushes both, one after the other.
template <class Message>
class SwapsTwo : public HonestChannel<Message> {
 public:
  using HonestChannel<Message>::HonestChannel;
  void push(const Message& message) {
    if (is_victim(message)) {
      held_back_ = message;
      return;
    }
    HonestChannel<Message>::push(message);
    if (is_victim(message, kVictim + 1)) HonestChannel<Message>::push(held_back_);
  }

 private:
  Message held_back_{};
};

template <class Message>
class AltersOneByte : public HonestChannel<Message> {
 public:
  explicit AltersOneByte(const Setting& setting)
      : HonestChannel<Message>(setting), last_byte_(setting.workload.payload - 1) {}
  void push(const Message& message) {
    Message sent = message;
    if (is_victim(message)) sent.bytes[last_byte_] ^= std::byte{0x10};
    HonestChannel<Message>::push(sent);
  }

 private:
  const std::size_t last_byte_;
};

/// One item of each slice is kept and delivered again in the next one, besides that one's own.
template <class Message>
class DeliversStale : public HonestChannel<Message> {
 public:
  using HonestChannel<Message>::HonestChannel;
  void push(const Message& message) {
    HonestChannel<Message>::push(message);
    if (id_of(message).sequence != kVictim) return;
    if (id_of(message).slice >= kFirstBadSlice) HonestChannel<Message>::push(kept_);
    kept_ = message;
  }

 private:
  Message kept_{};
};

template <template <class> class C>
constexpr Descriptor describe(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .source = "tests/broken/channels.cpp",
          .family = Family::kMutexQueue,
          .carrier = Carrier::kThreads,
          .structure = "locked deque",
          .origin = kOwnOrigin,
          .traits = {.fifo = true, .bounded = true, .blocking = true, .allocates = true},
          .unsupported = by_value_only,
          .make = make_broken<C>};
}

const Descriptor kBroken[] = {
    describe<LosesOne>("broken_loses_one", "broken: loses one item"),
    describe<DoublesOne>("broken_doubles_one", "broken: delivers one item twice"),
    describe<LosesOneDoublesAnother>("broken_loses_one_doubles_another",
                                     "broken: loses one item and delivers another one twice"),
    describe<SwapsTwo>("broken_swaps_two", "broken: swaps two items of one producer"),
    describe<AltersOneByte>("broken_alters_one_byte", "broken: alters one byte of one item"),
    describe<DeliversStale>("broken_delivers_stale",
                            "broken: delivers an item of the slice before again"),
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& broken : kBroken) add_strategy(&broken, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
