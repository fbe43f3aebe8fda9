// Reads result files, for the commands that show or compare results.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace handoff {

/// results.json of the run in `directory`. Throws UsageError with a sentence if it is missing or
/// has another schema.
nlohmann::json read_results(const std::string& directory);

/// What `path` holds: a directory with results.json or comparison.json, or such a file itself.
nlohmann::json read_results_or_comparison(const std::string& path);

}  // namespace handoff
