// Whether hardware counters (cycles) can be had. In most virtual machines they cannot: that is a
// line in the environment, never a failure.
//
// Source: man 2 perf_event_open.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace handoff {

/// {available: bool, reason: why not, or null}. Opens and closes a counter of this thread. `root`
/// is used to read kernel.perf_event_paranoid.
nlohmann::json counters_section(const std::string& root = "");

/// The reason for an errno of perf_event_open, as a clause.
std::string counter_failure(int error, const std::string& root = "");

}  // namespace handoff
