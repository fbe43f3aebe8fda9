#include "bench/cell/verdict.h"

#include <array>

namespace handoff {

namespace {
constexpr std::array<std::string_view, 13> kVerdictNames{
    "delivered",       "lost",     "duplicated",     "stale",   "reordered", "corrupted",
    "not handed over", "overfull", "wrong transfer", "crashed", "hung",      "leaked",
    "unsupported"};
}  // namespace

std::string_view name(CellVerdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

std::optional<CellVerdict> cell_verdict(std::string_view name) {
  for (std::size_t i = 0; i < kVerdictNames.size(); ++i) {
    if (kVerdictNames[i] == name) return static_cast<CellVerdict>(i);
  }
  return std::nullopt;
}

}  // namespace handoff
