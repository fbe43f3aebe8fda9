// All processes below one, found by scanning /proc/<pid>/stat (works without the kernel's optional
// /proc/<pid>/task/<tid>/children). Asking for one's own while there are none costs one system
// call.
//
// A snapshot: processes may vanish while it is taken (they are left out) and new ones may be forked
// behind it. To end a tree for certain, be its subreaper, and repeat kill and wait until nothing is
// left. Dead processes that nobody waited for (zombies) are listed too.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff {

/// Children, their children and so on, parents before children; without `ancestor` itself.
/// `root`: prefix of /proc (see bench/machine/files.h).
std::vector<pid_t> descendants(pid_t ancestor, const std::string& root = "");

/// The parent's id in the text of a /proc/<pid>/stat, whose second field, the program's name in
/// parentheses, may hold spaces and parentheses itself; nullopt if the text is no such file.
std::optional<pid_t> parent_in_stat(std::string_view stat);

}  // namespace handoff
