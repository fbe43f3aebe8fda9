// Plug-ins: shared libraries that bring strategies. Loaded in a cell's process, and in a child of
// the driver that does nothing but tell what they hold; never in the driver itself.
#pragma once

#include <string>
#include <vector>

#include "bench/interface/registry.h"

namespace handoff {

/// Loads `file` for the lifetime of this process. Throws std::runtime_error with a sentence that
/// begins with the file: it cannot be read, is no shared library, lacks a symbol, was built for
/// another handoff, holds no strategy.
std::vector<const Descriptor*> load_plugin(const std::string& file);

/// The hidden role `handoff plugin FILE`: prints {"strategies": [...]} or {"error": "..."} as one
/// JSON line. Exit status 0 in both cases.
int plugin_main(const char* file);

}  // namespace handoff
