// The process of one incarnation: opens a strategy at a point, runs slices as asked, proves them.
#pragma once

namespace handoff {

/// Serves the protocol on `control_fd` until "close" or until the other end is gone; lanes are made
/// in the shared memory `memory_fd`. Returns the exit status of the process.
int cell_main(int control_fd, int memory_fd);

}  // namespace handoff
