#include "bench/cell/pause.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace handoff {

namespace {

void sleep_as_told(int /*signal*/, siginfo_t* info, void* /*context*/) {
  const int kept = errno;
  const timespec length{0, info->si_value.sival_int};
  nanosleep(&length, nullptr);
  errno = kept;
}

}  // namespace

void let_threads_be_paused() {
  struct sigaction action {};
  action.sa_sigaction = sleep_as_told;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGURG, &action, nullptr);
}

bool pause_thread(pid_t process, pid_t thread, std::uint32_t ns) {
  siginfo_t info{};
  info.si_signo = SIGURG;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_int = static_cast<int>(ns);
  return syscall(SYS_rt_tgsigqueueinfo, process, thread, SIGURG, &info) == 0;
}

}  // namespace handoff
