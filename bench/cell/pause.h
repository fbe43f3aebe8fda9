// A thread of a cell held up for a while, wherever it is: in the middle of a push, say. For
// `handoff prove`; it costs nothing until it happens.
//
// By SIGURG, whose handler sleeps as long as the signal says. A process without the handler ignores
// that signal. Processes forked after let_threads_be_paused() have it, too.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace handoff {

/// From now on threads of this process can be paused. System calls that can be restarted are.
void let_threads_be_paused();

/// Pauses a thread of another process for `ns` (below a second), and does not wait for it. False if
/// there is no such thread.
bool pause_thread(pid_t process, pid_t thread, std::uint32_t ns);

}  // namespace handoff
