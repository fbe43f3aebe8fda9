#include "bench/interface/item_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace handoff {
namespace {

using namespace item_code;  // NOLINT: this file is about nothing else

constexpr std::uint64_t kValidIds = 1ULL << kIdBits;

bool readable(std::uint64_t word) { return decode(word) < kValidIds; }

TEST(ItemCode, UnpacksWhatItPacked) {
  for (const ItemId& id : {ItemId{0, 0, 0}, ItemId{4095, 1023, (1U << 30) - 1}, ItemId{1, 0, 7},
                           ItemId{0, 1, 0}, ItemId{17, 513, 123'456'789}}) {
    EXPECT_EQ(unpack(pack(id)), id);
    EXPECT_EQ(unpack(decode(encode(pack(id)))), id);
    EXPECT_LT(pack(id), kValidIds);
  }
}

TEST(ItemCode, CountsSlicesModulo4096) {
  EXPECT_EQ(unpack(pack({4096 + 5, 2, 3})), (ItemId{5, 2, 3}));
}

// A word w + e decodes to id + e / A (mod 2^64). Altering one byte adds e = d * 256^k, d in
// -255..255, so the altered word is readable only if e / A is nearer to 0 than 2^52 (mod 2^64): if
// no e is, no altered byte of any valid word can pass. 8 * 510 cases are all there are.
TEST(ItemCode, NoValidWordWithOneAlteredByteIsReadable) {
  int cases = 0;
  for (unsigned position = 0; position < 8; ++position) {
    for (std::int64_t delta = -255; delta <= 255; ++delta) {
      if (delta == 0) continue;
      const std::uint64_t error = static_cast<std::uint64_t>(delta) << (8 * position);
      const std::uint64_t moved = error * kAInverse;
      EXPECT_GE(moved, kValidIds) << "byte " << position << " delta " << delta;
      EXPECT_GE(0 - moved, kValidIds) << "byte " << position << " delta " << delta;
      ++cases;
    }
  }
  EXPECT_EQ(cases, 4080);
}

TEST(ItemCode, RealWordsWithOneAlteredByteAreUnreadable) {
  std::mt19937_64 random(3);
  for (int sample = 0; sample < 200; ++sample) {
    const std::uint64_t word = encode(random() % kValidIds);
    ASSERT_TRUE(readable(word));
    for (unsigned position = 0; position < 8; ++position) {
      for (std::uint64_t flip = 1; flip < 256; ++flip) {
        ASSERT_FALSE(readable(word ^ (flip << (8 * position)))) << word << ' ' << position;
      }
    }
  }
}

TEST(ItemCode, RandomBytesAreReadableOnceIn4096) {
  std::mt19937_64 random(5);
  int passed = 0;
  constexpr int kWords = 1 << 20;
  for (int i = 0; i < kWords; ++i) passed += readable(random()) ? 1 : 0;
  EXPECT_NEAR(passed, kWords / 4096.0, 5 * 16);  // five standard deviations
}

TEST(ItemCode, ZeroedMemoryReadsAsTheFirstItemOfSlice0AndTheDriverCountsSlicesFrom1) {
  EXPECT_EQ(unpack(decode(0)), (ItemId{0, 0, 0}));
}

TEST(ItemCode, WritesAllBytesOfAnySizeAndNoneBehind) {
  constexpr std::size_t kMost = 300;
  const std::uint64_t word = encode(pack({9, 8, 7}));
  for (std::size_t size = 8; size <= kMost; ++size) {
    std::array<std::byte, kMost + 8> once, other;
    once.fill(std::byte{0x00});
    other.fill(std::byte{0xff});
    write(once.data(), size, word);
    write(other.data(), size, word);
    EXPECT_EQ(std::memcmp(once.data(), other.data(), size), 0) << size;
    for (std::size_t i = size; i < once.size(); ++i) {
      ASSERT_EQ(once[i], std::byte{0x00}) << size;
      ASSERT_EQ(other[i], std::byte{0xff}) << size;
    }
    EXPECT_EQ(first_word(once.data()), word);
    EXPECT_TRUE(intact(once.data(), size)) << size;
  }
}

TEST(ItemCode, IntactSeesAnyAlteredByteBehindTheFirstWordAtAllSizes) {
  for (std::size_t size = 8; size <= 300; ++size) {
    std::vector<std::byte> item(size);
    write(item.data(), size, encode(pack({1, 2, 3})));
    for (std::size_t at = 8; at < size; ++at) {
      item[at] ^= std::byte{0x01};
      EXPECT_FALSE(intact(item.data(), size)) << "byte " << at << " of " << size;
      item[at] ^= std::byte{0x01};
    }
    EXPECT_TRUE(intact(item.data(), size));
  }
}

TEST(ItemCode, IntactSeesExchangedWords) {
  constexpr std::size_t kSize = 64;
  std::array<std::byte, kSize> item, fresh;
  write(fresh.data(), kSize, encode(pack({1, 2, 3})));
  for (std::size_t a = 0; a < kSize; a += 8) {
    for (std::size_t b = a + 8; b < kSize; b += 8) {
      item = fresh;
      std::swap_ranges(item.begin() + static_cast<long>(a), item.begin() + static_cast<long>(a) + 8,
                       item.begin() + static_cast<long>(b));
      EXPECT_FALSE(intact(item.data(), kSize)) << a << ' ' << b;
    }
  }
}

TEST(ItemCode, IntactSeesATailOfAnotherItem) {
  for (const std::size_t size : {std::size_t{16}, std::size_t{100}, std::size_t{256}}) {
    std::vector<std::byte> item(size), next(size);
    write(item.data(), size, encode(pack({1, 0, 50})));
    write(next.data(), size, encode(pack({1, 0, 51})));
    for (std::size_t torn = 8; torn < size; torn += 4) {
      std::vector<std::byte> mixed = item;
      std::copy(next.begin() + static_cast<long>(torn), next.end(),
                mixed.begin() + static_cast<long>(torn));
      EXPECT_FALSE(intact(mixed.data(), size)) << torn << " of " << size;
    }
  }
}

}  // namespace
}  // namespace handoff
