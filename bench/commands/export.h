// `handoff export DIR --format FORMAT`: results in the formats of other tools.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace handoff {

/// csv, markdown, bigger-is-better, bmf, junit.
const std::vector<std::string>& export_formats();

struct ExportOptions {
  std::string directory, format, out;
  bool slices = false;
};

/// Writes to `options.out`, or to `out` if that is empty. Throws UsageError.
int export_command(const ExportOptions& options, std::ostream& out);

}  // namespace handoff
