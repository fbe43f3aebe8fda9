#include "bench/prove/tormentor.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "bench/cell/pause.h"
#include "bench/machine/process_tree.h"

namespace handoff {

namespace {

constexpr double kShortestStopNs = 5e3, kLongestStopNs = 20e6;
constexpr double kShortestGapNs = 100e3, kLongestGapNs = 10e6;
constexpr int kStopsALook = 8;  // the processes are looked up again after so many stops

UniqueFd hold(pid_t process) {
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
}

bool send_signal(const UniqueFd& process, int signal) {
  return syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0;
}

pid_t parent_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string stat;
  std::getline(file, stat);
  return parent_in_stat(stat).value_or(0);
}

std::vector<pid_t> threads_of(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code gone;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
    threads.push_back(static_cast<pid_t>(std::atoi(entry.path().filename().c_str())));
  }
  return threads;
}

}  // namespace

Tormentor::Tormentor(pid_t keeper, std::uint64_t seed)
    : keeper_(keeper),
      keeper_fd_(hold(keeper)),
      random_(seed),
      thread_([this](const std::stop_token& stop) { torment(stop); }) {}

void Tormentor::torment(const std::stop_token& stop) {
  sigset_t all;  // so that the main thread gets Ctrl-C
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  for (int stops = 0; !stop.stop_requested(); ++stops) {
    if (stops % kStopsALook == 0) look_for_members();
    wait(random_ns(kShortestGapNs, kLongestGapNs), stop);
    if (processes_.empty() || stop.stop_requested()) continue;
    const std::uint64_t chance = random_() % 8;
    if (chance == 0) {
      stop_and_continue(processes_.front(), stop);
    } else if (chance < 5 && processes_.size() > 1) {
      stop_and_continue(processes_[1 + random_() % (processes_.size() - 1)], stop);
    } else {
      pause_a_thread();
    }
  }
}

void Tormentor::look_for_members() {
  processes_ = descendants(keeper_);
  threads_.clear();
  if (!processes_.empty()) threads_ = threads_of(processes_.front());
  // If the keeper has ended, its process id may belong to another process now, whose descendants
  // must not be touched.
  if (!send_signal(keeper_fd_, 0)) processes_.clear();
}

void Tormentor::pause_a_thread() {
  if (threads_.empty()) return;
  pause_thread(processes_.front(), threads_[random_() % threads_.size()],
               static_cast<std::uint32_t>(random_ns(kShortestStopNs, kLongestStopNs)));
}

void Tormentor::stop_and_continue(pid_t process, const std::stop_token& stop) {
  const UniqueFd held = hold(process);
  const pid_t parent = parent_of(process);
  const bool is_member = parent == keeper_ || std::find(processes_.begin(), processes_.end(),
                                                        parent) != processes_.end();
  if (held.get() < 0 || !is_member || !send_signal(held, SIGSTOP)) return;
  wait(random_ns(kShortestStopNs, kLongestStopNs), stop);
  send_signal(held, SIGCONT);
}

std::uint64_t Tormentor::random_ns(double least, double most) {
  const double share = static_cast<double>(random_() >> 11) * 0x1p-53;
  return static_cast<std::uint64_t>(least * std::pow(most / least, share));
}

void Tormentor::wait(std::uint64_t ns, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  ended_.wait_for(lock, stop, std::chrono::nanoseconds(ns), [] { return false; });
}

}  // namespace handoff
