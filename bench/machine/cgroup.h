// Where the limits of this process' control groups stand.
//
// A limit of any ancestor holds for its descendants, so a reader takes the smallest value on the
// way from the process' own group up to the mount point. Groups above the mount point (outside of
// a container) cannot be seen.
//
// Source: /proc/self/cgroup, /proc/self/mountinfo; man 7 cgroups. Version 1 has one hierarchy per
// controller, version 2 one for all; hybrid systems mount both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace handoff::machine {

struct CgroupPath {
  int version = 2;
  std::vector<std::string> directories;  // own group first, mount point last; without the root
};

/// The group of this process in every mounted hierarchy that may carry `controller` ("cpu",
/// "memory"). Empty where there are no control groups. `root`: see files.h.
std::vector<CgroupPath> cgroup_paths(std::string_view controller, const std::string& root = "");

}  // namespace handoff::machine
