#include "bench/cell/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include "bench/cell/cell.h"
#include "bench/interface/clock.h"
#include "bench/machine/process_tree.h"

namespace handoff {

namespace {

constexpr int kGraceMs = 200;  // for workers of an orderly cell that are just ending

/// Ends a process that has destroyed what is its own: a program's and its libraries' destructors
/// would touch another hundred pages, a third of what a lifetime costs.
[[noreturn]] void end_process(int status) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::exit(status);  // they report at the end
#else
  std::fflush(nullptr);  // what a strategy printed
  _exit(status);
#endif
}

std::string name_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string comm;
  std::getline(file, comm);
  return std::to_string(pid) + " (" + comm + ")";
}

pid_t start_cell(const sigset_t& outer_mask) {
  const pid_t keeper = getpid();
  const pid_t cell = fork();
  if (cell != 0) return cell;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != keeper) _exit(1);
  close(kLifelineFd);
  sigprocmask(SIG_SETMASK, &outer_mask, nullptr);
  std::signal(SIGPIPE, SIG_DFL);  // the driver ignores it
  end_process(cell_main(kControlFd, kMemoryFd));
}

/// Reaps whatever has ended; the cell's wait status when it is among it.
std::optional<int> reap(pid_t cell) {
  std::optional<int> ended;
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == cell) ended = status;
  }
  return ended;
}

void kill_all() {
  // Each round kills what is there; children of the killed become ours and fall in the next.
  for (;;) {
    for (const pid_t pid : descendants(getpid())) kill(pid, SIGKILL);
    if (waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) return;
  }
}

/// Names of processes that still live though the cell ended in order.
std::string left_behind(pid_t cell) {
  for (int waited = 0;; waited += 5) {
    reap(cell);
    const std::vector<pid_t> alive = descendants(getpid());
    if (alive.empty()) return {};
    if (waited >= kGraceMs) {
      std::string names;
      for (const pid_t pid : alive) names += (names.empty() ? "" : ", ") + name_of(pid);
      return names;
    }
    poll(nullptr, 0, 5);
  }
}

}  // namespace

Json CellEnd::to_json() const {
  return {{"wait_status", wait_status}, {"left_behind", left_behind}};
}

CellEnd CellEnd::from(const Json& json) {
  return {.wait_status = json.at("wait_status"), .left_behind = json.at("left_behind")};
}

void keeper_main() {
  prctl(PR_SET_NAME, "handoff-keeper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t blocked, outer_mask;
  sigemptyset(&blocked);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&blocked, signal);
  sigprocmask(SIG_BLOCK, &blocked, &outer_mask);
  const pid_t cell = start_cell(outer_mask);
  if (cell < 0) _exit(1);
  sigset_t children;  // blocked since before there was one: none is missed
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  const int ended_fd = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  close(kControlFd);  // so that driver and cell see each other's end
  close(kMemoryFd);

  for (;;) {
    pollfd watched[] = {{kLifelineFd, POLLIN, 0}, {ended_fd, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[0].revents != 0) break;  // the driver is gone, or wants the cell gone
    signalfd_siginfo info;
    while (read(ended_fd, &info, sizeof info) > 0) {
    }
    const std::optional<int> status = reap(cell);
    if (!status) continue;
    CellEnd end{.wait_status = *status, .left_behind = {}};
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) end.left_behind = left_behind(cell);
    try {
      LineChannel(kLifelineFd).send(end.to_json());
    } catch (const std::exception&) {
      // Nobody listens any more; what remains is to clear up.
    }
    break;
  }
  kill_all();
  // Not end_process: LeakSanitizer stops a process by SIGSTOP, and the SIGCONT of
  // CellProcess::kill() would take that back: both would wait for ever.
  _exit(0);
}

}  // namespace handoff
