// `handoff gate`: is HEAD slower than BASE?
#pragma once

#include <string>
#include <vector>

#include "bench/suite/options.h"

namespace handoff {

/// Exit status: 0 no regression, 2 a regression, 3 undecided, 130 interrupted. Throws UsageError.
int gate_command(const GateOptions& options, const std::vector<std::string>& command);

}  // namespace handoff
