#include "bench/commands/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <vector>

namespace handoff {

namespace {

/// Path of the report script, relative to the folder of this program: in an installation, and in a
/// build folder.
constexpr const char* kPlaces[] = {HANDOFF_DATA_FROM_PROGRAM "/report", "share/handoff/report"};

}  // namespace

void add_report_options(CLI::App& app, ReportOptions& options) {
  app.add_option("DIR", options.directory,
                 "Directory of a run, with its results.json and journal.jsonl")
      ->required();
  app.add_option("--out", options.out, "Directory for index.html and figures. Default: DIR/report")
      ->type_name("DIR");
  app.add_option("--point", options.point,
                 "The point whose slices are drawn over time. Default: 1:1 64B if it was\n"
                 "measured, else the first")
      ->type_name("ID");
  app.footer(
      "The report needs Python 3 with matplotlib, numpy and Jinja2.\n"
      "Exit status: 0 report written; 1 usage error, unreadable results, or a missing package.");
}

int report_command(const ReportOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  fs::path script;
  for (const char* place : kPlaces) {
    if (script = folder / place; fs::exists(script, error)) break;
  }
  if (!fs::exists(script, error)) {
    std::cerr << fmt::format(
        "handoff: the report script is missing: neither {} (from 'cmake --install') nor {} (from a "
        "build) exists; install or build handoff again\n",
        (folder / kPlaces[0]).lexically_normal().string(), (folder / kPlaces[1]).string());
    return 1;
  }
  std::vector<std::string> words{script.lexically_normal().string()};
  if (!options.out.empty()) words.push_back("--out=" + options.out);
  if (!options.point.empty()) words.push_back("--point=" + options.point);
  words.insert(words.end(), {"--", options.directory});  // its name may begin with a dash
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  std::cerr << fmt::format("handoff: cannot start {}: {}\n", words[0], std::strerror(errno));
  return 1;
}

}  // namespace handoff
