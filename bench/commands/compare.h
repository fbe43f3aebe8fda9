// `handoff compare BASE HEAD`: what changed between two runs.
#pragma once

#include <ostream>
#include <string>

namespace handoff {

struct CompareOptions {
  std::string base, head;
  bool anyway = false, json = false;
};

/// Exit status: 0 compared, 3 not comparable. Throws UsageError.
int compare_command(const CompareOptions& options, std::ostream& out);

}  // namespace handoff
