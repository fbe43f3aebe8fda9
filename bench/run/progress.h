// Progress of a run or proof: one line that is rewritten on a terminal, plain lines elsewhere.
#pragma once

#include <ostream>
#include <string>

#include "bench/run/runner.h"
#include "bench/suite/options.h"

namespace handoff {

class ProgressLine {
 public:
  /// `terminal`: whether `out` is one.
  ProgressLine(std::ostream& out, Progress mode, bool terminal);
  /// Whether it is time to show progress, `elapsed_s` after the beginning. If so, the caller must
  /// show() it.
  bool is_due(double elapsed_s);
  void show(const std::string& text);
  /// Ends the updating line.
  void done();

 private:
  std::ostream& out_;
  bool updating_, silent_;
  double shown_s_ = -1e9;
  bool open_ = false;
};

/// The progress line of a run or gate.
class ProgressDisplay {
 public:
  ProgressDisplay(std::ostream& out, Progress mode, bool terminal) : line_(out, mode, terminal) {}
  void show(const RunState& state);
  void done() { line_.done(); }

 private:
  std::string text(const RunState& state);

  ProgressLine line_;
  int led_point_ = -1;
  std::string leader_;
};

}  // namespace handoff
