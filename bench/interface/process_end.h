// How a process ended, in words.
#pragma once

#include <sys/wait.h>

#include <string>

namespace handoff {

/// "exited with status 3" or "killed by SIGKILL (Killed)". `wait_status`: from waitpid(2).
std::string how_it_ended(int wait_status);
/// The same; `end`: from waitid(2).
std::string how_it_ended(const siginfo_t& end);

}  // namespace handoff
