// `handoff manual`: the man page, handoff(1), made from the help of all commands.
// `cmake --install` calls it.
#pragma once

#include <ostream>

namespace CLI {
class App;
}

namespace handoff {

/// Writes roff, of the macros man(7).
int manual_command(const CLI::App& root, std::ostream& out);

}  // namespace handoff
