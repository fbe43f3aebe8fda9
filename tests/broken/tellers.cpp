// Strategies that do their work and let a test see what it could not otherwise: where their memory
// lies, and what happens while an item takes long.
#include <fmt/format.h>
#include <time.h>

#include <memory>

#include "tests/broken/honest_channel.h"

namespace handoff::broken {
namespace {

/// Its note says where a block of the heap and a variable on the stack lie.
class TellsAddresses final : public Strategy {
 public:
  void run(const Run& slice) override {
    hand_over(slice, ++slices_, [] { return true; });
  }
  std::string note() const override {
    const auto block = std::make_unique<std::byte[]>(100'000);  // from the end of the heap
    const int variable = 0;
    return fmt::format("{} {}", fmt::ptr(block.get()), fmt::ptr(&variable));
  }

 private:
  std::uint32_t slices_ = 0;
};

/// Each item takes four tenths of a second.
class TakesLong final : public Strategy {
 public:
  void run(const Run& slice) override {
    for (Value<8> value{}; slice.producers[0].next(value);) {
      const timespec long_time{0, 400'000'000};
      nanosleep(&long_time, nullptr);
      slice.consumers[0].accept(value);
    }
  }
};

const Descriptor kTellers[] = {
    {.name = "broken_tells_addresses",
     .summary = "says where its memory lies",
     .source = "tests/broken/tellers.cpp",
     .make = [](const Setting&) -> std::unique_ptr<Strategy> {
       return std::make_unique<TellsAddresses>();
     }},
    {.name = "broken_takes_long",
     .summary = "takes 0.4 s an item",
     .source = "tests/broken/tellers.cpp",
     .make = [](const Setting&) -> std::unique_ptr<Strategy> {
       return std::make_unique<TakesLong>();
     }},
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& teller : kTellers) add_strategy(&teller, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
