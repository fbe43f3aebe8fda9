#include "bench/posix/child_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "bench/interface/clock.h"
#include "bench/posix/throw_errno.h"
#include "bench/posix/unique_fd.h"

extern char** environ;

namespace handoff {

namespace {

constexpr double kPatienceNs = 10e9;

pid_t start(const std::string& program, std::vector<std::string>& arguments, int out) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  arguments.insert(arguments.begin(), "handoff");
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &files, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw_errno("cannot start a program", error);
  return pid;
}

}  // namespace

ChildOutput output_of(const std::string& program, std::vector<std::string> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  const UniqueFd mine(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t pid = start(program, arguments, theirs.get());
  theirs.reset();
  ChildOutput output;
  const auto begin = static_cast<double>(monotonic_ns());
  for (;;) {
    const double left_ns = begin + kPatienceNs - static_cast<double>(monotonic_ns());
    pollfd watched{mine.get(), POLLIN, 0};
    const int ready = left_ns <= 0 ? 0 : poll(&watched, 1, static_cast<int>(left_ns / 1e6) + 1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      kill(pid, SIGKILL);
      output.failed = "did not end within 10 s";
      break;
    }
    char buffer[4096];
    const ssize_t got = read(mine.get(), buffer, sizeof buffer);
    if (got <= 0) break;
    output.text.append(buffer, static_cast<std::size_t>(got));
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!output.failed.empty()) return output;
  if (WIFSIGNALED(status)) output.failed = fmt::format("crashed ({})", strsignal(WTERMSIG(status)));
  if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
    output.failed = fmt::format("ended with status {}", WEXITSTATUS(status));
  }
  return output;
}

}  // namespace handoff
