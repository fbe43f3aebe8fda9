// `handoff selfcheck [CHECK...]`: checks that handoff measures correctly. One line with a verdict
// per check.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "bench/selfcheck/check.h"

namespace handoff {

/// Names of all checks, in the order in which they run.
const std::vector<std::string>& check_names();

/// Runs the named checks, or all. Exit status: 0 all ok, 2 one failed, 3 none failed and one cannot
/// tell, 130 interrupted. Throws UsageError.
int selfcheck_command(const std::vector<std::string>& names, const CheckOptions& options,
                      std::ostream& out, std::ostream& progress);

}  // namespace handoff
