#include "bench/cell/accounting.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "bench/machine/process_tree.h"

namespace handoff {

namespace {

constexpr std::size_t kMostThreads = 256;  // whose run delay is read: each costs a descriptor

double clock_ns(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return 0;  // the process has ended
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double cpu_of_reaped_ns() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto ns = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_usec) * 1e3;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

/// The number behind `key:` in a /proc status file; 0 if there is none.
double status_field(const std::string& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':') {
      return std::strtod(line.c_str() + key.size() + 1, nullptr);
    }
  }
  return 0;
}

std::vector<std::string> task_directories(const std::string& process) {
  std::vector<std::string> found;
  std::error_code error;  // a process that has just ended has no tasks
  for (const auto& entry : std::filesystem::directory_iterator(process + "/task", error)) {
    found.push_back(entry.path().string());
  }
  return found;
}

std::string proc(pid_t pid) { return "/proc/" + std::to_string(pid); }

}  // namespace

Accounting::~Accounting() { forget(); }

void Accounting::forget() {
  for (const int fd : schedstats_) close(fd);
  schedstats_.clear();
  children_.clear();
}

void Accounting::refresh() {
  forget();
  std::vector<std::string> tasks = task_directories("/proc/self");
  for (const pid_t pid : descendants(getpid())) {
    Child child{pid, 0};
    if (clock_getcpuclockid(pid, &child.cpu_clock) != 0) continue;
    children_.push_back(child);
    for (std::string& task : task_directories(proc(pid))) tasks.push_back(std::move(task));
  }
  if (tasks.size() > kMostThreads) return;
  for (const std::string& task : tasks) {
    const int fd = open((task + "/schedstat").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) schedstats_.push_back(fd);
  }
}

double Accounting::cpu_ns() const {
  double sum = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  for (const Child& child : children_) sum += clock_ns(child.cpu_clock);
  return sum;
}

Usage Accounting::snapshot() const {
  Usage usage;
  usage.cpu_ns = cpu_ns() + cpu_of_reaped_ns();
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage counted{};
    getrusage(who, &counted);
    usage.voluntary += static_cast<double>(counted.ru_nvcsw);
    usage.involuntary += static_cast<double>(counted.ru_nivcsw);
  }
  for (const Child& child : children_) {
    for (const std::string& task : task_directories(proc(child.pid))) {
      usage.voluntary += status_field(task + "/status", "voluntary_ctxt_switches");
      usage.involuntary += status_field(task + "/status", "nonvoluntary_ctxt_switches");
    }
  }
  if (!schedstats_.empty()) usage.run_delay_ns = 0;
  for (const int fd : schedstats_) {
    char text[128];
    const ssize_t n = pread(fd, text, sizeof text - 1, 0);  // "on-cpu delay timeslices"
    if (n <= 0) continue;
    text[n] = '\0';
    if (const char* delay = std::strchr(text, ' '))
      usage.run_delay_ns += std::strtod(delay, nullptr);
  }
  return usage;
}

double Accounting::peak_memory_bytes() const {
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  double kib = static_cast<double>(own.ru_maxrss);
  for (const Child& child : children_) {
    const std::string status = proc(child.pid) + "/status";
    kib += status_field(status, "VmHWM") - status_field(status, "RssShmem");
  }
  rusage reaped{};
  getrusage(RUSAGE_CHILDREN, &reaped);  // the largest of them
  return (kib + static_cast<double>(reaped.ru_maxrss)) * 1024;
}

}  // namespace handoff
