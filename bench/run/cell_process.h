// The driver's side of one incarnation: starts keeper and cell, asks for slices, notices when the
// cell crashes, hangs or leaves processes behind.
//
// A failing cell is an outcome, never an exception: the sweep goes on. Only what makes measuring
// impossible (no processes, no memory) throws std::system_error.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "bench/cell/lane_setup.h"
#include "bench/cell/protocol.h"
#include "bench/cell/verdict.h"
#include "bench/posix/unique_fd.h"

namespace handoff {

class CellProcess {
 public:
  /// Starts keeper and cell and asks the cell to open; does not wait for it (see opened()).
  /// `program`: the build of handoff that the cell runs; this very one by default.
  CellProcess(const OpenRequest& request, double timeout_s, const std::string& program = {});
  CellProcess(const CellProcess&) = delete;
  CellProcess& operator=(const CellProcess&) = delete;
  /// Kills what still lives.
  ~CellProcess();

  /// Waits until the strategy is constructed.
  CellOutcome opened();
  bool bound() const { return bound_; }
  const std::string& note() const { return note_; }

  /// Runs one slice. A slice that takes longer than `cut_after_ns` is cut short: proved, and timed
  /// as far as it went. After a failed outcome the cell is dead.
  SliceReply slice(std::uint32_t slice, std::uint64_t items, double cut_after_ns);

  /// Asks the cell to end and does not wait, so that several may be ending at once.
  void ask_to_close();
  /// Orderly end, asked for if it was not; `leaked` if processes are left behind.
  CellOutcome close();
  double peak_memory_bytes() const { return peak_memory_bytes_; }

  bool alive() const { return keeper_ > 0; }
  pid_t keeper() const { return keeper_; }

 private:
  /// The next message, while the cell makes progress; an outcome that is not good otherwise.
  CellOutcome await(Json& message, const char* doing, double cut_after_ns);
  CellOutcome ended(const char* doing);
  void kill();

  OpenRequest request_;
  double timeout_s_;
  LaneSetup lanes_;
  UniqueFd lifeline_, control_;
  LineChannel channel_{-1};
  pid_t keeper_ = -1;
  const char* closing_ = nullptr;  // what was going on then; null: not asked to close
  bool bound_ = false;
  std::string note_;
  double peak_memory_bytes_ = 0;
};

}  // namespace handoff
