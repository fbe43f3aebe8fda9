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

inline constexpr std::uint32_t kMinPayload = 8;
inline constexpr std::uint32_t kMaxPayload = 1U << 20;
inline constexpr std::uint32_t kMaxThreads = 1024;  // of one side
inline constexpr std::uint32_t kMaxCapacity = 1U << 24;

/// One combination of workload values; every strategy at a point is given the same one.
struct Workload {
  std::uint32_t producers = 1;    // executing threads or processes that produce
  std::uint32_t consumers = 1;    // executing threads or processes that consume
  std::uint32_t payload = 64;     // bytes an item, kMinPayload to kMaxPayload
  std::uint32_t capacity = 1024;  // items handed in but not yet taken out, at most
  Transfer transfer = Transfer::kCopy;
  std::uint32_t beside = 0;  // a probe's: payload of the point that it runs beside

  friend bool operator==(const Workload&, const Workload&) = default;
};

}  // namespace handoff
