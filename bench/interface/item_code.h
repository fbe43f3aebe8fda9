// An item's bytes: made from its id, and checkable without knowing which id to expect.
//
// The first eight bytes are A * id mod 2^64 with id < 2^52, an AN code (Brown 1960; Forin 1989): a
// word is valid if and only if its product with A's inverse is below 2^52. A is chosen so that
// altering any one byte of a valid word always leaves the code (proved over all cases in the
// tests); any other alteration passes with probability 2^-12. Each further word is the first plus a
// multiple of a constant, so that no byte, position or neighbour can be exchanged unseen.
//
// Layout of an id: slice (12 bits, modulo) | producer (10) | sequence (30, unique in the slice).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace handoff {

struct ItemId {
  std::uint32_t slice = 0, producer = 0, sequence = 0;
  friend bool operator==(const ItemId&, const ItemId&) = default;
};

namespace item_code {

inline constexpr unsigned kSequenceBits = 30, kProducerBits = 10, kSliceBits = 12;
inline constexpr unsigned kIdBits = kSequenceBits + kProducerBits + kSliceBits;
inline constexpr std::uint64_t kSequenceMask = (1ULL << kSequenceBits) - 1;

inline constexpr std::uint64_t kA = 0x2ceaee21bf46bc01;
inline constexpr std::uint64_t kAInverse = 0x84e4a46ddac94401;
static_assert(kA * kAInverse == 1, "decoding must undo encoding");
inline constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // odd: the words of an item differ

constexpr std::uint64_t pack(const ItemId& id) {
  return (static_cast<std::uint64_t>(id.slice & ((1U << kSliceBits) - 1))
          << (kProducerBits + kSequenceBits)) |
         (static_cast<std::uint64_t>(id.producer) << kSequenceBits) | id.sequence;
}
constexpr ItemId unpack(std::uint64_t packed) {
  return {static_cast<std::uint32_t>(packed >> (kProducerBits + kSequenceBits)),
          static_cast<std::uint32_t>(packed >> kSequenceBits) & ((1U << kProducerBits) - 1),
          static_cast<std::uint32_t>(packed & kSequenceMask)};
}
constexpr std::uint64_t encode(std::uint64_t packed) { return packed * kA; }
/// The packed id of a valid word; 2^52 or more for any other word.
constexpr std::uint64_t decode(std::uint64_t word) { return word * kAInverse; }

inline std::uint64_t first_word(const std::byte* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Two words, written and read as one: whoever copies an item just written, by registers of that
/// size, gets it from the CPU's store buffer. From smaller stores it could not.
using Pair [[gnu::vector_size(16)]] = std::uint64_t;

/// Writes `size` (>= 8) bytes of the item whose encoded id is `word`. Unrolls for constant sizes.
inline void write(std::byte* at, std::size_t size, std::uint64_t word) {
  const std::size_t whole = size / 8;
  std::size_t i = 0;
  Pair pair = {word, word + kStep};
  for (; i + 2 <= whole; i += 2, pair += 2 * kStep) std::memcpy(at + 8 * i, &pair, sizeof pair);
  std::uint64_t value = word + i * kStep;
  for (; i < whole; ++i, value += kStep) std::memcpy(at + 8 * i, &value, 8);
  if (const std::size_t rest = size % 8; rest != 0) std::memcpy(at + 8 * whole, &value, rest);
}

/// Whether the `size` bytes are those that `write` makes from their own first word. Reads them all.
inline bool intact(const std::byte* at, std::size_t size) {
  const std::size_t whole = size / 8;
  const std::uint64_t first = first_word(at);
  std::size_t i = 0;
  Pair expected = {first, first + kStep}, differences = {0, 0};
  for (; i + 2 <= whole; i += 2, expected += 2 * kStep) {
    Pair pair;
    std::memcpy(&pair, at + 8 * i, sizeof pair);
    differences |= pair ^ expected;
  }
  std::uint64_t difference = differences[0] | differences[1], value = first + i * kStep;
  for (; i < whole; ++i, value += kStep) {
    std::uint64_t word;
    std::memcpy(&word, at + 8 * i, 8);
    difference |= word ^ value;
  }
  if (const std::size_t rest = size % 8; rest != 0) {
    if (std::memcmp(at + 8 * whole, &value, rest) != 0) return false;
  }
  return difference == 0;
}

}  // namespace item_code
}  // namespace handoff
