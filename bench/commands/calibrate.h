// `handoff calibrate`: learns how much ratios move from run to run on this machine, and keeps it.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "bench/plan/plugins.h"

namespace handoff {

struct CalibrateOptions {
  double budget_s = 600;
  std::string pin = "auto";
  std::string strategies;  // as on the command line; empty: all candidates
  bool show = false;       // what is kept, and end
  ForeignStrategies plugins;
};

/// Separate runs of a small suite, spread evenly over the budget. Exit status: 0 learned (or
/// shown), 3 nothing is kept (--show), 130 interrupted before there were enough runs. Throws
/// UsageError, and std::runtime_error where a cell fails or the file cannot be written.
int calibrate_command(const CalibrateOptions& options, std::ostream& out, std::ostream& progress);

}  // namespace handoff
