// `handoff env [--json]`: what measures here, and what harms measuring.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// Prints the environment of this process as JSON or as text. Returns the exit code: 0.
int env_command(bool json, std::ostream& out);

/// The text for an environment as describe_environment() gives it: aligned sections, then the
/// warnings with their remedies. Lines of at most `width` characters where words allow.
std::string environment_text(const nlohmann::json& environment, std::size_t width = 100);

}  // namespace handoff
