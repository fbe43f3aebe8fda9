// `handoff report DIR`: the HTML report and its figures, made by scripts/report (Python).
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace handoff {

/// As typed; empty: not given.
struct ReportOptions {
  std::string directory, out, point;
};
/// Adds DIR and the options, which are those of scripts/report; `options` must outlive `app`.
void add_report_options(CLI::App& app, ReportOptions& options);

/// Replaces this process by the script, which lies in the build folder or in the installation of
/// this program. Returns 1 with a sentence on stderr if it is not there.
int report_command(const ReportOptions& options);

}  // namespace handoff
