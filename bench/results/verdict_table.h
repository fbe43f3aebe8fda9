// The answer as a table: on the terminal and in summary.md. Made from results.json alone.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// Aligned columns, per point: cells by speed, ratio to the leader with its interval, verdict.
void print_verdicts(std::ostream& out, const nlohmann::json& results);

/// The same as Markdown, with the run's conditions and warnings.
std::string summary_markdown(const nlohmann::json& results);

}  // namespace handoff
