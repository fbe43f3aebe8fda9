// A file that is replaced whole: a reader never sees half of it.
#pragma once

#include <string>

namespace handoff {

/// Writes beside and renames. Errors: std::runtime_error with the path and why.
void write_whole_file(const std::string& path, const std::string& text);

}  // namespace handoff
