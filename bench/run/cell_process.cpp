#include "bench/run/cell_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/cell/keeper.h"
#include "bench/interface/process_end.h"
#include "bench/posix/throw_errno.h"
#include "bench/run/interruption.h"
#include "bench/run/stall_watch.h"

extern char** environ;

namespace handoff {

namespace {

constexpr int kStoppedMs = 200;       // a longer gap between looks: the driver did not run
constexpr double kLastPatienceS = 1;  // timeout after Ctrl-C for a cell that makes no progress

/// Moves `fd` above the numbers that the keeper expects, so that dup2 to one of them cannot close
/// it.
UniqueFd above(UniqueFd fd) {
  const int high = fcntl(fd.get(), F_DUPFD_CLOEXEC, 10);
  if (high < 0) throw_errno("cannot duplicate a descriptor");
  return UniqueFd(high);
}

std::pair<UniqueFd, UniqueFd> socket_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw_errno("cannot make a socket");
  UniqueFd mine(ends[0]), theirs(ends[1]);
  return {above(std::move(mine)), above(std::move(theirs))};
}

pid_t spawn_keeper(const std::string& program, int lifeline, int control, int memory,
                   std::uint64_t seed) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, 2, 1);  // only the driver writes results to stdout
  posix_spawn_file_actions_adddup2(&files, lifeline, kLifelineFd);
  posix_spawn_file_actions_adddup2(&files, control, kControlFd);
  posix_spawn_file_actions_adddup2(&files, memory, kMemoryFd);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // Ctrl-C reaches the driver only
  posix_spawnattr_setpgroup(&attributes, 0);
  char name[] = "handoff", role[] = "keeper";
  char* arguments[] = {name, role, nullptr};
  // An environment of a random length moves the stack even if the kernel does not randomise it.
  std::string jitter = "HANDOFF_JITTER=" + std::string(seed % 4096, 'x');
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  environment.insert(environment.end(), {jitter.data(), nullptr});
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.empty() ? "/proc/self/exe" : program.c_str(), &files,
                                &attributes, arguments, environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) throw_errno("cannot start a cell", error);
  return pid;
}

}  // namespace

CellProcess::CellProcess(const OpenRequest& request, double timeout_s, const std::string& program)
    : request_(request),
      timeout_s_(timeout_s),
      lanes_(LaneSetup::attach(
          SharedMemory::create(LaneSetup::bytes_needed(request.workload, request.max_items)),
          request.workload, request.max_items)) {
  auto [lifeline, keepers_lifeline] = socket_pair();
  auto [control, cells_control] = socket_pair();
  const UniqueFd memory = above(UniqueFd(fcntl(lanes_.memory_fd(), F_DUPFD_CLOEXEC, 10)));
  keeper_ = spawn_keeper(program, keepers_lifeline.get(), cells_control.get(), memory.get(),
                         request.seed);
  lifeline_ = std::move(lifeline);
  control_ = std::move(control);
  channel_ = LineChannel(control_.get());
  try {
    channel_.send(request.to_json());
  } catch (const std::system_error&) {
    // The cell has ended already; opened() reports how.
  }
}

CellProcess::~CellProcess() { kill(); }

