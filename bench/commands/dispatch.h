// From the command line to a command. Also the way into keepers and cells, which are this very
// program, exec'd anew.
#pragma once

namespace handoff {

/// Returns the exit status of the process.
int dispatch(int argc, char** argv);

}  // namespace handoff
