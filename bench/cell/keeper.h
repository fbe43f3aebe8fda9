// The keeper of a cell: starts it, tells the driver how it ended, and makes sure that nothing it
// started outlives it - also when the driver is killed.
//
// The keeper is a child subreaper: whatever the cell's processes leave behind becomes its child. It
// watches a lifeline, a socket whose other end only the driver holds; when that end is gone, so is
// the driver, and everything below the keeper is killed.
#pragma once

#include "bench/cell/protocol.h"

namespace handoff {

/// How a cell's process ended; sent over the lifeline as one JSON line.
struct CellEnd {
  int wait_status = 0;      // as of waitpid(2)
  std::string left_behind;  // processes still alive after an orderly end; empty: none

  Json to_json() const;
  static CellEnd from(const Json& json);
};

/// Descriptors at which a keeper expects its three ends, and a cell the last two.
inline constexpr int kLifelineFd = 3, kControlFd = 4, kMemoryFd = 5;

/// Runs `cell_main` in a child forked before anything else has happened, so that the cell has the
/// fresh addresses of a program just exec'd. Ends the process when nothing is left.
[[noreturn]] void keeper_main();

}  // namespace handoff
