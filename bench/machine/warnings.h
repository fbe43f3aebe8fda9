// What in an environment disturbs measurements, and what to do about each.
#pragma once

#include <nlohmann/json.hpp>

namespace handoff {

/// [] of {what, remedy}, both sentences. `environment`: the sections of describe_environment();
/// what is missing or null warns of nothing.
nlohmann::json environment_warnings(const nlohmann::json& environment);

}  // namespace handoff
