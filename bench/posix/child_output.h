// What a short-lived child prints: for questions to a plug-in or to another build of handoff.
#pragma once

#include <string>
#include <vector>

namespace handoff {

struct ChildOutput {
  std::string text;    // its stdout
  std::string failed;  // how it ended, if not in order: "crashed (Segmentation fault)"; else empty
};

/// Runs `program` with `arguments` (without its own name), stdin empty, stderr ours, for ten
/// seconds at most. Throws std::system_error if it cannot be started.
ChildOutput output_of(const std::string& program, std::vector<std::string> arguments);

}  // namespace handoff
