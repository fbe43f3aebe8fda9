// The strategies of plug-ins and of other builds of handoff. A child process describes them, so
// that the driver never loads foreign code.
//
// Whether such a strategy supports a workload is known only when its cell opens. It is assumed to
// have as many executing threads as there are producers and consumers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/interface/registry.h"

namespace handoff {

/// One strategy that is not of this program. It owns the texts that its descriptor refers to.
struct ForeignStrategy {
  std::string file;  // canonical path of the plug-in or program that holds it
  std::string name, summary, source, structure, structure_one_to_one, origin;
  Descriptor descriptor;
};
using ForeignStrategies = std::vector<std::unique_ptr<const ForeignStrategy>>;

/// Strategies of the plug-in `file`, sorted by name. `option` begins the error message if there is
/// no such file. Throws UsageError if the plug-in cannot be used.
ForeignStrategies describe_plugin(const std::string& option, const std::string& file);

/// Strategies of several plug-ins. Also throws UsageError if two of them, or one of them and one of
/// this program, have the same name.
ForeignStrategies describe_plugins(const std::vector<std::string>& files);

/// Strategies of another build of handoff. Throws UsageError if `file` is not one.
ForeignStrategies describe_program(const std::string& option, const std::string& file);

}  // namespace handoff
