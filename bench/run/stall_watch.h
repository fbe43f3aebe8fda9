// How long a cell has made no progress, as seen by a driver that checks from time to time.
//
// If the driver itself did not run for a while (it was stopped, the machine was suspended, the
// container was frozen), the cell may have been stopped as well. That time is not counted.
#pragma once

#include <cstdint>

namespace handoff {

class StallWatch {
 public:
  /// `progress`: a number that changes as long as the cell makes progress. `gap_ns`: more time than
  /// this between two looks means that the driver did not run.
  StallWatch(std::uint64_t now_ns, std::uint64_t progress, std::uint64_t gap_ns)
      : moved_at_ns_(now_ns), looked_at_ns_(now_ns), progress_(progress), gap_ns_(gap_ns) {}

  /// Looks at the cell: returns for how long it has made no progress, ns.
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