void CellProcess::kill() {
  if (keeper_ <= 0) return;
  lifeline_.reset();         // the keeper kills everything below it and ends
  ::kill(keeper_, SIGCONT);  // in case it was stopped
  control_.reset();
  while (waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
}

CellOutcome CellProcess::await(Json& message, const char* doing, double cut_after_ns) {
  const std::uint64_t begin = monotonic_ns();
  bool cut = false;
  const int tick_ms = static_cast<int>(std::clamp(timeout_s_ * 1e3 / 20, 1.0, 100.0));
  StallWatch watch(begin, lanes_.progress(),
                   1'000'000 * static_cast<std::uint64_t>(tick_ms + kStoppedMs));
  try {
    for (;;) {
      const double until_cut_ms =
          cut ? tick_ms
              : std::max(cut_after_ns - static_cast<double>(monotonic_ns() - begin), 0.0) / 1e6 + 1;
      const int wait_ms = static_cast<int>(std::min<double>(tick_ms, until_cut_ms));
      if (std::optional<Json> line = channel_.receive(wait_ms)) {
        message = std::move(*line);
        return {};
      }
      const std::uint64_t now = monotonic_ns();
      if (!cut && (interrupted() || static_cast<double>(now - begin) >= cut_after_ns)) {
        cut = true;
      }
      // Repeated if necessary: when the cell arms its lanes, it undoes an earlier cut.
      if (cut && !lanes_.was_cut()) lanes_.cut();
      const std::uint64_t still_ns = watch.look(now, lanes_.progress());
      const double patience_s = interrupted() ? std::min(timeout_s_, kLastPatienceS) : timeout_s_;
      if (static_cast<double>(still_ns) > patience_s * 1e9) {
        CellOutcome hung{CellVerdict::kHung,
                         fmt::format("no progress for {:g} s {}: {} items accepted by then",
                                     timeout_s_, doing, lanes_.accepted())};
        kill();
        return hung;
      }
    }
  } catch (const std::system_error&) {
    return ended(doing);
  } catch (const std::exception& error) {
    CellOutcome outcome{CellVerdict::kCrashed, fmt::format("{} {}", error.what(), doing)};
    kill();
    return outcome;
  }
}

CellOutcome CellProcess::ended(const char* doing) {
  CellOutcome outcome{CellVerdict::kCrashed, fmt::format("the cell ended {}", doing)};
  try {
    if (const std::optional<Json> line = LineChannel(lifeline_.get()).receive(5000)) {
      outcome.reason =
          fmt::format("{} {}: {} items accepted by then",
                      how_it_ended(CellEnd::from(*line).wait_status), doing, lanes_.accepted());
    }
  } catch (const std::exception&) {
    // The keeper was killed as well, so nothing more is known.
  }
  kill();
  return outcome;
}

CellOutcome CellProcess::opened() {
  Json message;
  if (CellOutcome outcome = await(message, "while the strategy was constructed", 1e18);
      !outcome.good()) {
    return outcome;
  }
  const OpenReply reply = OpenReply::from(message);
  if (!reply.unsupported.empty()) return {CellVerdict::kUnsupported, reply.unsupported};
  if (!reply.error.empty()) {
    return {CellVerdict::kCrashed, "the strategy could not be constructed: " + reply.error};
  }
  bound_ = reply.bound;
  note_ = reply.note;
  return {};
}

SliceReply CellProcess::slice(std::uint32_t slice, std::uint64_t items, double cut_after_ns) {
  SliceReply reply;
  reply.slice = slice;
  Json message;
  try {
    channel_.send(SliceRequest{slice, items}.to_json());
    reply.outcome = await(message, "in the middle of a slice", cut_after_ns);
  } catch (const std::system_error&) {
    reply.outcome = ended("before a slice");
  }
  if (reply.outcome.good()) {
    try {
      reply = SliceReply::from(message);
    } catch (const std::exception& error) {
      reply.outcome = {CellVerdict::kCrashed,
                       fmt::format("the cell sent an invalid reply: {}", error.what())};
    }
  }
  if (!reply.outcome.good()) kill();
  return reply;
}

void CellProcess::ask_to_close() {
  closing_ = "while it was closed";
  try {
    channel_.send(Json{{"do", "close"}});
  } catch (const std::system_error&) {
    closing_ = "between slices";  // the cell has ended already; close() reports how
  }
}

CellOutcome CellProcess::close() {
  if (closing_ == nullptr) ask_to_close();
  Json message;
  if (CellOutcome outcome = await(message, closing_, 1e18); !outcome.good()) {
    return outcome;
  }
  peak_memory_bytes_ = CloseReply::from(message).peak_memory_bytes;
  CellOutcome outcome;
  try {
    const std::optional<Json> line =
        LineChannel(lifeline_.get()).receive(static_cast<int>(timeout_s_ * 1e3));
    if (!line) {
      outcome = {CellVerdict::kHung, "the process did not end after it was closed"};
    } else if (const CellEnd end = CellEnd::from(*line); end.wait_status != 0) {
      outcome = {CellVerdict::kCrashed, how_it_ended(end.wait_status) + " while it was closed"};
    } else if (!end.left_behind.empty()) {
      outcome = {CellVerdict::kLeaked, "left processes behind: " + end.left_behind};
    }
  } catch (const std::exception&) {
    outcome = {CellVerdict::kCrashed, "the keeper of the cell was killed"};
  }
  kill();
  return outcome;
}

}  // namespace handoff
