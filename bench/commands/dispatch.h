// From the command line to a command. Keepers, cells and plug-in descriptions start here too: they
// are this same program, started again.
#pragma once

namespace handoff {

/// Whether the arguments ask for an internal role: a keeper with its cell, or the description of a
/// plug-in. Other programs that start cells must hand such calls to dispatch().
bool is_hidden_role(int argc, char** argv);

/// Returns the exit status of the process.
int dispatch(int argc, char** argv);

}  // namespace handoff
