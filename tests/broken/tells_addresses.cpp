// A strategy that does its work and lets a test see where its memory lies.
#include <fmt/format.h>

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

const Descriptor kTeller[] = {
    {.name = "broken_tells_addresses",
     .summary = "says where its memory lies",
     .source = "tests/broken/tells_addresses.cpp",
     .family = Family::kReference,
     .carrier = Carrier::kThreads,
     .structure = kNoStructure,
     .origin = kOwnOrigin,
     .make = [](const Setting&) -> std::unique_ptr<Strategy> {
       return std::make_unique<TellsAddresses>();
     }},
};
[[maybe_unused]] const bool kRegistered = [] {
  for (const Descriptor& teller : kTeller) add_strategy(&teller, kInterfaceTag);
  return true;
}();

}  // namespace
}  // namespace handoff::broken
