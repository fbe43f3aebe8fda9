// The context of every result: version, command, machine. It also decides whether a run can be
// resumed.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "bench/plan/plan.h"

namespace handoff {

/// A hash of the running program's file, so that --resume can refuse another build.
std::string binary_id();

/// `context` of docs/results.md as far as it is known before the run.
nlohmann::json make_context(const Plan& plan, const std::vector<std::string>& command);

/// Prints each warning of the environment with its remedy on one line.
void print_warnings(std::ostream& out, const nlohmann::json& context);

/// Why a run with the context `there` cannot be resumed with the context `here` (another host,
/// program or plug-in), as a sentence; empty if it can.
std::string context_refusal(const std::string& dir, const nlohmann::json& there,
                            const nlohmann::json& here);

}  // namespace handoff
