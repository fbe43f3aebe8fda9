// `handoff run`: plan, measure, estimate, tell.
#pragma once

#include <string>
#include <vector>

#include "bench/suite/options.h"

namespace handoff {

/// Results go to stdout, everything else to stderr. Exit status: 0 good, 1 usage or infrastructure,
/// 2 a cell failed, 130 interrupted. Throws UsageError, and std::exception for infrastructure.
int run_command(const RunRequest& request, const std::vector<std::string>& command);

}  // namespace handoff
