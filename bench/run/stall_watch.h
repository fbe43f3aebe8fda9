// How long a cell has stood still, as seen by a driver that looks at it from time to time.
//
// Of a time in which the driver itself did not run (it was stopped, its machine suspended, its
// container frozen) it has seen nothing: the cell may have been stopped as well. That time does not
// count against the cell.
#pragma once

#include <cstdint>

namespace handoff {

class StallWatch {
 public:
  /// `progress`: of the cell now, a number that moves as long as the cell does. `gap_ns`: what is
  /// longer between two looks means that the driver did not run.
  StallWatch(std::uint64_t now_ns, std::uint64_t progress, std::uint64_t gap_ns)
      : moved_at_ns_(now_ns), looked_at_ns_(now_ns), progress_(progress), gap_ns_(gap_ns) {}

  /// A look at the cell: for how long it has not moved, ns.
  std::uint64_t look(std::uint64_t now_ns, std::uint64_t progress) {
    const bool did_not_run = now_ns - looked_at_ns_ > gap_ns_;
    if (did_not_run || progress != progress_) moved_at_ns_ = now_ns;
    looked_at_ns_ = now_ns;
    progress_ = progress;
    return now_ns - moved_at_ns_;
  }

 private:
  std::uint64_t moved_at_ns_, looked_at_ns_, progress_;
  const std::uint64_t gap_ns_;
};

}  // namespace handoff
