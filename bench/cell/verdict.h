// What can be said of a cell, and why. Only `delivered` gets a speed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handoff {

enum class CellVerdict : std::uint8_t {
  kDelivered,      // every item exactly once, unaltered, in order where order is promised
  kLost,           // items were drawn and never accepted
  kDuplicated,     // items were accepted more than once
  kStale,          // items of an earlier slice were accepted
  kReordered,      // items of one producer overtook each other, though FIFO is promised
  kCorrupted,      // items were altered, or nobody made them
  kNotHandedOver,  // a thread accepted items that it had drawn itself
  kOverfull,       // more items were under way than the capacity allows
  kWrongTransfer,  // items were not made, or not accepted, where the transfer has them be
  kCrashed,        // the process ended inside its work
  kHung,           // no progress for the timeout
  kLeaked,         // processes were left behind
  kUnsupported,    // the strategy cannot do this workload: no failure
};

struct CellOutcome {
  CellVerdict verdict = CellVerdict::kDelivered;
  std::string reason;  // a sentence; empty when delivered
  bool good() const { return verdict == CellVerdict::kDelivered; }
};

std::string_view name(CellVerdict verdict);
std::optional<CellVerdict> cell_verdict(std::string_view name);

/// Whether a run with such a cell exits 2: anything but delivered and unsupported.
constexpr bool is_failure(CellVerdict verdict) {
  return verdict != CellVerdict::kDelivered && verdict != CellVerdict::kUnsupported;
}

}  // namespace handoff
