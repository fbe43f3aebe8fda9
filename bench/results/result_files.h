// Reading back what handoff has written, for the commands that take results and measure nothing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace handoff {

/// results.json of the run in `directory`. Throws UsageError with a sentence if there is none, or
/// none that this handoff can read.
nlohmann::json read_results(const std::string& directory);

/// What `path` holds: a directory with results.json or comparison.json, or such a file itself.
nlohmann::json read_results_or_comparison(const std::string& path);

}  // namespace handoff
