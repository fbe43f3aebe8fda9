#include "bench/commands/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace handoff {

namespace {
/// scripts/report of the tree in whose build folder this program lies.
std::filesystem::path find_script() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  for (std::filesystem::path up = program.parent_path(); up != up.root_path();
       up = up.parent_path()) {
    if (std::filesystem::path script = up / "scripts" / "report";
        std::filesystem::exists(script, error)) {
      return script;
    }
  }
  return {};
}
}  // namespace

int report_command(const std::vector<std::string>& arguments) {
  std::string script = find_script().string();
  if (script.empty()) {
    std::cerr << "handoff: scripts/report is in no folder above this program; call it from the "
                 "source tree: scripts/report DIR\n";
    return 1;
  }
  std::vector<char*> argv{script.data()};
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(script.c_str(), argv.data());
  std::cerr << fmt::format("handoff: cannot start {}: {}\n", script, std::strerror(errno));
  return 1;
}

}  // namespace handoff
