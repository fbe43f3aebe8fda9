// Do a cell's slices fall in two clear groups? A queue between two near cores, and between two far
// ones, is two queues; a median between the levels describes neither.
//
// The best split of the sorted logs into two (Otsu's: least variance within) counts as two levels
// only where both hold a tenth of the slices, lie a quarter apart and well beyond their spreads
// (Ashman's D, from robust spreads), and where hardly anything lies between: a long tail has no
// valley. Sources: Otsu, IEEE Trans. SMC 9, 1979; Ashman, Bird, Zepf, Astronomical Journal 108,
// 1994.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace handoff {

struct LevelSlice {
  double log_ns = 0;                                               // of an item
  double floor_log_ns = std::numeric_limits<double>::quiet_NaN();  // in the same block, if probed
  int incarnation = 0;
};

/// What a cell took in one incarnation.
struct IncarnationLevel {
  int incarnation = 0;
  double log_ns = 0;  // of an item, median of its slices
};

enum class LevelCause : std::uint8_t {
  kUnknown,
  kFloor,     // the hand-over of a cache line was slow when the cell was
  kLayout,    // each lifetime keeps to one level, and other cells do not follow: memory layout
  kMachine,   // each lifetime keeps to one level, and other cells are slow in the same ones
  kLifetime,  // each lifetime keeps to one level, and there is no other cell to tell why
};

struct Levels {
  double low_ns = 0, high_ns = 0;  // medians
  double low_share = 0;            // of the slices
  LevelCause cause = LevelCause::kUnknown;
  double floor_low_ns = 0, floor_high_ns = 0;  // medians of the probe's item; with kFloor
};

inline constexpr std::size_t kFewestForLevels = 60;

/// Empty: one group, or too few slices to tell. `others`: the other cells of the point, each by
/// incarnation. Memory is laid out anew for each cell in each incarnation, so it makes different
/// ones slow from cell to cell; what makes most cells slow in the same ones is the machine.
std::optional<Levels> find_levels(std::span<const LevelSlice> slices,
                                  std::span<const std::vector<IncarnationLevel>> others = {});

}  // namespace handoff
