#include "bench/interface/process_end.h"

#include <cstring>

namespace handoff {

namespace {

std::string killed_by(int signal) {
  const char* name = sigabbrev_np(signal);
  return std::string("killed by SIG") + (name == nullptr ? "?" : name) + " (" + strsignal(signal) +
         ")";
}

std::string exited_with(int status) { return "exited with status " + std::to_string(status); }

}  // namespace

std::string how_it_ended(int wait_status) {
  return WIFSIGNALED(wait_status) ? killed_by(WTERMSIG(wait_status))
                                  : exited_with(WEXITSTATUS(wait_status));
}

std::string how_it_ended(const siginfo_t& end) {
  return end.si_code == CLD_EXITED ? exited_with(end.si_status) : killed_by(end.si_status);
}

}  // namespace handoff
