#include "bench/machine/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "bench/machine/files.h"

namespace handoff {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The start of /proc/<name>/stat, which is all that is needed; "" when the process has vanished.
/// Bare system calls, because the whole of /proc is read each time.
std::string_view read_stat(int proc, const char* name, std::array<char, 512>& buffer) {
  const int file = openat(proc, (std::string(name) + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t size = read(file, buffer.data(), buffer.size());
  close(file);
  return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::multimap<pid_t, pid_t> children_by_parent(const std::string& root) {
  std::multimap<pid_t, pid_t> children;
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir((root + "/proc").c_str()));
  if (directory == nullptr) return children;
  std::array<char, 512> buffer{};
  while (const dirent* entry = readdir(directory.get())) {
    const auto pid = whole_number<pid_t>(entry->d_name);
    if (!pid) continue;
    const auto parent = parent_in_stat(read_stat(dirfd(directory.get()), entry->d_name, buffer));
    if (parent) children.emplace(*parent, *pid);
  }
  return children;
}

/// Whether this process has children, living or not yet waited for.
bool has_children() {
  siginfo_t ended;
  return waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

std::optional<pid_t> parent_in_stat(std::string_view stat) {
  // pid (name) state parent …: behind the name there are no parentheses.
  const auto close = stat.rfind(')');
  if (close == std::string_view::npos) return std::nullopt;
  const auto fields = machine::split(stat.substr(close + 1), " \n");
  if (fields.size() < 2) return std::nullopt;
  return whole_number<pid_t>(fields[1]);
}

std::vector<pid_t> descendants(pid_t ancestor, const std::string& root) {
  if (root.empty() && ancestor == getpid() && !has_children()) return {};
  auto children = children_by_parent(root);
  std::vector<pid_t> found{ancestor};
  // A number may be reused while /proc is read, so the links could close a circle: each parent's
  // children are taken out once.
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [first, last] = children.equal_range(found[i]);
    for (auto child = first; child != last; ++child) {
      if (child->second != ancestor) found.push_back(child->second);
    }
    children.erase(first, last);
  }
  found.erase(found.begin());
  return found;
}

}  // namespace handoff
