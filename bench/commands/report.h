// `handoff report DIR`: the HTML report and its figures, made by scripts/report (Python).
#pragma once

#include <string>
#include <vector>

namespace handoff {

/// Replaces this process by the script, found beside the source tree or installation of the
/// program. Returns 1 with a sentence on stderr if it is not there.
int report_command(const std::vector<std::string>& arguments);

}  // namespace handoff
