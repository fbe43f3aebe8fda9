#include "bench/machine/cgroup.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "bench/machine/files.h"

namespace handoff::machine {
namespace {

struct Mount {
  std::string root;   // which directory of the hierarchy is mounted
  std::string point;  // where
  int version = 2;
  std::vector<std::string> controllers;  // version 1
};

/// mountinfo writes space, tab, newline and backslash as three octal digits.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool code = text[i] == '\\' && i + 3 < text.size() &&
                      std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                  text.begin() + static_cast<std::ptrdiff_t>(i) + 4,
                                  [](char c) { return c >= '0' && c <= '7'; });
    if (code) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<Mount> cgroup_mounts(const std::string& root) {
  std::vector<Mount> mounts;
  for (const auto& line : split(read_text(root, "/proc/self/mountinfo").value_or(""), "\n")) {
    // id parent major:minor root point options [optional…] - type source super_options
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto front = split(std::string_view(line).substr(0, dash), " ");
    const auto back = split(std::string_view(line).substr(dash + 3), " ");
    if (front.size() < 5 || back.empty()) continue;
    if (back[0] == "cgroup2") {
      mounts.push_back({unescaped(front[3]), unescaped(front[4]), 2, {}});
    } else if (back[0] == "cgroup" && back.size() >= 3) {
      mounts.push_back({unescaped(front[3]), unescaped(front[4]), 1, split(back[2], ",")});
    }
  }
  return mounts;
}

/// Path of the group per controller; "" for version 2.
std::map<std::string, std::string> own_groups(const std::string& root) {
  std::map<std::string, std::string> groups;
  for (const auto& line : split(read_text(root, "/proc/self/cgroup").value_or(""), "\n")) {
    // hierarchy:controller,controller:path; the path may hold colons
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string path = line.substr(second + 1);
    const auto controllers =
        split(std::string_view(line).substr(first + 1, second - first - 1), ",");
    if (controllers.empty()) groups[""] = path;
    for (const auto& controller : controllers) groups[controller] = path;
  }
  return groups;
}

/// `path` as seen below the mount point. A group outside of what is mounted (another namespace)
/// is only known by its mount point.
std::string below_mount(const std::string& path, const std::string& mount_root) {
  if (path.find("/..") != std::string::npos || path == "/") return "";
  if (mount_root == "/") return path;
  if (path == mount_root) return "";
  if (path.starts_with(mount_root + "/")) return path.substr(mount_root.size());
  return path;
}

}  // namespace

std::vector<CgroupPath> cgroup_paths(std::string_view controller, const std::string& root) {
  const auto groups = own_groups(root);
  std::vector<CgroupPath> paths;
  for (const auto& mount : cgroup_mounts(root)) {
    if (mount.version == 1 && std::find(mount.controllers.begin(), mount.controllers.end(),
                                        controller) == mount.controllers.end()) {
      continue;
    }
    const auto group = groups.find(mount.version == 2 ? "" : std::string(controller));
    if (group == groups.end()) continue;
    CgroupPath path{mount.version, {}};
    std::string below = below_mount(group->second, mount.root);
    while (!below.empty()) {
      path.directories.push_back(mount.point + below);
      below.resize(below.rfind('/') == std::string::npos ? 0 : below.rfind('/'));
    }
    path.directories.push_back(mount.point);
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace handoff::machine
