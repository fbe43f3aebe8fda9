// The verdicts as tables, on the terminal and in summary.md. Made from results.json only.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// Prints an aligned table per point: cells by speed, ratio to the leader with its interval,
/// verdict.
void print_verdicts(std::ostream& out, const nlohmann::json& results);

/// The same as Markdown, with the settings and warnings of the run.
std::string summary_markdown(const nlohmann::json& results);

}  // namespace handoff
