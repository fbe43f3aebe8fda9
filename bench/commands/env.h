// `handoff env [--json]`: describes this machine, and warns of what disturbs measurements on it.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// Prints the environment of this process as JSON or as text. Returns the exit code: 0.
int env_command(bool json, std::ostream& out);

/// The result of describe_environment() as text: aligned sections, then the warnings with their
/// remedies. Lines have at most `width` characters, unless a single word is longer.
std::string environment_text(const nlohmann::json& environment, std::size_t width = 100);

}  // namespace handoff
