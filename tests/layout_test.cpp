// Where the memory of a cell lies: elsewhere in each incarnation.
#include <gtest/gtest.h>
#include <sys/personality.h>

#include <optional>
#include <sstream>
#include <string>

#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::kTimeout;
using testing::open_request;

struct Addresses {
  std::string heap, stack;
};

/// Where the memory of an incarnation with this seed lies, the kernel's own randomness off; empty
/// where that cannot be had.
std::optional<Addresses> addresses_of(std::uint64_t seed) {
  const int before = personality(0xffffffff);
  if (personality(static_cast<unsigned>(before) | ADDR_NO_RANDOMIZE) < 0) return std::nullopt;
  OpenRequest request = open_request("broken_tells_addresses", {.payload = 8});
  request.seed = seed;
  CellProcess cell(request, kTimeout);
  const CellOutcome opened = cell.opened();
  personality(static_cast<unsigned>(before));
  EXPECT_TRUE(opened.good()) << opened.reason;
  Addresses found;
  std::istringstream(cell.note()) >> found.heap >> found.stack;
  return found;
}

TEST(CellProcess, MovesHeapAndStackWithItsSeed) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's allocator places blocks its own way";
  const auto first = addresses_of(1001), again = addresses_of(1001), other = addresses_of(3003);
  if (!first) GTEST_SKIP() << "addresses are always random here";
  ASSERT_EQ(first->heap, again->heap) << "the same seed, the same layout";
  ASSERT_EQ(first->stack, again->stack);
  EXPECT_NE(first->heap, other->heap);
  EXPECT_NE(first->stack, other->stack);
}

}  // namespace
}  // namespace handoff
