// What is the same for every strategy at a point: who produces, who consumes, how much travels.
//
// Source: docs/architecture.md ("Words"). All sizes in bytes, all counts in items or threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace handoff {

/// How an item's bytes travel; a contract, the same for every strategy.
///   copy:     the producer fills a buffer of its own, the strategy copies it in, the consumer gets
///             it in a buffer of its own: two copies, by value or by slot
///   move:     a buffer changes its owner; its bytes stay where they are
///   in_place: written and read where the strategy keeps them
enum class Transfer : std::uint8_t { kCopy, kMove, kInPlace };

constexpr std::string_view name(Transfer transfer) {
  return transfer == Transfer::kCopy ? "copy" : transfer == Transfer::kMove ? "move" : "in_place";
}
/// The transfer of that name, if there is one.
constexpr std::optional<Transfer> transfer_named(std::string_view text) {
  for (const Transfer transfer : {Transfer::kCopy, Transfer::kMove, Transfer::kInPlace}) {
    if (text == name(transfer)) return transfer;
  }
  return std::nullopt;
}

/// What one does that finds no room, or no item; the same for every strategy.
///   block:      sleeps at once
///   spin:       looks again and again, and never sleeps
///   spin_block: looks again for a while (Workload::spin_ns), then sleeps
enum class Wait : std::uint8_t { kBlock, kSpin, kSpinBlock };

constexpr std::string_view name(Wait wait) {
  return wait == Wait::kBlock ? "block" : wait == Wait::kSpin ? "spin" : "spin-block";
}
/// The wait of that name, if there is one.
constexpr std::optional<Wait> wait_named(std::string_view text) {
  for (const Wait wait : {Wait::kBlock, Wait::kSpin, Wait::kSpinBlock}) {
    if (text == name(wait)) return wait;
  }
  return std::nullopt;
}

inline constexpr std::uint32_t kMinPayload = 8;
inline constexpr std::uint32_t kMaxPayload = 1U << 20;
inline constexpr std::uint32_t kMaxThreads = 1024;  // of one side
inline constexpr std::uint32_t kMaxCapacity = 1U << 24;
inline constexpr std::uint32_t kMaxSpinNs = 1'000'000'000;

/// One combination of workload values; every strategy at a point is given the same one.
struct Workload {
  std::uint32_t producers = 1;    // executing threads or processes that produce
  std::uint32_t consumers = 1;    // executing threads or processes that consume
  std::uint32_t payload = 64;     // bytes an item, kMinPayload to kMaxPayload
  std::uint32_t capacity = 1024;  // items that the strategy may keep: handed in, not yet taken out
  Transfer transfer = Transfer::kCopy;
  Wait wait = Wait::kSpinBlock;
  std::uint32_t spin_ns = 10'000;     // how long kSpinBlock spins before it sleeps
  std::uint32_t beside = 0;           // a probe's: payload of the point that it runs beside
  std::uint32_t beside_capacity = 0;  // and its capacity

  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace handoff
