// Ctrl-C and similar signals: remembered when they arrive, checked between slices.
#pragma once

namespace handoff {

/// From now on SIGINT, SIGTERM and SIGHUP are remembered and do not kill the program; they
/// interrupt waiting. A second one ends the program at once; the journal has everything up to the
/// last block.
void catch_interruptions();
bool interrupted();

/// From now on, writing to a pipe without a reader or beyond the file size limit is an error of the
/// write, and no signal kills the program.
void ignore_failing_writes();

}  // namespace handoff
