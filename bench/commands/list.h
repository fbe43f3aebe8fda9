// `handoff list [--json]`: the strategies, one line each, with their traits.
#pragma once

#include <ostream>

namespace handoff {

int list_command(bool json, std::ostream& out);

}  // namespace handoff
