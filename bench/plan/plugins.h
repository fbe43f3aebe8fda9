// The strategies that plug-ins and other builds of handoff bring, told by a child process: the
// driver loads no code of others.
//
// What a strategy cannot do is told by its cell when that opens. The executing threads of a foreign
// strategy are taken to be as many as producers and consumers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/interface/registry.h"

namespace handoff {

/// One strategy that is not of this program. Its descriptor's texts lie beside it.
struct ForeignStrategy {
  std::string file;  // canonical path of the plug-in or program that holds it
  std::string name, summary, source, structure, structure_one_to_one, origin;
  Descriptor descriptor;
};
using ForeignStrategies = std::vector<std::unique_ptr<const ForeignStrategy>>;

/// Strategies of the plug-in `file`, sorted by name. `option` begins the sentence if there is no
/// such file. Throws UsageError with a sentence if it is no plug-in that can be used.
ForeignStrategies describe_plugin(const std::string& option, const std::string& file);

/// Of several plug-ins, beside the strategies of this program: throws UsageError also where two
/// have the same name.
ForeignStrategies describe_plugins(const std::vector<std::string>& files);

/// Strategies of another build of handoff. Throws UsageError if it is none.
ForeignStrategies describe_program(const std::string& option, const std::string& file);

}  // namespace handoff
