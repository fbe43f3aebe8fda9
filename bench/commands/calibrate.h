// `handoff calibrate`: measures how much ratios vary from run to run on this machine, and stores
// the result.
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
  bool show = false;       // print the stored calibration and exit
  ForeignStrategies plugins;
};

/// Makes separate runs of a small suite, spread evenly over the budget. Exit status: 0 calibrated
/// (or shown), 3 there is no calibration (--show), 130 interrupted. Throws UsageError, and
/// std::runtime_error if a cell fails or the file cannot be written.
int calibrate_command(const CalibrateOptions& options, std::ostream& out, std::ostream& progress);

}  // namespace handoff
