// `handoff run`: plans, measures, estimates, and prints the verdicts.
#pragma once

#include <string>
#include <vector>

#include "bench/suite/options.h"

namespace handoff {

/// Results go to stdout, everything else to stderr. Exit status: 0 good, 1 the run stopped on an
/// error such as a full disk, 2 a cell failed, 130 interrupted. Throws UsageError, and
/// std::exception if the run cannot begin.
int run_command(const RunRequest& request, const std::vector<std::string>& command);

}  // namespace handoff
