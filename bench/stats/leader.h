// Who leads a point: the candidate that no other candidate beats, by paired information.
//
// A cell's own median depends on when its slices ran; the pairs do not. So the leader is the
// candidate whose worst pair is best: the smallest, over candidates, of the largest mean log ratio
// to any other candidate. A candidate that beats all others has none above 0 and is always found,
// and a cell that is missing in some blocks or incarnations is judged where it was present. Where a
// pair was never comparable, not even through an anchor, the ratio of the two cells' own typical
// values stands in, for this choice only.
#pragma once

#include <optional>
#include <span>

#include "bench/stats/pairing.h"

namespace handoff {

/// `candidates` are cells with at least one slice each; `anchors` may help to pair them. Of equals
/// the first candidate leads; of none, none.
std::optional<int> choose_leader(std::span<const IncarnationTable> tables,
                                 std::span<const int> candidates, std::span<const int> anchors);

}  // namespace handoff
