// The driver's side of one incarnation: starts keeper and cell, requests slices, and detects a cell
// that crashes, hangs or leaves processes behind.
//
// A failing cell is an outcome, never an exception, so the run continues. Only errors that make
// measuring impossible (no processes, no memory) throw std::system_error.
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
  /// `program`: the build of handoff that the cell runs; by default this program.
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

  /// Asks the cell to end and does not wait, so that several cells can end at the same time.
  void ask_to_close();
  /// Waits for the orderly end, after ask_to_close() if that was not called. `leaked` if processes
  /// are left behind.
  CellOutcome close();
  double peak_memory_bytes() const { return peak_memory_bytes_; }

  bool alive() const { return keeper_ > 0; }
  pid_t keeper() const { return keeper_; }

 private:
  /// Waits for the next message as long as the cell makes progress; else returns a failed outcome.
  CellOutcome await(Json& message, const char* doing, double cut_after_ns);
  CellOutcome ended(const char* doing);
  void kill();

  OpenRequest request_;
  double timeout_s_;
  LaneSetup lanes_;
  UniqueFd lifeline_, control_;
  LineChannel channel_{-1};
  pid_t keeper_ = -1;
  const char* closing_ = nullptr;  // when the cell was asked to close, in words; null: it was not
  bool bound_ = false;
  std::string note_;
  double peak_memory_bytes_ = 0;
};

}  // namespace handoff
