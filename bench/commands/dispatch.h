// From the command line to a command. Also the way into keepers and cells, which are this very
// program, exec'd anew.
#pragma once

namespace handoff {

/// Whether this process is to be a keeper or a cell: what other programs hand to dispatch().
bool is_hidden_role(int argc, char** argv);

/// Returns the exit status of the process.
int dispatch(int argc, char** argv);

}  // namespace handoff
