// Where a run stands, on stderr: one line that is rewritten on a terminal, plain lines elsewhere.
#pragma once

#include <ostream>
#include <string>

#include "bench/run/runner.h"
#include "bench/suite/options.h"

namespace handoff {

class ProgressDisplay {
 public:
  /// `terminal`: whether `out` is one.
  ProgressDisplay(std::ostream& out, Progress mode, bool terminal);
  void show(const RunState& state);
  /// Ends the updating line.
  void done();

 private:
  std::string line(const RunState& state);

  std::ostream& out_;
  bool updating_, silent_;
  double shown_s_ = -1e9;
  int led_point_ = -1;
  std::string leader_;
  bool open_ = false;
};

}  // namespace handoff
