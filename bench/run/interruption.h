// Ctrl-C and its kin: remembered, looked at between slices.
#pragma once

namespace handoff {

/// From now on SIGINT, SIGTERM and SIGHUP are remembered instead of fatal; they interrupt waiting.
/// A second one ends the program at once: the journal has everything up to the last block.
void catch_interruptions();
bool interrupted();

/// From now on a pipe without a reader and a file that may not grow are errors of the write, not
/// ends of the program.
void ignore_failing_writes();

}  // namespace handoff
