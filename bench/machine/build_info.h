// How this program was built: compiler, flags, sanitizers, library versions.
//
// The build may define two string macros for build_info.cpp: HANDOFF_CXX_FLAGS (the compiler's
// options) and HANDOFF_BUILD_TYPE ("Release"). Where it does not, they are null.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace handoff {

std::string version();  // of handoff, e.g. "0.1.0"
/// {compiler, version, flags, build_type, optimised, sanitizers[], standard_library, libc}
nlohmann::json build_section();
/// {boost, cli11, fmt, hwloc, nlohmann_json}: the versions compiled against.
nlohmann::json libraries_section();

}  // namespace handoff
