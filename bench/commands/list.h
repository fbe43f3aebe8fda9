// `handoff list [--json] [--plugin FILE]`: the strategies with their traits.
#pragma once

#include <ostream>

#include "bench/plan/plugins.h"

namespace handoff {

int list_command(bool json, const ForeignStrategies& plugins, std::ostream& out);

}  // namespace handoff
